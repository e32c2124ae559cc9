using DataHub.Benchmarks.Hub;
using DataHub.Demo.Hub;

namespace DataHub.Benchmarks.Ingest;

/// <summary>Repetitions of one kind of load.</summary>
internal sealed record LoadSeries(string Name, List<RunFigures> Runs, List<LimitFigures> Limits);

/// <summary>
/// Full pulls of the table and of the file: a first version, one without a change, one with a hundredth of the rows
/// changed. Each stands beside psql's COPY of the same rows, which runs between the hub's.
/// </summary>
internal sealed class IngestBench(
    BenchOptions options, SectorData data, CopyLimit limit, HubApi api, HubRuns runs, TextWriter progress)
{
    private readonly List<LoadSeries> series = [];

    public async Task<IReadOnlyList<LoadSeries>> RunAsync(CancellationToken cancellation)
    {
        await limit.MakeAsync(cancellation);
        for (var i = 1; i <= options.Repeat; i++)
        {
            await TableAsync($"bench-table-{i}", cancellation);
            await FileAsync($"bench-file-{i}", cancellation);
        }

        return series;
    }

    private async Task TableAsync(string dataset, CancellationToken cancellation)
    {
        await api.AddDatasetAsync(BenchContracts.FromTable(dataset, data.PostgresSource.Id), cancellation);
        await ThreeRunsAsync("PostgreSQL", dataset, limit.FromTableAsync, () => data.ChangeTableAsync(cancellation), cancellation);
    }

    private async Task FileAsync(string dataset, CancellationToken cancellation)
    {
        data.PutFile(changed: false);
        await api.AddDatasetAsync(
            BenchContracts.FromFile(dataset, data.CsvSource.Id, Path.GetFileName(data.CsvPath)), cancellation);
        await ThreeRunsAsync("CSV", dataset, limit.FromFileAsync, () =>
        {
            data.PutFile(changed: true);
            return Task.CompletedTask;
        }, cancellation);
    }

    private async Task ThreeRunsAsync(string source, string dataset,
        Func<CancellationToken, Task<LimitFigures>> copy, Func<Task> change, CancellationToken cancellation)
    {
        var (all, changed) = (data.Rows, data.ChangedRows);
        await PairAsync($"{source} → first version", dataset, new Expected("published", all, 0, 0), copy, cancellation);
        await PairAsync($"{source}, nothing changed", dataset, new Expected("unchanged", 0, 0, all), copy, cancellation);
        await change();
        await PairAsync($"{source}, 1 % changed", dataset, new Expected("published", 0, changed, all - changed), copy, cancellation);
    }

    private async Task PairAsync(string name, string dataset, Expected expected,
        Func<CancellationToken, Task<LimitFigures>> copy, CancellationToken cancellation)
    {
        var found = series.Find(s => s.Name == name);
        if (found is null)
        {
            series.Add(found = new LoadSeries(name, [], []));
        }

        found.Limits.Add(await copy(cancellation));
        found.Runs.Add(await runs.MeasureAsync(dataset, expected, cancellation));
        await progress.WriteLineAsync(FormattableString.Invariant(
            $"  {name}: {found.Runs[^1].Seconds:F2} s, COPY {found.Limits[^1].Seconds:F2} s, load {found.Runs[^1].Load:F1}"));
    }
}
