using DataHub.Core.Contracts;
using DataHub.Core.Sources;
using DataHub.Ingestion.Pipeline;
using DataHub.Ingestion.Tests.Sources;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Datasets;
using DataHub.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>A hub and a sector's database for a whole class; each test follows tables of its own, and compares with plain full pulls of the same tables.</summary>
public sealed class CaptureHub : IAsyncLifetime
{
    public PostgresSource Source { get; } = new();

    public TestHub Hub { get; private set; } = null!;

    internal CaptureSweep Sweep => Hub.Services.GetRequiredService<CaptureSweep>();

    public async ValueTask InitializeAsync()
    {
        await Source.InitializeAsync();
        Hub = await TestHub.StartAsync();
        await AddSourceAsync("kho", Source.Settings);
        await Source.Do("CREATE PUBLICATION datahub");
    }

    public async ValueTask DisposeAsync()
    {
        await Source.Do("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database() AND NOT active");
        await Hub.DisposeAsync();
        await Source.DisposeAsync();
    }

    public Task AddSourceAsync(string id, SourceSettings settings) =>
        Hub.AddSourceAsync(id, "postgres", settings.Username, settings.Password, [.. settings.Settings.Select(s => $"{s.Key}={s.Value}")]);

    /// <summary>Makes a table, publishes it, and registers it twice: followed by its log, and read whole.</summary>
    /// <param name="table">Its name, also the datasets'.</param>
    /// <param name="definition">Columns as SQL, and what follows them.</param>
    /// <param name="columns">Of the contract, as YAML mappings.</param>
    internal async Task<Followed> FollowAsync(string table, string definition, params string[] columns)
    {
        await Source.Do($"CREATE TABLE {table} {definition}");
        await Source.Do($"ALTER PUBLICATION datahub ADD TABLE {table}");
        return await RegisterAsync(table, "kho", columns);
    }

    internal async Task<Followed> RegisterAsync(string table, string source, params string[] columns)
    {
        var name = table.Replace('_', '-');
        string[] terms = [$"hub.source={source}", $"hub.table={table}", "hub.mayBeEmpty=true", "hub.maxRemovedRecords=1000000", "hub.maxRejected=0"];
        var followed = new Followed(this, name, terms);
        followed.Log = await Hub.AddDatasetAsync(followed.Contract(columns, "1.0.0", isLog: true));
        followed.Full = await Hub.AddDatasetAsync(followed.Contract(columns, "1.0.0", isLog: false));
        return followed;
    }

    public async Task<T> SourceAsync<T>(string sql)
    {
        await using var connection = await Source.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public Task<int> SlotsAsync() => SourceAsync<int>("SELECT count(*)::int FROM pg_replication_slots WHERE database = current_database()");
}

/// <summary>A table that is pulled in two ways.</summary>
internal sealed class Followed(CaptureHub lab, string name, string[] terms)
{
    /// <summary>By its log.</summary>
    public Dataset Log { get; set; } = null!;

    /// <summary>Whole.</summary>
    public Dataset Full { get; set; } = null!;

    public string Contract(string[] columns, string version, bool isLog) =>
        LabContract.Yaml(isLog ? name : name + "-full", columns, isLog ? [.. terms, "hub.mode=log"] : terms, version);

    public async Task ReviseAsync(string version, string[] columns)
    {
        foreach (var (dataset, isLog) in new[] { (Log, true), (Full, false) })
        {
            var contract = ContractReader.Read(Contract(columns, version, isLog)).Contract!;
            await lab.Hub.Services.GetRequiredService<DatasetStore>().ReviseAsync(dataset.Id, dataset.ContractRevisionId, contract, "test", CancellationToken.None);
        }
    }

    /// <summary>An incremental run by the log as <see cref="PullLab.Say"/> tells it.</summary>
    public async Task<string> PullAsync() => PullLab.Say(await RunAsync());

    public Task<Run> RunAsync(string mode = "incremental", Action<Run>? adjust = null) => lab.Hub.RunAsync(Log, r =>
    {
        r.Mode = mode;
        adjust?.Invoke(r);
    });

    /// <summary>Pulls the table whole as well: both versions must have the same records, by the checksum over all their hashes.</summary>
    public async Task AssertSameAsync()
    {
        var run = await lab.Hub.RunAsync(Full);
        Assert.True(run.State is "published" or "unchanged", run.Error);
        Assert.Equal(await ChecksumAsync(Full), await ChecksumAsync(Log));
    }

    /// <summary>Warnings of a run: their codes and English words.</summary>
    public async Task<string> WarningsAsync(Run run) => await lab.Hub.Database.ScalarAsync<string>($"SELECT warnings::text FROM hub.runs WHERE id = {run.Id}") ?? "";

    public async Task<string> ErrorAsync(Run run) => await lab.Hub.Database.ScalarAsync<string>($"SELECT error::text FROM hub.runs WHERE id = {run.Id}") ?? "";

    public async Task<string> SlotAsync() => (await lab.Hub.Database.ScalarAsync<string>($"""
        SELECT (position->'position'->>'detail')::jsonb->>'Slot' FROM hub.watermarks WHERE dataset_id = {Log.Id} ORDER BY id DESC LIMIT 1
        """))!;

    /// <summary>Removes its slot, so that a server of a few slots serves many tests.</summary>
    public Task ForgetAsync() => lab.Source.Do($"SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE 'datahub\\_%\\_{Log.Id}' AND database = current_database()");

    private Task<string?> ChecksumAsync(Dataset dataset) => lab.Hub.Database.ScalarAsync<string>($"""
        SELECT records || ' ' || encode(checksum, 'hex') FROM hub.versions WHERE dataset_id = {dataset.Id} ORDER BY seq DESC LIMIT 1
        """);
}
