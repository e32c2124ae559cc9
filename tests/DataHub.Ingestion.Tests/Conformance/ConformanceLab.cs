using System.Text.Json;
using DataHub.Core.Sources;
using DataHub.Storage.ControlPlane;
using DataHub.TestKit;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace DataHub.Ingestion.Tests.Conformance;

/// <summary>A hub with its real worker for the tests of one kind: each test has a dataset and a source of its own in it.</summary>
public sealed class ConformanceLab : IAsyncDisposable
{
    private const int Gate = 58;

    private readonly TestHub hub;
    private readonly ConformanceKit kit;

    private ConformanceLab(TestHub hub, ConformanceKit kit) => (this.hub, this.kit) = (hub, kit);

    public static async Task<ConformanceLab> StartAsync(ConformanceKit kit)
    {
        var hub = await TestHub.StartAsync(files: kit.Files);
        // A gate that a test can close behind the reading of records: whoever quarantines one waits.
        await hub.Database.ExecuteAsync($$"""
            CREATE FUNCTION hub.gate() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared({{Gate}}); RETURN NULL; END';
            CREATE TRIGGER gate BEFORE INSERT ON hub.quarantine FOR EACH STATEMENT EXECUTE FUNCTION hub.gate()
            """);
        return new ConformanceLab(hub, kit);
    }

    /// <summary>Registers a dataset over the kit's table, of the table's name unless told otherwise, read without a further attempt to open.</summary>
    public async Task<Dataset> DatasetAsync(
        string table, KitTable columns, SourceSettings? source = null, string? name = null, params string[] terms)
    {
        source ??= kit.Source;
        name ??= table;
        await hub.AddSourceAsync(name, source.Kind, source.Username, source.Password, [.. source.Settings.Select(s => $"{s.Key}={s.Value}")]);
        await hub.Database.ExecuteAsync($"INSERT INTO hub.source_limits (source_id, pacing) VALUES ('{name}', '{{\"openRetries\": 0}}')");
        return await hub.AddDatasetAsync(kit.Yaml(name, table, columns.Columns, ["hub.maxRejected=100", "hub.mayBeEmpty=true", .. terms]));
    }

    public Task<Run> RunAsync(Dataset dataset, string mode = "full") => hub.RunAsync(dataset, r => r.Mode = mode);

    public Task<long> QueueAsync(Dataset dataset) => hub.QueueAsync(dataset);

    public Task<Run> WaitAsync(long run) => hub.WaitAsync(run);

    public Task CancelAsync(long run) => hub.Database.ExecuteAsync($"UPDATE hub.runs SET cancel_requested = true WHERE id = {run}");

    /// <summary>Code of what ended the run; empty where nothing did.</summary>
    public static string ErrorOf(Run run) =>
        run.Error is null ? "" : JsonDocument.Parse(run.Error).RootElement.GetProperty("code").GetString()!;

    /// <summary>The published records in key order, each cell as text.</summary>
    public async Task<string?[][]> PublishedAsync(Dataset dataset)
    {
        var table = await hub.Database.ScalarAsync<string>($"SELECT current_table FROM hub.store_pairs WHERE dataset_id = {dataset.Id}");
        return [.. (await ReadAsync($"SELECT row_to_json(t)::text FROM (SELECT * FROM {table} ORDER BY c1) t")).Select(Cells)];
    }

    /// <summary>How many records each violation kept out of the run.</summary>
    public async Task<IReadOnlyList<string>> RejectedAsync(Run run) => await ReadAsync(
        $"SELECT violations->0->>'code' || ' ' || sum(occurrences) FROM hub.quarantine WHERE run_id = {run.Id} GROUP BY violations->0->>'code' ORDER BY 1");

    /// <summary>Holds every run that quarantines a record, until disposed.</summary>
    public async Task<IAsyncDisposable> CloseGateAsync()
    {
        var connection = new NpgsqlConnection(hub.Database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT pg_advisory_lock({Gate})", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    public Task HeldAtGateAsync() => Eventually.TrueAsync("a run waits at the gate", async () => await hub.Database.ScalarAsync<long>(
        $"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = {Gate} AND NOT granted") > 0);

    /// <summary>True while a table of some run that did not publish lies in the store.</summary>
    public async Task<long> WorkingTablesAsync() => await hub.Database.ScalarAsync<long>(
        "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'work' AND c.relkind = 'r'");

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    private async Task<List<string>> ReadAsync(string sql)
    {
        await using var data = NpgsqlDataSource.Create(hub.Database.ConnectionString + ";Pooling=false;Timezone=UTC");
        await using var command = data.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    private static string?[] Cells(string row) =>
    [
        .. JsonDocument.Parse(row).RootElement.EnumerateObject().Where(p => p.Name.StartsWith('c'))
            .OrderBy(p => int.Parse(p.Name.AsSpan(1), null)).Select(p => p.Value.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => p.Value.GetString(),
                _ => p.Value.GetRawText(),
            }),
    ];
}
