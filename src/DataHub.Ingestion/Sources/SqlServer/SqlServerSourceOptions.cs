using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.SqlServer;

/// <summary>Settings of a SQL Server source, checked and typed.</summary>
internal sealed record SqlServerSourceOptions
{
    /// <summary><c>host</c>: name or address. Required. A named instance is given by its port.</summary>
    public required string Host { get; init; }

    /// <summary><c>port</c>, 1-65535. Default 1433.</summary>
    public required int Port { get; init; }

    /// <summary><c>database</c>. Required.</summary>
    public required string Database { get; init; }

    /// <summary>
    /// <c>sslMode</c>: require, verify-full, strict. Default verify-full. Every mode encrypts; require takes any certificate and is not
    /// proof against an active attacker; strict is TLS before the first byte (SQL Server 2022).
    /// </summary>
    public required SqlServerTls Tls { get; init; }

    /// <summary>
    /// <c>isolation</c>: snapshot, serializable. Default snapshot: row versions, writers are not kept waiting, and refused where the
    /// database has none. serializable locks what is read until the pull ends.
    /// </summary>
    public required SqlServerIsolation Isolation { get; init; }

    /// <summary><c>connectTimeout</c>, seconds, 1-300. Default 15.</summary>
    public required int ConnectSeconds { get; init; }

    /// <summary><c>lockTimeout</c>, seconds, 1-3600. Default 10: the hub gives way to the source's own work.</summary>
    public required int LockSeconds { get; init; }

    /// <summary><c>silenceTimeout</c>, seconds without a byte from the server, 1-3600. Default 60.</summary>
    public required int SilenceSeconds { get; init; }

    /// <summary><c>statementTimeout</c>, seconds for the whole read, 0-86400. Default 0: none.</summary>
    public required int StatementSeconds { get; init; }

    private static readonly Dictionary<string, SqlServerTls> TlsModes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["require"] = SqlServerTls.Require,
        ["verify-full"] = SqlServerTls.VerifyFull,
        ["strict"] = SqlServerTls.Strict,
    };

    private static readonly Dictionary<string, SqlServerIsolation> Isolations = new(StringComparer.OrdinalIgnoreCase)
    {
        ["snapshot"] = SqlServerIsolation.Snapshot,
        ["serializable"] = SqlServerIsolation.Serializable,
    };

    public static SqlServerSourceOptions Read(SourceSettings source, SettingsCheck check)
    {
        var options = new SqlServerSourceOptions
        {
            Host = check.Required("host"),
            Port = check.Number("port", 1433, 1, 65535),
            Database = check.Required("database"),
            Tls = check.Choice("sslMode", SqlServerTls.VerifyFull, TlsModes),
            Isolation = check.Choice("isolation", SqlServerIsolation.Snapshot, Isolations),
            ConnectSeconds = check.Number("connectTimeout", 15, 1, 300),
            LockSeconds = check.Number("lockTimeout", 10, 1, 3600),
            SilenceSeconds = check.Number("silenceTimeout", 60, 1, 3600),
            StatementSeconds = check.Number("statementTimeout", 0, 0, 86400),
        };
        if (options.Host.AsSpan().IndexOfAny(@",\/") >= 0)
        {
            check.Add("host", "setting_not_allowed",
                "host chỉ nhận tên hoặc địa chỉ của một máy chủ; instance có tên được chỉ ra bằng port.",
                "host takes the name or address of one server; a named instance is given by its port.");
        }

        check.RefuseUnknown();
        return options;
    }
}

/// <summary>What a connection must prove; none is without encryption.</summary>
internal enum SqlServerTls
{
    Require,
    VerifyFull,
    Strict,
}

/// <summary>How a pull reads one consistent state.</summary>
internal enum SqlServerIsolation
{
    Snapshot,
    Serializable,
}
