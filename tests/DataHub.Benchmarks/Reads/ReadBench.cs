using DataHub.Benchmarks.Hub;
using DataHub.Benchmarks.Ingest;

namespace DataHub.Benchmarks.Reads;

/// <summary>Repetitions of one kind of read.</summary>
internal sealed record ReadSeries(string Name, List<WebFigures> Hub, List<QueryFigures> Limits)
{
    /// <summary>The limit with the hub's own session settings: what planning at every call costs PostgreSQL.</summary>
    public List<QueryFigures> CustomPlans { get; } = [];
}

/// <summary>Repetitions of the first page of a walk and of one deep in it.</summary>
internal sealed record DepthSeries(List<WebFigures> First, List<WebFigures> Deep);

/// <summary>
/// A page of a hundred after a random key, one by two columns' values, and one record by a random key: of a shared dataset
/// with a recipient's token and agreement, and of an open one without. Each stands beside pgbench with the same SQL on the
/// same table.
/// </summary>
internal sealed class ReadBench(Bench bench, ReadStage stage)
{
    public const int PageSize = 100;

    /// <summary>Number of the deep page.</summary>
    private const int DeepPage = 5_000;

    private const string CustomPlan = "-c plan_cache_mode=force_custom_plan -c jit=off";
    private const int Keys = 20_000;

    private readonly BenchOptions options = bench.Options;
    private readonly long rows = bench.Data.Rows;
    private readonly List<ReadSeries> series = [];

    /// <summary>The first page and a deep one, repetition by repetition.</summary>
    public DepthSeries Depth { get; } = new([], []);

    public async Task<IReadOnlyList<ReadSeries>> RunAsync(CancellationToken cancellation)
    {
        var (reader, anyone) = (stage.WithToken, stage.Anyone);
        var pages = await PagesAsync(reader, cancellation);
        var openPages = await PagesAsync(anyone, cancellation);
        var filtered = Questions.Paths(reader);
        await Questions.CheckAsync(reader, filtered, bench.Cluster, cancellation);
        var limit = await LimitAsync(ReadStage.Shared, cancellation);
        var openLimit = await LimitAsync(ReadStage.Open, cancellation);
        for (var i = 0; i < options.Repeat; i++)
        {
            await stage.SignInAsync(cancellation);
            await PairAsync("page of 100, shared, with token", reader, pages, limit.PageAsync, cancellation);
            await PairAsync("filtered page of 100, shared, with token", reader, filtered, limit.FilteredAsync, cancellation);
            await PairAsync("one record, shared, with token", reader, reader.Records(rows, Keys), limit.OneAsync, cancellation);
            await PairAsync("page of 100, open", anyone, openPages, openLimit.PageAsync, cancellation);
            await PairAsync("one record, open", anyone, anyone.Records(rows, Keys), openLimit.OneAsync, cancellation);
            await DepthAsync(reader, pages, cancellation);
        }

        return series;
    }

    private async Task DepthAsync(Recipient reader, IReadOnlyList<string> pages, CancellationToken cancellation)
    {
        var step = rows / pages.Count;
        var deep = pages[(int)Math.Min(pages.Count - 1, DeepPage * PageSize / Math.Max(1, step))];
        Depth.First.Add(await bench.Web.MeasureAsync([reader.FirstPage(PageSize)], reader.Token, options, cancellation));
        Depth.Deep.Add(await bench.Web.MeasureAsync([deep], reader.Token, options, cancellation));
    }

    private async Task<IReadOnlyList<string>> PagesAsync(Recipient reader, CancellationToken cancellation)
    {
        var pages = await reader.PagesAsync(rows, options.Cursors, cancellation);
        await reader.CheckAsync([pages[0], pages[pages.Count / 2], pages[^1]], bench.Cluster, SectorData.Database, cancellation);
        return pages;
    }

    private Task<StoreLimit> LimitAsync(string dataset, CancellationToken cancellation) =>
        StoreLimit.OpenAsync(bench.Cluster, bench.Place, dataset, BenchContracts.PlainColumns, rows, cancellation);

    private async Task PairAsync(string name, Recipient reader, IReadOnlyList<string> paths,
        Func<int, string, CancellationToken, Task<QueryFigures>> query, CancellationToken cancellation)
    {
        var found = series.Find(s => s.Name == name);
        if (found is null)
        {
            series.Add(found = new ReadSeries(name, [], []));
        }

        found.Limits.Add(await query(options.ReadSeconds, "", cancellation));
        found.Hub.Add(await bench.Web.MeasureAsync(paths, reader.Token, options, cancellation));
        found.CustomPlans.Add(await query(options.ReadSeconds, CustomPlan, cancellation));
        var (hub, limit) = (found.Hub[^1], found.Limits[^1]);
        await Bench.SayAsync($"  {name}: {hub.PerSecond:F0}/s, pgbench {limit.PerSecond:F0}/s, load {hub.Load:F1}");
    }
}
