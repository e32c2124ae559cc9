using DataHub.Core.Sources;
using MySqlConnector;

namespace DataHub.Ingestion.Sources.MySql;

/// <summary>Settings of a MariaDB or MySQL source, checked and typed.</summary>
internal sealed record MySqlSourceOptions
{
    /// <summary><c>host</c>: name, address, or the path of a unix socket. Required.</summary>
    public required string Host { get; init; }

    /// <summary><c>port</c>, 1-65535. Default 3306.</summary>
    public required int Port { get; init; }

    /// <summary><c>database</c>. Required.</summary>
    public required string Database { get; init; }

    /// <summary>
    /// <c>sslMode</c>: disable, prefer, require, verify-ca, verify-full. Default prefer: encrypted where the server can,
    /// but not proof against an active attacker; over networks that are not trusted choose verify-full.
    /// </summary>
    public required MySqlTls Tls { get; init; }

    /// <summary><c>caCertificate</c>: PEM of the only authorities that the server's certificate may come from, with verify-ca and verify-full. Default: the system's.</summary>
    public string? CaCertificate { get; init; }

    /// <summary><c>connectTimeout</c>, seconds, 1-300. Default 15.</summary>
    public required int ConnectSeconds { get; init; }

    /// <summary><c>lockTimeout</c>, seconds, 1-3600. Default 10: the hub gives way to the source's own work.</summary>
    public required int LockSeconds { get; init; }

    /// <summary><c>silenceTimeout</c>, seconds without a byte from the server, 1-3600. Default 60.</summary>
    public required int SilenceSeconds { get; init; }

    /// <summary><c>statementTimeout</c>, seconds for the whole read, 0-86400. Default 0: none.</summary>
    public required int StatementSeconds { get; init; }

    /// <summary>True for a unix socket.</summary>
    public bool IsLocal => Host.StartsWith('/');

    /// <summary>True where a connection without TLS would be refused by this side.</summary>
    public bool NeedsTls => !IsLocal && Tls >= MySqlTls.Require;

    /// <summary>
    /// What the driver is told. Certificates are checked by this adapter: the driver would compare them with the address
    /// that it connects to, not with the host's name.
    /// </summary>
    public MySqlSslMode SslMode => Tls switch
    {
        MySqlTls.Disable => MySqlSslMode.None,
        MySqlTls.Prefer => MySqlSslMode.Preferred,
        _ => MySqlSslMode.Required,
    };

    private static readonly Dictionary<string, MySqlTls> TlsModes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["disable"] = MySqlTls.Disable,
        ["prefer"] = MySqlTls.Prefer,
        ["require"] = MySqlTls.Require,
        ["verify-ca"] = MySqlTls.VerifyCa,
        ["verify-full"] = MySqlTls.VerifyFull,
    };

    public static MySqlSourceOptions Read(SourceSettings source, SettingsCheck check)
    {
        var tls = check.Choice("sslMode", MySqlTls.Prefer, TlsModes);
        var options = new MySqlSourceOptions
        {
            Host = check.Required("host"),
            Port = check.Number("port", 3306, 1, 65535),
            Database = check.Required("database"),
            Tls = tls,
            CaCertificate = SourceAuthorities.Read(check, verifies: tls >= MySqlTls.VerifyCa),
            ConnectSeconds = check.Number("connectTimeout", 15, 1, 300),
            LockSeconds = check.Number("lockTimeout", 10, 1, 3600),
            SilenceSeconds = check.Number("silenceTimeout", 60, 1, 3600),
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

/// <summary>How much a connection must prove, from nothing to the server's name.</summary>
internal enum MySqlTls
{
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}
