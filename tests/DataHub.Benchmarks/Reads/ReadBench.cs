using DataHub.Benchmarks.Hub;
using DataHub.Benchmarks.Ingest;
using DataHub.Benchmarks.Machine;
using DataHub.Demo.Hub;

namespace DataHub.Benchmarks.Reads;

/// <summary>Repetitions of one kind of read.</summary>
internal sealed record ReadSeries(string Name, List<WebFigures> Hub, List<QueryFigures> Limits)
{
    /// <summary>The limit with the hub's own session settings: what planning at every call costs PostgreSQL.</summary>
    public List<QueryFigures> CustomPlans { get; } = [];
}

/// <summary>
/// A page of a hundred after a random key and one record by a random key: of a shared dataset with a recipient's token
/// and agreement, and of an open one without. Each stands beside pgbench with the same SQL on the same table.
/// </summary>
internal sealed class ReadBench(
    BenchOptions options, HubApi api, HubProcess hub, Cluster cluster, Workplace place, SectorData data, TextWriter progress)
{
    public const int PageSize = 100;
    private const string Shared = "bench-shared";
    private const string Open = "bench-open";
    private const string Agency = "000.00.15.H61";
    private const string Client = "bench-recipient";
    private const string CustomPlan = "-c plan_cache_mode=force_custom_plan -c jit=off";
    private const int Keys = 20_000;

    private readonly List<ReadSeries> series = [];
    private readonly WebLoad web = new(hub, cluster, place);

    public async Task<IReadOnlyList<ReadSeries>> RunAsync(HubRuns runs, CancellationToken cancellation)
    {
        await LoadAsync(Shared, "shared", runs, cancellation);
        await LoadAsync(Open, "open", runs, cancellation);
        using var recipient = new Recipient(hub.Address, Shared);
        using var anyone = new Recipient(hub.Address, Open);
        var secret = await GrantAsync(cancellation);
        recipient.Use(await hub.TokenAsync(Client, secret, cancellation));
        var pages = await PagesAsync(recipient, cancellation);
        var openPages = await PagesAsync(anyone, cancellation);
        var limit = await LimitAsync(Shared, cancellation);
        var openLimit = await LimitAsync(Open, cancellation);
        for (var i = 0; i < options.Repeat; i++)
        {
            recipient.Use(await hub.TokenAsync(Client, secret, cancellation));
            await PairAsync("page of 100, shared, with token", recipient, pages, limit.PageAsync, cancellation);
            await PairAsync("one record, shared, with token", recipient, recipient.Records(data.Rows, Keys), limit.OneAsync, cancellation);
            await PairAsync("page of 100, open", anyone, openPages, openLimit.PageAsync, cancellation);
            await PairAsync("one record, open", anyone, anyone.Records(data.Rows, Keys), openLimit.OneAsync, cancellation);
        }

        return series;
    }

    private async Task LoadAsync(string dataset, string access, HubRuns runs, CancellationToken cancellation)
    {
        await api.AddDatasetAsync(BenchContracts.FromTable(dataset, data.PostgresSource.Id, access), cancellation);
        await runs.MeasureAsync(dataset, new Expected("published", data.Rows, 0, 0), cancellation);
        var table = await cluster.ScalarAsync<string>(HubProcess.Database, $"""
            SELECT p.current_table FROM hub.store_pairs p JOIN hub.datasets d ON d.id = p.dataset_id WHERE d.name = '{dataset}'
            """, cancellation);
        // Else autovacuum would do it in the middle of a measurement.
        await cluster.ExecuteAsync(HubProcess.Database, $"VACUUM (ANALYZE) {table}", cancellation);
    }

    /// <summary>The recipient's secret.</summary>
    private async Task<string> GrantAsync(CancellationToken cancellation)
    {
        var agency = (Agency, "Sở Thông tin và Truyền thông", "Department of Information", "stttt@example.gov.vn");
        await api.AddAgencyAsync(agency, cancellation);
        var secret = await api.ClientSecretAsync(Client, Agency, "bench", cancellation);
        await api.AddAgreementAsync(new AgreementRequest(Agency, Shared, "do-hieu-nang", BenchContracts.PlainColumns)
        {
            From = DateTimeOffset.UtcNow.AddDays(-1), Until = DateTimeOffset.UtcNow.AddDays(1),
        }, cancellation);
        return secret;
    }

    private async Task<IReadOnlyList<string>> PagesAsync(Recipient reader, CancellationToken cancellation)
    {
        var pages = await reader.PagesAsync(data.Rows, options.Cursors, cancellation);
        await reader.CheckAsync([pages[0], pages[pages.Count / 2], pages[^1]], cluster, SectorData.Database, cancellation);
        return pages;
    }

    private Task<StoreLimit> LimitAsync(string dataset, CancellationToken cancellation) =>
        StoreLimit.OpenAsync(cluster, place, dataset, BenchContracts.PlainColumns, data.Rows, cancellation);

    private async Task PairAsync(string name, Recipient reader, IReadOnlyList<string> paths,
        Func<int, string, CancellationToken, Task<QueryFigures>> query, CancellationToken cancellation)
    {
        var found = series.Find(s => s.Name == name);
        if (found is null)
        {
            series.Add(found = new ReadSeries(name, [], []));
        }

        found.Limits.Add(await query(options.ReadSeconds, "", cancellation));
        found.Hub.Add(await web.MeasureAsync(paths, reader.Token, options.WarmSeconds, options.ReadSeconds, cancellation));
        found.CustomPlans.Add(await query(options.ReadSeconds, CustomPlan, cancellation));
        await progress.WriteLineAsync(FormattableString.Invariant(
            $"  {name}: {found.Hub[^1].PerSecond:F0}/s, pgbench {found.Limits[^1].PerSecond:F0}/s, load {found.Hub[^1].Load:F1}"));
    }
}
