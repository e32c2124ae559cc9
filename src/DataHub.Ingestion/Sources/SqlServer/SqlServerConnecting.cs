using DataHub.Core.Sources;
using Microsoft.Data.SqlClient;

namespace DataHub.Ingestion.Sources.SqlServer;

/// <summary>
/// Makes a connection that does no more than reading needs: always encrypted, without a pool, and never reconnected behind the
/// adapter's back, which would lose the snapshot. It goes to the checked address, its certificate must be the host's.
/// </summary>
internal static class SqlServerConnecting
{
    public static SqlConnection Make(SourceSettings source, SqlServerSourceOptions options, string address) =>
        new(Text(source, options, address));

    internal static string Text(SourceSettings source, SqlServerSourceOptions options, string address)
    {
        var builder = new SqlConnectionStringBuilder
        {
            DataSource = string.Create(null, $"tcp:{address},{options.Port}"),
            InitialCatalog = options.Database,
            UserID = source.Username ?? "",
            Password = source.Password ?? "",
            Encrypt = options.Tls == SqlServerTls.Strict ? SqlConnectionEncryptOption.Strict : SqlConnectionEncryptOption.Mandatory,
            TrustServerCertificate = options.Tls == SqlServerTls.Require,
            ApplicationIntent = ApplicationIntent.ReadOnly,
            ApplicationName = "datahub",
            // Past this adapter's own limit, which speaks first.
            ConnectTimeout = options.ConnectSeconds + 5,
            CommandTimeout = options.SilenceSeconds,
            ConnectRetryCount = 0,
            Pooling = false,
            Enlist = false,
            MultipleActiveResultSets = false,
            PersistSecurityInfo = false,
            PacketSize = 16384,
        };
        if (options.Tls != SqlServerTls.Require)
        {
            builder.HostNameInCertificate = options.Host;
        }

        return builder.ConnectionString;
    }
}
