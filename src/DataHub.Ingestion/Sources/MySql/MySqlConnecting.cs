using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using DataHub.Core.Sources;
using MySqlConnector;

namespace DataHub.Ingestion.Sources.MySql;

/// <summary>
/// Makes a connection that does no more than reading needs: no pool, no local files, no public key taken on trust, and a
/// certificate judged by the host's name although the connection goes to its checked address.
/// </summary>
internal static class MySqlConnecting
{
    private static readonly System.Security.Cryptography.Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    public static MySqlConnection Make(SourceSettings source, MySqlSourceOptions options, string address)
    {
        var builder = new MySqlConnectionStringBuilder
        {
            Server = address,
            Port = (uint)options.Port,
            ConnectionProtocol = options.IsLocal ? MySqlConnectionProtocol.UnixSocket : MySqlConnectionProtocol.Sockets,
            Database = options.Database,
            UserID = source.Username ?? "",
            Password = source.Password ?? "",
            SslMode = options.IsLocal ? MySqlSslMode.None : options.SslMode,
            // Past this adapter's own limit, which speaks first.
            ConnectionTimeout = (uint)options.ConnectSeconds + 5,
            // Without a kill of the driver's own: a silent server's socket is closed at once.
            CancellationTimeout = -1,
            Pooling = false,
            AutoEnlist = false,
            AllowLoadLocalInfile = false,
            AllowPublicKeyRetrieval = false,
            AllowUserVariables = false,
            PersistSecurityInfo = false,
            GuidFormat = MySqlGuidFormat.None,
            ApplicationName = "datahub",
            Keepalive = 30,
        };
        var connection = new MySqlConnection(builder.ConnectionString);
        if (!options.IsLocal && options.Tls >= MySqlTls.VerifyCa)
        {
            connection.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Judge(options, certificate, chain, errors);
        }

        return connection;
    }

    private static bool Judge(MySqlSourceOptions options, X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return false;
        }

        using var server = new X509Certificate2(certificate);
        var isTrusted = options.CaCertificate is { } authorities
            ? IsFrom(authorities, server, sent)
            : (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
        return isTrusted && (options.Tls == MySqlTls.VerifyCa || server.MatchesHostname(options.Host));
    }

    /// <summary>Judged anew: what the system said of the chain was by its own authorities.</summary>
    private static bool IsFrom(string authorities, X509Certificate2 server, X509Chain? sent)
    {
        using var chain = new X509Chain { ChainPolicy = SourceAuthorities.PolicyOf(authorities) };
        chain.ChainPolicy.ApplicationPolicy.Add(ServerAuthentication);
        foreach (var element in sent?.ChainElements.Skip(1) ?? [])
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(server);
    }
}
