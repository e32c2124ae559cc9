using System.Text.Json;
using DataHub.Core.Contracts;
using DataHub.Core.Sources;
using DataHub.Storage.Connections;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Datasets;
using DataHub.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>One dataset (id, ten, ghi_chu) pulled by the real worker from a source whose columns a test changes.</summary>
internal sealed class DriftLab : IAsyncDisposable
{
    private readonly string target;
    private Dataset dataset = null!;

    private DriftLab(TestHub hub, string target) => (Hub, this.target) = (hub, target);

    public TestHub Hub { get; }

    /// <summary>Warnings of the run before, as they are kept.</summary>
    public string Warnings { get; private set; } = "";

    /// <param name="source">The sector's system.</param>
    /// <param name="property">hub.table, hub.query or hub.file.</param>
    /// <param name="name">Its value.</param>
    /// <param name="prepare">Makes the source in the hub's folder, where it is a file.</param>
    /// <param name="terms">Further properties, as name=value.</param>
    public static async Task<DriftLab> StartAsync(
        SourceSettings source, string property, string name, Func<TestHub, Task>? prepare = null, string[]? terms = null)
    {
        var lab = new DriftLab(await TestHub.StartAsync(), $"{property}='{name}'");
        await (prepare?.Invoke(lab.Hub) ?? Task.CompletedTask);
        await lab.Hub.AddSourceAsync("kho", source.Kind, source.Username, source.Password, [.. source.Settings.Select(s => $"{s.Key}={s.Value}")]);
        lab.dataset = await lab.Hub.AddDatasetAsync(lab.Contract("1.0.0", terms ?? [], null));
        return lab;
    }

    /// <summary>What the run before proposes, or null.</summary>
    public DataContract? Proposed { get; private set; }

    /// <summary>A full run as "state: warnings", "held: codes" or "failed: code".</summary>
    public async Task<string> RunAsync()
    {
        var run = await Hub.RunAsync(dataset);
        Warnings = run.Warnings ?? "[]";
        Proposed = run.Proposal is { } document ? ContractReader.Read(document).Contract : null;
        var said = run.Holds is { } holds && run.State == "held"
            ? string.Join("; ", JsonDocument.Parse(holds).RootElement.EnumerateArray().Select(h => h.GetProperty("code").GetString()))
            : run.Error is { } error
            ? JsonDocument.Parse(error).RootElement.GetProperty("code").GetString()
            : string.Join("; ", JsonDocument.Parse(Warnings).RootElement.EnumerateArray().Select(w =>
                $"{w.GetProperty("code").GetString()} {Column(w.GetProperty("en").GetString()!)}"));
        return $"{run.State}: {said}";
    }

    public Task ReviseAsync(string version, string[] terms, string? column = null) =>
        AdoptAsync(ContractReader.Read(Contract(version, terms, column)).Contract!);

    public async Task AdoptAsync(DataContract contract)
    {
        await using var db = await Hub.OpenAsync();
        var based = await db.Datasets.Where(d => d.Id == dataset.Id).Select(d => d.ContractRevisionId).SingleAsync();
        await Hub.Services.GetRequiredService<DatasetStore>().ReviseAsync(dataset.Id, based, contract, "lab", CancellationToken.None);
    }

    /// <summary>Code of the pause in force.</summary>
    public async Task<string?> PauseAsync() => (await Hub.Services.GetRequiredService<DatasetPauses>().FindAsync(dataset.Id, CancellationToken.None))?.Code;

    public Task ResumeAsync() => Hub.Services.GetRequiredService<DatasetPauses>().ResumeAsync(dataset.Id, "lab", CancellationToken.None);

    /// <summary>The published records in key order: id:ten:ghi_chu, separated by blanks.</summary>
    public async Task<string> RecordsAsync()
    {
        var table = await ScalarAsync($"SELECT current_table FROM hub.store_pairs WHERE dataset_id = {dataset.Id} ORDER BY major DESC LIMIT 1");
        return await ScalarAsync($"SELECT string_agg(concat_ws(':', c1::text, coalesce(c2::text, '∅'), coalesce(c3::text, '∅')), ' ' ORDER BY c1) FROM {table}");
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();

    private static string Column(string message) => message.Split("column ")[1].Split([' ', ':'])[0];

    private async Task<string> ScalarAsync(string sql)
    {
        await using var command = Hub.Services.GetRequiredService<StoreConnections>().Control.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private string Contract(string version, string[] terms, string? column) => LabContract.Yaml(
        "lab",
        [
            "name: id, logicalType: integer, primaryKey: true, primaryKeyPosition: 1", "name: ten, logicalType: string",
            "name: ghi_chu, logicalType: string", .. column is null ? Array.Empty<string>() : [column],
        ],
        ["hub.source=kho", target, .. terms], version);
}
