using System.Net.Sockets;
using System.Security.Authentication;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using MySqlConnector;

namespace DataHub.Ingestion.Sources.MySql;

/// <summary>
/// What went wrong, said by the server's error number and by the kind of network failure. The one table of MariaDB's and
/// MySQL's errors for sources.
/// </summary>
internal sealed class MySqlErrors(SourceSettings source, MySqlSourceOptions options)
{
    private const string Product = "MariaDB/MySQL";

    // Not in the driver's list.
    private const MySqlErrorCode StatementTimeout = (MySqlErrorCode)1969, ConnectionKilled = (MySqlErrorCode)1927,
        InsecureTransport = (MySqlErrorCode)3159, AccountLocked = (MySqlErrorCode)3118,
        AccountLockedOfMariaDb = (MySqlErrorCode)4151, PasswordExpired = (MySqlErrorCode)1862;

    /// <summary>Before a session stands.</summary>
    public HubErrorException WhileConnecting(Exception e) => e switch
    {
        _ when Cause<AuthenticationException>(e) => HubErrors.SourceTlsFailed(source.Id, SslMode).ToException(e),
        OperationCanceledException => HubErrors.SourceTimeout(source.Id, options.ConnectSeconds).ToException(e),
        MySqlException { ErrorCode: MySqlErrorCode.UnableToConnectToHost } => Unconnected(e).ToException(e),
        MySqlException { Number: > 0 } server when server.SqlState is not null =>
            Translate(server, options.Database, isQuery: false).ToException(e),
        NotSupportedException => HubErrors.SourceLoginUnsupported(source.Id).ToException(e),
        _ when Cause<SocketException>(e) || Cause<IOException>(e) => HubErrors.SourceUnreachable(source.Id).ToException(e),
        _ => HubErrors.SourceProtocolUnexpected(source.Id, Product).ToException(e),
    };

    /// <summary>In a session: <paramref name="what"/> is the relation, or the words for the query.</summary>
    public Exception WhileReading(Exception e, string what, bool isQuery) => e switch
    {
        HubErrorException => e,
        TimeoutException or OperationCanceledException or MySqlException { ErrorCode: MySqlErrorCode.CommandTimeoutExpired } =>
            HubErrors.SourceTimeout(source.Id, options.SilenceSeconds).ToException(e),
        MySqlException { SqlState: not null } server => Translate(server, what, isQuery).ToException(e),
        InvalidDataException => HubErrors.SourceProtocolUnexpected(source.Id, Product).ToException(e),
        MySqlException or IOException or SocketException or ObjectDisposedException or InvalidOperationException =>
            HubErrors.SourceConnectionLost(source.Id).ToException(e),
        _ => e,
    };

    /// <summary>The driver has one number for all of these; its own words, fixed by its version, tell them apart.</summary>
    private HubError Unconnected(Exception e) => e.Message switch
    {
        var m when m.StartsWith("Authentication method", StringComparison.Ordinal) =>
            HubErrors.SourceEncryptionRequired(source.Id, SslMode),
        var m when m.Contains("SSL", StringComparison.Ordinal) || m.Contains("TLS", StringComparison.Ordinal) =>
            HubErrors.SourceTlsFailed(source.Id, SslMode),
        var m when m.StartsWith("Connect Timeout", StringComparison.Ordinal) =>
            HubErrors.SourceTimeout(source.Id, options.ConnectSeconds),
        _ => HubErrors.SourceUnreachable(source.Id),
    };

    private HubError Translate(MySqlException e, string what, bool isQuery) => e.ErrorCode switch
    {
        MySqlErrorCode.AccessDenied or MySqlErrorCode.HostNotPrivileged or PasswordExpired or AccountLocked
            or AccountLockedOfMariaDb => HubErrors.SourceCredentialsRejected(source.Id),
        MySqlErrorCode.UnknownDatabase => HubErrors.SourceDatabaseMissing(source.Id, options.Database),
        MySqlErrorCode.DatabaseAccessDenied or MySqlErrorCode.TableAccessDenied or MySqlErrorCode.ColumnAccessDenied
            or MySqlErrorCode.SpecifiedAccessDeniedError or MySqlErrorCode.PrecedureAccessDenied => HubErrors.SourcePermissionDenied(source.Id, what),
        MySqlErrorCode.ViewInvalid => HubErrors.SourceViewBroken(source.Id, what),
        MySqlErrorCode.LockWaitTimeout => HubErrors.SourceLocked(source.Id, what),
        StatementTimeout or MySqlErrorCode.QueryTimeout => HubErrors.SourceTimeout(source.Id, options.StatementSeconds),
        InsecureTransport => HubErrors.SourceEncryptionRequired(source.Id, SslMode),
        MySqlErrorCode.ConnectionCountError or MySqlErrorCode.TooManyUserConnections or MySqlErrorCode.UserLimitReached
            or MySqlErrorCode.LockDeadlock or MySqlErrorCode.OutOfMemory or MySqlErrorCode.OutOfResources
            or MySqlErrorCode.HostIsBlocked or MySqlErrorCode.TableDefinitionChanged => HubErrors.SourceBusy(source.Id, Code(e)),
        MySqlErrorCode.QueryInterrupted or ConnectionKilled or MySqlErrorCode.ServerShutdown =>
            HubErrors.SourceConnectionLost(source.Id),
        _ when isQuery && IsOfTheQuery(e) => HubErrors.SourceQueryInvalid(source.Id, Code(e), 0, e.Message),
        MySqlErrorCode.NoSuchTable or MySqlErrorCode.UnknownTable => HubErrors.SourceTableMissing(source.Id, what, []),
        _ => HubErrors.SourceFailed(source.Id, Code(e)),
    };

    /// <summary>The server's own words are passed on only where they speak of the query's text: elsewhere they may quote data.</summary>
    private static bool IsOfTheQuery(MySqlException e) =>
        e.ErrorCode is MySqlErrorCode.CannotExecuteInReadOnlyTransaction or MySqlErrorCode.WrongArguments
        || e.SqlState is "42000" or "42S02" or "42S22" or "42S21" or "21000";

    private static string Code(MySqlException e) => e.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private string SslMode => source["sslMode"] ?? "prefer";

    private static bool Cause<T>(Exception e) where T : Exception
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            if (cause is T)
            {
                return true;
            }
        }

        return false;
    }
}
