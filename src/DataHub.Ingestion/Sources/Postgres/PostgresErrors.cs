using System.Net.Sockets;
using System.Security.Authentication;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using Npgsql;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>
/// What went wrong, said by SQLSTATE and by the kind of network failure, never by message text. The one table of
/// PostgreSQL's errors for sources.
/// </summary>
internal sealed class PostgresErrors(SourceSettings source, PostgresSourceOptions options)
{
    /// <summary>Before a session stands.</summary>
    public HubErrorException WhileConnecting(Exception e) => e switch
    {
        PostgresException p => Translate(p, options.Database, isQuery: false).ToException(e),
        _ when Cause<AuthenticationException>(e) => HubErrors.SourceTlsFailed(source.Id, SslMode).ToException(e),
        _ when Cause<TimeoutException>(e) || e is OperationCanceledException =>
            HubErrors.SourceTimeout(source.Id, options.ConnectSeconds).ToException(e),
        _ when Cause<SocketException>(e) || Cause<IOException>(e) =>
            HubErrors.SourceUnreachable(source.Id).ToException(e),
        NpgsqlException when options.SslMode >= Npgsql.SslMode.Require =>
            HubErrors.SourceTlsFailed(source.Id, SslMode).ToException(e),
        _ => HubErrors.SourceProtocolUnexpected(source.Id, "PostgreSQL").ToException(e),
    };

    /// <summary>In a session: <paramref name="what"/> is the relation, or the words for the query.</summary>
    public Exception WhileReading(Exception e, string what, bool isQuery) => e switch
    {
        PostgresException p => Translate(p, what, isQuery).ToException(e),
        _ when Cause<TimeoutException>(e) || e is OperationCanceledException =>
            HubErrors.SourceTimeout(source.Id, options.SilenceSeconds).ToException(e),
        NpgsqlException or IOException or SocketException or ObjectDisposedException =>
            HubErrors.SourceConnectionLost(source.Id).ToException(e),
        InvalidDataException => HubErrors.SourceProtocolUnexpected(source.Id, "PostgreSQL").ToException(e),
        _ => e,
    };

    private HubError Translate(PostgresException e, string what, bool isQuery)
    {
        var state = e.SqlState;
        return state switch
        {
            "28P01" or "28000" => HubErrors.SourceCredentialsRejected(source.Id),
            "3D000" => HubErrors.SourceDatabaseMissing(source.Id, options.Database),
            "25006" => Query(e),
            "42501" => HubErrors.SourcePermissionDenied(source.Id, what),
            "57014" => HubErrors.SourceTimeout(source.Id, options.StatementSeconds),
            "22021" or "22P05" => HubErrors.SourceTextInvalid(source.Id, what, state),
            "55P03" => HubErrors.SourceLocked(source.Id, what),
            "55000" => HubErrors.SourceNotReady(source.Id, what),
            "57P03" or "40001" or "40P01" => HubErrors.SourceBusy(source.Id, state),
            "57P01" or "57P02" or "57P04" or "57P05" or "25P03" or "25P04" => HubErrors.SourceConnectionLost(source.Id),
            "42P01" or "3F000" when !isQuery => HubErrors.SourceTableMissing(source.Id, what, []),
            _ when isQuery && (state.StartsWith("42", StringComparison.Ordinal) || state is "0A000" or "3F000") =>
                Query(e),
            _ when state.StartsWith("53", StringComparison.Ordinal) => HubErrors.SourceBusy(source.Id, state),
            _ when state.StartsWith("08", StringComparison.Ordinal) => HubErrors.SourceConnectionLost(source.Id),
            _ => HubErrors.SourceFailed(source.Id, state),
        };
    }

    /// <summary>
    /// PostgreSQL's own words are passed on only where they speak of the query's text: elsewhere they may quote data.
    /// </summary>
    private HubError Query(PostgresException e) =>
        HubErrors.SourceQueryInvalid(source.Id, e.SqlState, e.Position, e.MessageText);

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
