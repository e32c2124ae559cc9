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
            connection.RemoteCertificateValidationCallback = (_, certificate, _, errors) => Judge(options, certificate, errors);
        }

        return connection;
    }

    private static bool Judge(MySqlSourceOptions options, X509Certificate? certificate, SslPolicyErrors errors)
    {
        if ((errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) != SslPolicyErrors.None || certificate is null)
        {
            return false;
        }

        using var names = new X509Certificate2(certificate);
        return options.Tls == MySqlTls.VerifyCa || names.MatchesHostname(options.Host);
    }
}
