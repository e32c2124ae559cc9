using DataHub.Benchmarks.Hub;

namespace DataHub.Benchmarks.Ingest;

/// <summary>Repetitions of one kind of load.</summary>
internal sealed record LoadSeries(string Name, string Limit, List<RunFigures> Runs, List<LimitFigures> Limits);

/// <summary>Where one dataset's pulls come from, and what they stand beside.</summary>
internal sealed record Pulled(string Source, string Limit, Func<CancellationToken, Task<LimitFigures>> Measure, Func<Task> Change);

/// <summary>
/// Full pulls of the table and of the file: a first version, one without a change, one with a hundredth of the rows
/// changed. Each stands beside psql's COPY or pgloader with the same rows, which runs between the hub's.
/// </summary>
internal sealed class IngestBench(Bench bench, MariaSector maria)
{
    private readonly SectorData data = bench.Data;
    private readonly CopyLimit copy = new(bench.Cluster, bench.Data);
    private readonly PgLoaderLimit loader = new(bench.Cluster, maria, bench.Place);
    private readonly List<LoadSeries> series = [];

    public async Task<IReadOnlyList<LoadSeries>> RunAsync(CancellationToken cancellation)
    {
        await copy.MakeAsync(cancellation);
        await loader.MakeAsync(cancellation);
        for (var i = 1; i <= bench.Options.Repeat; i++)
        {
            await MariaAsync($"bench-maria-{i}", cancellation);
            await TableAsync($"bench-table-{i}", cancellation);
            await FileAsync($"bench-file-{i}", cancellation);
        }

        return series;
    }

    private async Task MariaAsync(string dataset, CancellationToken cancellation)
    {
        // Anew, because the repetition before changed a hundredth of it.
        await maria.MakeAsync(cancellation);
        await bench.Api.AddDatasetAsync(BenchContracts.FromMaria(dataset, maria.Source.Id), cancellation);
        await ThreeRunsAsync(dataset, new Pulled("MariaDB", "pgloader", loader.MeasureAsync,
            () => maria.ChangeAsync(SectorData.Share, data.ChangedRows, cancellation)), cancellation);
    }

    private async Task TableAsync(string dataset, CancellationToken cancellation)
    {
        await bench.Api.AddDatasetAsync(BenchContracts.FromTable(dataset, data.PostgresSource.Id), cancellation);
        await ThreeRunsAsync(dataset, new Pulled("PostgreSQL", "COPY", copy.FromTableAsync,
            () => data.ChangeTableAsync(cancellation)), cancellation);
    }

    private async Task FileAsync(string dataset, CancellationToken cancellation)
    {
        data.PutFile(changed: false);
        await bench.Api.AddDatasetAsync(
            BenchContracts.FromFile(dataset, data.CsvSource.Id, Path.GetFileName(data.CsvPath)), cancellation);
        await ThreeRunsAsync(dataset, new Pulled("CSV", "COPY", copy.FromFileAsync, () =>
        {
            data.PutFile(changed: true);
            return Task.CompletedTask;
        }), cancellation);
    }

    private async Task ThreeRunsAsync(string dataset, Pulled pulled, CancellationToken cancellation)
    {
        var (all, changed) = (data.Rows, data.ChangedRows);
        await PairAsync(" → first version", dataset, new Expected("published", all, 0, 0), pulled, cancellation);
        await PairAsync(", nothing changed", dataset, new Expected("unchanged", 0, 0, all), pulled, cancellation);
        await pulled.Change();
        await PairAsync(", 1 % changed", dataset, new Expected("published", 0, changed, all - changed), pulled, cancellation);
    }

    private async Task PairAsync(string pull, string dataset, Expected expected, Pulled pulled, CancellationToken cancellation)
    {
        var name = pulled.Source + pull;
        var found = series.Find(s => s.Name == name);
        if (found is null)
        {
            series.Add(found = new LoadSeries(name, pulled.Limit, [], []));
        }

        found.Limits.Add(await pulled.Measure(cancellation));
        found.Runs.Add(await bench.Runs.MeasureAsync(dataset, expected, cancellation));
        var (run, limit) = (found.Runs[^1], found.Limits[^1]);
        await Bench.SayAsync($"  {name}: {run.Seconds:F2} s, {pulled.Limit} {limit.Seconds:F2} s, load {run.Load:F1}");
    }
}
