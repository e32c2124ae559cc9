using DataHub.Benchmarks.Exports;
using DataHub.Benchmarks.Hub;
using DataHub.Benchmarks.Ingest;
using DataHub.Benchmarks.Machine;
using DataHub.Benchmarks.Reads;

namespace DataHub.Benchmarks.Large;

/// <summary>What a larger dataset costs: its pull, the first page of it and of the ordinary one, its files.</summary>
internal sealed record LargeFigures(long Rows, RunFigures Pull, List<WebFigures> FirstPage, List<WebFigures> OrdinaryPage);

/// <summary>Ten times the rows from MariaDB as an open dataset: what must stay as it is at a million, and does it?</summary>
internal sealed class LargeBench(Bench bench, ReadStage stage)
{
    private const string Dataset = "bench-large";

    public async Task<LargeFigures> RunAsync(MariaSector sector, ExportBench exports, CancellationToken cancellation)
    {
        await sector.MakeAsync(cancellation);
        await bench.Api.AddSourceAsync(sector.Source, cancellation);
        var contract = BenchContracts.Opened(BenchContracts.FromMaria(Dataset, sector.Source.Id));
        var pull = await stage.LoadAsync(contract, Dataset, sector.Rows, cancellation);
        await sector.DropAsync(cancellation);
        using var reader = new Recipient(bench.Hub.Address, Dataset);
        await CheckTotalAsync(reader, sector.Rows, cancellation);
        var figures = new LargeFigures(sector.Rows, pull, [], []);
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

    private Task<WebFigures> PageAsync(Recipient reader, CancellationToken cancellation) =>
        bench.Web.MeasureAsync([reader.FirstPage(ReadBench.PageSize)], null, bench.Options, cancellation);

    private static async Task CheckTotalAsync(Recipient reader, long rows, CancellationToken cancellation)
    {
        var total = (await reader.PageAsync(reader.FirstPage(ReadBench.PageSize), cancellation))["total"]?.GetValue<long>();
        _ = total == rows ? rows : throw new BenchException($"the first page says {total} records, {rows} must be");
    }
}
