using System.ComponentModel;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using Microsoft.Data.SqlClient;

namespace DataHub.Ingestion.Sources.SqlServer;

/// <summary>
/// What went wrong, said by the server's error number and by the kind of network failure. The one table of SQL Server's errors for sources.
/// </summary>
internal sealed class SqlServerErrors(SourceSettings source, SqlServerSourceOptions options)
{
    private const string Product = "SQL Server (TDS)";

    /// <summary>From this class on an error ended the connection.</summary>
    private const byte Fatal = 20;

    /// <summary>Before a session stands.</summary>
    public HubErrorException WhileConnecting(Exception e) => e switch
    {
        HubErrorException known => known,
        _ when Cause<AuthenticationException>(e) => HubErrors.SourceTlsFailed(source.Id, SslMode).ToException(e),
        OperationCanceledException or TimeoutException => HubErrors.SourceTimeout(source.Id, options.ConnectSeconds).ToException(e),
        SqlException { Number: TimeoutExpired } => HubErrors.SourceTimeout(source.Id, options.ConnectSeconds).ToException(e),
        SqlException { Number: EncryptionNotSupported } => HubErrors.SourceTlsFailed(source.Id, SslMode).ToException(e),
        // Closed before it had answered as a SQL Server does: another service, or one that is starting or full.
        SqlException { Number: 0 } => HubErrors.SourceUnreachable(source.Id).ToException(e),
        _ when Unanswered(e) => HubErrors.SourceUnreachable(source.Id).ToException(e),
        SqlException server when IsOfTheServer(server) => Translate(server.Number, server.Message, options.Database, isQuery: false).ToException(e),
        _ => HubErrors.SourceProtocolUnexpected(source.Id, Product).ToException(e),
    };

    /// <summary>In a session: <paramref name="what"/> is the relation, or the words for the query.</summary>
    public Exception WhileReading(Exception e, string what, bool isQuery) => e switch
    {
        HubErrorException => e,
        TimeoutException or OperationCanceledException or SqlException { Number: TimeoutExpired } =>
            HubErrors.SourceTimeout(source.Id, options.SilenceSeconds).ToException(e),
        SqlException server when IsOfTheServer(server) => Translate(server.Number, server.Message, what, isQuery).ToException(e),
        SqlException or IOException or SocketException or ObjectDisposedException or InvalidOperationException =>
            HubErrors.SourceConnectionLost(source.Id).ToException(e),
        _ => e,
    };

    private const int TimeoutExpired = -2, EncryptionNotSupported = 20;

    /// <summary>A failed login is of a fatal class too, and so is a killed session.</summary>
    internal static bool IsOfTheServer(SqlException e) => e.Number > 0 && e.InnerException is not (Win32Exception or IOException or SocketException)
        && (e.Class < Fatal || e.Number is not (64 or 121 or 232 or 233 or 258 or (>= 10050 and <= 10065) or 11001));

    /// <summary>The one table: by the number alone, but for the words of an error in the query's own text.</summary>
    internal HubError Translate(int number, string message, string what, bool isQuery) => number switch
    {
        // Wrong password, another domain, locked, expired, to be changed, no login from here.
        18456 or 18452 or 18486 or 18487 or 18488 or 18470 or 18461 => HubErrors.SourceCredentialsRejected(source.Id),
        911 => HubErrors.SourceDatabaseMissing(source.Id, options.Database),
        // Without a right on it the server does not say whether a database exists.
        4060 or 4064 or 916 => HubErrors.SourcePermissionDenied(source.Id, options.Database),
        229 or 230 or 262 or 297 or 300 or 371 or 10314 => HubErrors.SourcePermissionDenied(source.Id, what),
        4413 or 4502 or 4512 or 5540 => HubErrors.SourceViewBroken(source.Id, what),
        1222 => HubErrors.SourceLocked(source.Id, what),
        TimeoutExpired => HubErrors.SourceTimeout(source.Id, options.SilenceSeconds),
        3952 => HubErrors.SourceSnapshotUnavailable(source.Id, options.Database),
        // Deadlock; altered under the snapshot; row versions gone or no room for them; memory, locks, workers; starting, stopping, restoring,
        // failing over; Azure's throttling.
        1205 or 3960 or 3961 or 3957 or 3958 or 3959 or 3966 or 3967 or 701 or 802 or 1204 or 1105 or 8628 or 8645 or 8651 or 9002 or 17810 or 10928
            or 10929 or 18401 or 18451 or 922 or 927 or 942 or 945 or 976 or 978 or 979 or 983 or 40197 or 40501 or 40613 or 49918 or 49919 or 49920
            => HubErrors.SourceBusy(source.Id, Code(number)),
        596 or 6005 or 64 or 121 or 232 or 233 or (>= 10050 and <= 10065) => HubErrors.SourceConnectionLost(source.Id),
        _ when isQuery && IsOfTheQuery(number) => HubErrors.SourceQueryInvalid(source.Id, Code(number), 0, message),
        208 => HubErrors.SourceTableMissing(source.Id, what, []),
        _ => HubErrors.SourceFailed(source.Id, Code(number)),
    };

    /// <summary>
    /// Syntax, names, types of the text itself and what describing a result can say. The server's own words are passed on only here:
    /// elsewhere they may quote data (245: conversion failed when converting the value '…').
    /// </summary>
    private static bool IsOfTheQuery(int number) => number is (>= 101 and <= 219) or (>= 305 and <= 336) or (>= 402 and <= 425)
        or (>= 1001 and <= 1100) or 2812 or 3701 or 4104 or 4121 or 4145 or (>= 8116 and <= 8127) or (>= 8155 and <= 8160)
        or (>= 10700 and <= 10799) or (>= 11501 and <= 11540);

    /// <summary>Refused, unreachable, or closed before it had answered.</summary>
    private static bool Unanswered(Exception e) => Cause<SocketException>(e) || Cause<IOException>(e);

    private static string Code(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string SslMode => source["sslMode"] ?? "verify-full";

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
