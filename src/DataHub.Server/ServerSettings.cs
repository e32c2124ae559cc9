using System.Globalization;
using DataHub.Gateway;
using DataHub.Ingestion.Sources;
using DataHub.Storage;
using Npgsql;

namespace DataHub.Server;

/// <summary>The environment as the hub reads it, checked at start: everything that is wrong, in one message.</summary>
internal sealed record ServerSettings(StorageOptions Storage, GatewayOptions Gateway, FileSourceOptions Files)
{
    /// <summary>EX_CONFIG of sysexits: the process cannot run as configured.</summary>
    public const int ExitCode = 78;

    private static readonly string[] Roles = ["gateway", "worker"];

    /// <summary>Whether it works off runs (<c>DATAHUB_ROLES</c> has worker).</summary>
    public required bool Worker { get; init; }

    /// <summary>Whether it serves the API (<c>DATAHUB_ROLES</c> has gateway).</summary>
    public required bool Serves { get; init; }

    /// <summary>How long a start waits for the database (<c>DATAHUB_DATABASE_WAIT</c>, seconds from 0 to 600, default 30).</summary>
    public required TimeSpan Patience { get; init; }

    public static ServerSettings? Read(IConfiguration environment, List<string> problems)
    {
        CheckDatabases(environment, problems);
        var url = ReadPublicUrl(environment, problems);
        var secret = environment["DATAHUB_ADMIN_CLIENT_SECRET"] is { Length: > 0 } given ? given : null;
        if (secret is { Length: < 12 })
        {
            problems.Add("DATAHUB_ADMIN_CLIENT_SECRET quá ngắn / is too short (12+).");
        }

        var roles = (environment["DATAHUB_ROLES"] ?? "gateway,worker").Split(',', StringSplitOptions.TrimEntries);
        if (roles.Except(Roles).Any())
        {
            problems.Add("DATAHUB_ROLES: gateway, worker.");
        }

        var wait = ReadNumber(environment, "DATAHUB_DATABASE_WAIT", 30, 0, 600, problems);
        var tokens = ReadNumber(environment, "DATAHUB_TOKEN_REQUESTS_PER_MINUTE", 300, 1, 1_000_000, problems);
        var exports = ReadNumber(environment, "DATAHUB_EXPORTS", 4, 1, 100, problems);
        var quarantineDays = ReadNumber(environment, "DATAHUB_QUARANTINE_DAYS", 90, 1, 3_650, problems);
        var unindexed = ReadNumber(environment, "DATAHUB_UNINDEXED_RECORDS", 200_000, 0, 1_000_000_000, problems);
        var unpacked = ReadNumber(environment, "DATAHUB_FILES_UNPACKED_MB", 8_192, 1, 1_000_000, problems);
        var ratio = ReadNumber(environment, "DATAHUB_FILES_UNPACKED_RATIO", 200, 2, 2_000, problems);
        var home = ReadHome(environment, problems);
        return problems.Count > 0 ? null : new ServerSettings(
            new StorageOptions
            {
                Database = environment["DATAHUB_DATABASE"]!,
                MigrationDatabase = environment["DATAHUB_DATABASE_MIGRATION"],
                ReadDatabase = environment["DATAHUB_DATABASE_READ"],
                Exports = exports,
                QuarantineDays = quarantineDays,
            },
            new GatewayOptions
            {
                PublicUrl = url!,
                Home = home!,
                AdminClientId = environment["DATAHUB_ADMIN_CLIENT_ID"] ?? "datahub-admin",
                AdminClientSecret = secret,
                TokenRequestsPerMinute = tokens,
                UnindexedRecords = unindexed,
            },
            new FileSourceOptions
            {
                Root = environment["DATAHUB_FILES"],
                MaxUnpackedBytes = (long)unpacked << 20,
                MaxUnpackedRatio = ratio,
            })
        {
            Worker = roles.Contains("worker"),
            Serves = roles.Contains("gateway"),
            Patience = TimeSpan.FromSeconds(wait),
        };
    }

    /// <summary>What holds where the operators say nothing: every statement and request in the log would hide what matters.</summary>
    public static void AddDefaults(IConfigurationBuilder configuration) => configuration.Sources.Insert(0,
        new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Warning",
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
                ["Logging:LogLevel:OpenIddict"] = "Warning",
            },
        });

    public static string Addresses(IConfiguration environment) =>
        environment["ASPNETCORE_URLS"] ?? environment["urls"] ?? "http://127.0.0.1:8080";

    private static void CheckDatabases(IConfiguration environment, List<string> problems)
    {
        if (string.IsNullOrWhiteSpace(environment["DATAHUB_DATABASE"]))
        {
            problems.Add("Thiếu DATAHUB_DATABASE / DATAHUB_DATABASE is missing (Npgsql connection string).");
        }

        foreach (var name in new[] { "DATAHUB_DATABASE", "DATAHUB_DATABASE_MIGRATION", "DATAHUB_DATABASE_READ" })
        {
            try
            {
                _ = new NpgsqlConnectionStringBuilder(environment[name]);
            }
            catch (Exception e) when (e is ArgumentException or FormatException)
            {
                // The text itself may hold a password.
                problems.Add($"{name} không phải chuỗi kết nối Npgsql / is not an Npgsql connection string.");
            }
        }
    }

    private static Uri? ReadPublicUrl(IConfiguration environment, List<string> problems)
    {
        var address = environment["DATAHUB_PUBLIC_URL"] ?? Addresses(environment).Split(';')[0]
            .Replace("//*", "//localhost", StringComparison.Ordinal).Replace("//+", "//localhost", StringComparison.Ordinal)
            .Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal);
        if (Uri.TryCreate(address, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", Query: "", Fragment: "" })
        {
            return url;
        }

        problems.Add("DATAHUB_PUBLIC_URL không phải địa chỉ http(s) / is not an http(s) address.");
        return null;
    }

    private static string? ReadHome(IConfiguration environment, List<string> problems)
    {
        var home = environment["DATAHUB_HOME"] ?? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "datahub");
        try
        {
            Directory.CreateDirectory(home);
            return home;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Add("Không tạo được thư mục DATAHUB_HOME / The folder DATAHUB_HOME cannot be made.");
            return null;
        }
    }

    private static int ReadNumber(
        IConfiguration environment, string name, int otherwise, int least, int most, List<string> problems)
    {
        if (environment[name] is not { Length: > 0 } text)
        {
            return otherwise;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < least || number > most)
        {
            problems.Add($"{name}: {least}-{most}.");
        }

        return number;
    }
}
