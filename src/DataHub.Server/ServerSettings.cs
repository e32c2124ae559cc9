using DataHub.Gateway;
using DataHub.Ingestion.Sources;
using DataHub.Storage;

namespace DataHub.Server;

/// <summary>The environment as the hub reads it, checked at start: everything that is wrong, in one message.</summary>
internal sealed record ServerSettings(StorageOptions Storage, GatewayOptions Gateway, FileSourceOptions Files, bool Worker)
{
    /// <summary>EX_CONFIG of sysexits: the process cannot run as configured.</summary>
    public const int ExitCode = 78;

    public static ServerSettings? Read(IConfiguration environment, List<string> problems)
    {
        var database = environment["DATAHUB_DATABASE"];
        if (string.IsNullOrWhiteSpace(database))
        {
            problems.Add("Thiếu DATAHUB_DATABASE / DATAHUB_DATABASE is missing (Npgsql connection string).");
        }

        var address = environment["DATAHUB_PUBLIC_URL"] ?? Addresses(environment).Split(';')[0]
            .Replace("//*", "//localhost", StringComparison.Ordinal).Replace("//+", "//localhost", StringComparison.Ordinal)
            .Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            problems.Add("DATAHUB_PUBLIC_URL không phải địa chỉ http(s) / is not an http(s) address.");
        }

        var secret = environment["DATAHUB_ADMIN_CLIENT_SECRET"] is { Length: > 0 } given ? given : null;
        if (secret is { Length: < 12 })
        {
            problems.Add("DATAHUB_ADMIN_CLIENT_SECRET quá ngắn / is too short (12+).");
        }

        var roles = (environment["DATAHUB_ROLES"] ?? "gateway,worker").Split(',', StringSplitOptions.TrimEntries);
        if (roles.Except(["gateway", "worker"]).Any())
        {
            problems.Add("DATAHUB_ROLES: gateway, worker.");
        }

        return problems.Count > 0 ? null : new ServerSettings(
            new StorageOptions
            {
                Database = database!,
                MigrationDatabase = environment["DATAHUB_DATABASE_MIGRATION"],
                ReadDatabase = environment["DATAHUB_DATABASE_READ"],
            },
            new GatewayOptions
            {
                PublicUrl = url!,
                Home = environment["DATAHUB_HOME"] ?? Path.Combine(
                    Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "datahub"),
                AdminClientId = environment["DATAHUB_ADMIN_CLIENT_ID"] ?? "datahub-admin",
                AdminClientSecret = secret,
            },
            new FileSourceOptions { Root = environment["DATAHUB_FILES"] },
            roles.Contains("worker"));
    }

    public static string Addresses(IConfiguration environment) =>
        environment["ASPNETCORE_URLS"] ?? environment["urls"] ?? "http://127.0.0.1:8080";
}
