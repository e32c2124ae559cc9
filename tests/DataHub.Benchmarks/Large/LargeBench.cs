using DataHub.Benchmarks.Exports;
using DataHub.Benchmarks.Hub;
using DataHub.Benchmarks.Ingest;
using DataHub.Benchmarks.Machine;
using DataHub.Benchmarks.Reads;

namespace DataHub.Benchmarks.Large;

/// <summary>What a larger dataset costs: its pull, the first page of it and of the ordinary one, its files.</summary>
/// <param name="Window">Incremental pulls of <see cref="LargeBench.Touched"/> changed rows.</param>
/// <param name="Source">Seconds that the source's own server takes for the same rows, without the hub.</param>
internal sealed record LargeFigures(
    long Rows, RunFigures Pull, List<RunFigures> Window, List<double> Source, List<WebFigures> FirstPage, List<WebFigures> OrdinaryPage);

/// <summary>Ten times the rows from MariaDB as an open dataset: what must stay as it is at a million, and does it?</summary>
internal sealed class LargeBench(Bench bench, ReadStage stage)
{
    /// <summary>Rows that change before an incremental pull.</summary>
    public const int Touched = 1_000;

    private const string Dataset = "bench-large";

    public async Task<LargeFigures> RunAsync(MariaSector sector, ExportBench exports, CancellationToken cancellation)
    {
        await sector.MakeAsync(cancellation);
        await bench.Api.AddSourceAsync(sector.Source, cancellation);
        var contract = BenchContracts.Incremental(BenchContracts.Opened(BenchContracts.FromMaria(Dataset, sector.Source.Id)));
        var pull = await stage.LoadAsync(contract, Dataset, sector.Rows, cancellation);
        var figures = new LargeFigures(sector.Rows, pull, [], [], [], []);
        await WindowsAsync(sector, figures, cancellation);
        await sector.DropAsync(cancellation);
        using var reader = new Recipient(bench.Hub.Address, Dataset);
        await CheckTotalAsync(reader, sector.Rows, cancellation);
        for (var i = 0; i < bench.Options.Repeat; i++)
        {
            figures.OrdinaryPage.Add(await PageAsync(stage.Anyone, cancellation));
            figures.FirstPage.Add(await PageAsync(reader, cancellation));
        }

        foreach (var format in ExportBench.Formats)
        {
            var name = FormattableString.Invariant($"{sector.Rows:N0} rows as {format}");
            await exports.PairAsync(new ExportTask(name, reader, Dataset, format, sector.Rows), cancellation);
        }

        return figures;
    }

    private async Task WindowsAsync(MariaSector sector, LargeFigures figures, CancellationToken cancellation)
    {
        for (var i = 0; i < bench.Options.Repeat; i++)
        {
            await sector.TouchAsync(Touched, cancellation);
            figures.Window.Add(await bench.Runs.MeasureAsync(
                Dataset, new Expected("published", 0, Touched, null), cancellation, "incremental"));
            figures.Source.Add(await sector.ReadTouchedAsync(cancellation));
            await Bench.SayAsync($"  {Touched} changed of {sector.Rows}: {figures.Window[^1].Seconds:F2} s, source {figures.Source[^1]:F2} s");
        }
    }

    private Task<WebFigures> PageAsync(Recipient reader, CancellationToken cancellation) =>
        bench.Web.MeasureAsync([reader.FirstPage(ReadBench.PageSize)], null, bench.Options, cancellation);

    private static async Task CheckTotalAsync(Recipient reader, long rows, CancellationToken cancellation)
    {
        var total = (await reader.PageAsync(reader.FirstPage(ReadBench.PageSize), cancellation))["total"]?.GetValue<long>();
        _ = total == rows ? rows : throw new BenchException($"the first page says {total} records, {rows} must be");
    }
}
