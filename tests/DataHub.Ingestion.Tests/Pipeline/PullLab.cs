using System.Text.Json;
using DataHub.Core.Contracts;
using DataHub.Core.Sources;
using DataHub.Storage.Connections;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Datasets;
using DataHub.Storage.Runs;
using DataHub.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>
/// One dataset (id, ten, sua_luc, xoa) pulled by the real worker in whatever way its contract says, from a table that a test changes.
/// </summary>
internal sealed class PullLab : IAsyncDisposable
{
    private PullLab(TestHub hub) => Hub = hub;

    public TestHub Hub { get; }

    public Dataset Dataset { get; private set; } = null!;

    /// <param name="source">The sector's database.</param>
    /// <param name="table">Its table.</param>
    /// <param name="terms">Further <c>hub.*</c> properties, as name=value.</param>
    public static async Task<PullLab> StartAsync(SourceSettings source, string table, params string[] terms)
    {
        var lab = new PullLab(await TestHub.StartAsync());
        await lab.Hub.AddSourceAsync("kho", source.Kind, source.Username, source.Password, [.. source.Settings.Select(s => $"{s.Key}={s.Value}")]);
        lab.Dataset = await lab.Hub.AddDatasetAsync(Contract(table, terms));
        return lab;
    }

    public Task<Run> FullAsync() => Hub.RunAsync(Dataset);

    public Task<Run> RunAsync(string mode, Action<Run>? adjust = null) => Hub.RunAsync(Dataset, r =>
    {
        r.Mode = mode;
        adjust?.Invoke(r);
    });

    /// <summary>An incremental run as "published|unchanged… window: n new, n changed, n removed".</summary>
    public async Task<string> WindowAsync() => Say(await RunAsync("incremental"));

    public static string Say(Run run) => string.Create(null,
        $"{run.State} {run.Pulled}: {run.New} new, {run.Changed} changed, {run.Removed} removed");

    /// <summary>The published records in key order: id:ten, separated by blanks.</summary>
    public async Task<string> RecordsAsync()
    {
        var table = await ScalarAsync<string>($"SELECT current_table FROM hub.store_pairs WHERE dataset_id = {Dataset.Id}");
        return await ScalarAsync<string>($"SELECT coalesce(string_agg(c1 || ':' || coalesce(c2, '∅'), ' ' ORDER BY c1), '') FROM {table}");
    }

    /// <summary>Puts version 1.1.0 of the contract in force, which has a further column.</summary>
    public async Task AddColumnAsync(string table, string column, params string[] terms)
    {
        var contract = ContractReader.Read(Contract(table, terms, "1.1.0", $"name: {column}, logicalType: string")).Contract!;
        await Hub.Services.GetRequiredService<DatasetStore>().ReviseAsync(Dataset.Id, Dataset.ContractRevisionId, contract, "lab", CancellationToken.None);
    }

    public async Task<IReadOnlyList<KeptWatermark>> KeptAsync() =>
        await Hub.Services.GetRequiredService<WatermarkStore>().ReadAsync(Dataset.Id, CancellationToken.None);

    public async Task<string> ErrorAsync(Run run)
    {
        await using var db = await Hub.OpenAsync();
        var error = await db.Runs.Where(r => r.Id == run.Id).Select(r => r.Error).SingleAsync();
        return error is null ? "" : JsonDocument.Parse(error).RootElement.GetProperty("code").GetString()!;
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Hub.Services.GetRequiredService<StoreConnections>().Control.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task DoAsync(string sql)
    {
        await using var command = Hub.Services.GetRequiredService<StoreConnections>().Control.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();

    private static string Contract(string table, string[] terms, string version = "1.0.0", params string[] more) => LabContract.Yaml(
        "lab",
        [
            "name: id, logicalType: integer, primaryKey: true, primaryKeyPosition: 1", "name: ten, logicalType: string",
            "name: sua_luc, logicalType: timestamp, customProperties: [{property: hub.timeZone, value: Asia/Ho_Chi_Minh}]",
            "name: xoa, logicalType: boolean", "name: so, logicalType: integer", .. more,
        ],
        ["hub.source=kho", $"hub.table={table}", .. terms], version);
}
