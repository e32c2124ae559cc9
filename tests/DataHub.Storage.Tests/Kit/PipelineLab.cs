using System.Globalization;
using DataHub.Ingestion.Pipeline;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Datasets;
using DataHub.Storage.Connections;
using DataHub.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DataHub.Storage.Tests.Kit;

/// <summary>One dataset (ma, gia) of a CSV file that a test rewrites, loaded by the real worker.</summary>
internal sealed class PipelineLab : IAsyncDisposable
{
    public const string TwoColumns = """
        - {name: ma, logicalType: string, primaryKey: true, primaryKeyPosition: 1}
          - {name: gia, logicalType: integer}
        """;

    public const string ThreeColumns = TwoColumns + "\n  - {name: them, logicalType: string}";

    private PipelineLab(TestHub hub) => Hub = hub;

    public TestHub Hub { get; }

    public Dataset Dataset { get; private set; } = null!;

    public static async Task<PipelineLab> StartAsync(string rules = "", Action<StorageOptions>? adjust = null)
    {
        var lab = new PipelineLab(await TestHub.StartAsync(adjust));
        await lab.Hub.AddSourceAsync("lab", "csv", null, null, "folder=.");
        lab.Dataset = await lab.Hub.AddDatasetAsync(Contract("1.0.0", TwoColumns, rules));
        return lab;
    }

    public static string Contract(string version, string columns, string rules = "") => $"""
        apiVersion: v3.1.0
        kind: DataContract
        id: lab
        name: lab
        version: {version}
        status: active
        schema:
        - name: t
          properties:
          {columns}
          {rules}
        customProperties:
        - {"{"}property: hub.provider, value: H08.12{"}"}
        - {"{"}property: hub.source, value: lab{"}"}
        - {"{"}property: hub.file, value: t.csv{"}"}
        """;

    /// <summary>Registers a further contract revision.</summary>
    public async Task ReviseAsync(string version, string columns)
    {
        var contract = Core.Contracts.ContractReader.Read(Contract(version, columns)).Contract!;
        await using var db = await Hub.OpenAsync();
        var based = await db.Datasets.Where(d => d.Id == Dataset.Id).Select(d => d.ContractRevisionId).SingleAsync();
        await Hub.Services.GetRequiredService<DatasetStore>().ReviseAsync(Dataset.Id, based, contract, "lab", CancellationToken.None);
    }

    /// <summary>Writes records "ma,gia" and runs the pipeline.</summary>
    public async Task<Run> RunAsync(params IEnumerable<string> records) => await RunFileAsync("ma,gia", records);

    public async Task<Run> RunFileAsync(string header, IEnumerable<string> records)
    {
        await File.WriteAllLinesAsync(Path.Combine(Hub.Files, "t.csv"), [header, .. records]);
        return await Hub.RunAsync(Dataset);
    }

    /// <summary>Records k0 … with a value each.</summary>
    public static IEnumerable<string> Records(int count, int value = 1) =>
        Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"k{i:d6},{value}"));

    public Task<int> ApproveAsync(Run run) => Service<HeldRuns>().ApproveAsync(run.Id, "approver", CancellationToken.None);

    public Task DiscardAsync(Run run) => Service<HeldRuns>().DiscardAsync(run.Id, "approver", CancellationToken.None);

    public async Task<Run> ReadAsync(Run run)
    {
        await using var db = await Hub.OpenAsync();
        return await db.Runs.AsNoTracking().SingleAsync(r => r.Id == run.Id);
    }

    public T Service<T>()
        where T : notnull => Hub.Services.GetRequiredService<T>();

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Service<StoreConnections>().Control.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task<int> ExecuteAsync(string sql)
    {
        await using var command = Service<StoreConnections>().Control.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Number of versions and of records at the head.</summary>
    public async Task<string> LineAsync() => await ScalarAsync<string>(
        $"SELECT count(*) || ' versions, ' || coalesce((array_agg(records ORDER BY seq DESC))[1]::text, 'no') || ' records' FROM hub.versions WHERE dataset_id = {Dataset.Id}");

    /// <summary>Names of the tables of runs.</summary>
    public Task<long> WorkTablesAsync() => ScalarAsync<long>("SELECT count(*) FROM pg_tables WHERE schemaname = 'work'");

    public async ValueTask DisposeAsync() => await Hub.DisposeAsync();
}
