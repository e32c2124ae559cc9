using DataHub.Core.Sources;
using Npgsql;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>Settings of a PostgreSQL source, checked and typed.</summary>
internal sealed record PostgresSourceOptions
{
    /// <summary><c>host</c>: name, address, or the folder of a unix socket. Required.</summary>
    public required string Host { get; init; }

    /// <summary><c>port</c>, 1-65535. Default 5432.</summary>
    public required int Port { get; init; }

    /// <summary><c>database</c>. Required.</summary>
    public required string Database { get; init; }

    /// <summary>
    /// <c>sslMode</c>: disable, allow, prefer, require, verify-ca, verify-full. Default prefer: encrypted where the server
    /// can, but not proof against an active attacker; over networks that are not trusted choose verify-full.
    /// </summary>
    public required SslMode SslMode { get; init; }

    /// <summary><c>caCertificate</c>: PEM of the only authorities that the server's certificate may come from, with verify-ca and verify-full. Default: the system's.</summary>
    public string? CaCertificate { get; init; }

    /// <summary><c>schemas</c>: comma-separated; only these are listed. Default: all that the account may use.</summary>
    public required IReadOnlyList<string> Schemas { get; init; }

    /// <summary><c>connectTimeout</c>, seconds, 1-300. Default 15.</summary>
    public required int ConnectSeconds { get; init; }

    /// <summary><c>lockTimeout</c>, seconds, 1-3600. Default 10: the hub gives way to the source's own work.</summary>
    public required int LockSeconds { get; init; }

    /// <summary><c>silenceTimeout</c>, seconds without a byte from the server, 1-3600. Default 60.</summary>
    public required int SilenceSeconds { get; init; }

    /// <summary><c>statementTimeout</c>, seconds for the whole read, 0-86400. Default 0: none.</summary>
    public required int StatementSeconds { get; init; }

    /// <summary><c>publication</c>: what datasets with hub.mode log follow; the sector's administrator makes it. Default <c>datahub</c>.</summary>
    public required string Publication { get; init; }

    /// <summary><c>slotMegabytes</c>: a replication slot that keeps more log than this is given up, and the next pull reads everything; 64-1048576. Default 8192.</summary>
    public required long SlotMegabytes { get; init; }

    private static readonly Dictionary<string, SslMode> SslModes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["disable"] = SslMode.Disable,
        ["allow"] = SslMode.Allow,
        ["prefer"] = SslMode.Prefer,
        ["require"] = SslMode.Require,
        ["verify-ca"] = SslMode.VerifyCA,
        ["verify-full"] = SslMode.VerifyFull,
    };

    public static PostgresSourceOptions Read(SourceSettings source, SettingsCheck check)
    {
        var tls = check.Choice("sslMode", SslMode.Prefer, SslModes);
        var options = new PostgresSourceOptions
        {
            Host = check.Required("host"),
            Port = check.Number("port", 5432, 1, 65535),
            Database = check.Required("database"),
            SslMode = tls,
            CaCertificate = SourceAuthorities.Read(check, verifies: tls >= SslMode.VerifyCA),
            Schemas = (check.Optional("schemas") ?? "").Split(
                ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            ConnectSeconds = check.Number("connectTimeout", 15, 1, 300),
            LockSeconds = check.Number("lockTimeout", 10, 1, 3600),
            SilenceSeconds = check.Number("silenceTimeout", 60, 1, 3600),
            Publication = check.Optional("publication") ?? "datahub",
            SlotMegabytes = check.Number("slotMegabytes", 8192, 64, 1_048_576),
            StatementSeconds = check.Number("statementTimeout", 0, 0, 86400),
        };
        if (options.Host.Contains(',', StringComparison.Ordinal))
        {
            check.Add("host", "setting_not_allowed", "host chỉ nhận một máy chủ.", "host takes one server only.");
        }

        check.RefuseUnknown();
        return options;
    }
}
