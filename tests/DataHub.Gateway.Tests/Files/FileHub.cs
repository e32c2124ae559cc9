using System.Globalization;
using DataHub.Gateway.Tests.BadInput;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Files;

/// <summary>
/// A hub on a real port with a dataset of many wide records. They are put into its store directly, as a load would have left them: what is tested is how they leave.
/// </summary>
public sealed class FileHub : IAsyncLifetime
{
    public const int Records = 300_000;

    internal SectorHub Sectors { get; } = new();

    /// <summary>The node that answers: it has one place for files.</summary>
    public HubServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Sectors.InitializeAsync();
        await Sectors.Server.AddAgencyAsync("000.00.12.H61");
        await Sectors.Sector.ExecuteAsync("CREATE TABLE wide (id int PRIMARY KEY, n bigint, d numeric(12,2), day date, t text, u text); INSERT INTO wide VALUES (0, 0, 0, '2026-01-01', 'x', 'y')");
        await Sectors.Admin.AddDatasetAsync(TestContracts.Yaml(
            "wide", "sector", "table=public.wide", "open", "id int32 key", "n int64", "d decimal(12,2)", "day date", "t text", "u text"));
        Assert.Equal("published", (await Sectors.Admin.PullAsync("wide")).State());
        var table = await TableAsync();
        await Sectors.Server.Database.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO {table} (c1, c2, c3, c4, c5, c6, v_from, row_hash)
            SELECT i, i * 1000003::bigint, i / 7.0, date '2020-01-01' + i % 2000, 'Phường Võ Thị Sáu ' || i, repeat('ệ', 100), 1, gen_random_uuid() FROM generate_series(1, {Records - 1}) i;
            UPDATE hub.versions SET records = {Records};
            ANALYZE {table}
            """));
        Server = await Sectors.Server.StartSecondAsync(new HubServerOptions
        {
            OnPort = true, Settings = new Dictionary<string, string> { ["DATAHUB_EXPORTS"] = "1", ["DATAHUB_ROLES"] = "gateway" },
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Sectors.DisposeAsync();
    }

    /// <summary>A caller that waits for nothing but headers.</summary>
    internal HttpClient Caller() => new() { BaseAddress = Server.Address, Timeout = TimeSpan.FromMinutes(3) };

    internal async Task<string> TableAsync() => (await Sectors.Server.Database.ScalarAsync<string>(
        "SELECT p.current_table FROM hub.store_pairs p JOIN hub.datasets d ON d.id = p.dataset_id WHERE d.name = 'wide'"))!;

    /// <summary>Ends the session of this database that reads records for an answer under way.</summary>
    internal async Task<bool> KillAsync(string pool) => await Sectors.Server.Database.ScalarAsync<long>($"""
        SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = '{pool}' AND query ~ 'store\.' AND state IN ('active', 'idle in transaction')) k
        """) > 0;

    internal Task<long> SessionsAsync(string pool) => Sectors.Server.Database.ScalarAsync<long>(
        $"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = '{pool}' AND state <> 'idle'");
}
