using System.Text.Json.Nodes;
using DataHub.Benchmarks.Machine;
using DataHub.Benchmarks.Reads;
using DataHub.Demo.Sectors;

namespace DataHub.Benchmarks.Peers;

/// <summary>Repetitions of one kind of read, of the hub and of the peer.</summary>
internal sealed record PeerSeries(string Name, List<WebFigures> Hub, List<WebFigures> Peer);

/// <summary>
/// The hub's reads of the shared dataset, with token and agreement checked, beside Microsoft.AspNetCore.OData on EF Core
/// without any check: the same dossiers in a table with the same key and the same filter indexes, statements prepared, no
/// tracking. Their answers are compared before they are measured.
/// </summary>
internal sealed class PeerBench(Bench bench, ReadStage stage)
{
    private const string Database = "bench_peer";
    private const int Keys = 20_000;

    private static readonly string[] Compared =
        ["dossier_id", "dossier_code", "procedure_name", "agency_code", "status", "due_date", "note"];

    private static readonly string[] Indexed = ["dossier_code", "procedure_code", "agency_code", "status"];

    private readonly Cluster cluster = bench.Cluster;
    private readonly long rows = bench.Data.Rows;

    private readonly List<PeerSeries> series = [];

    public async Task<IReadOnlyList<PeerSeries>> RunAsync(CancellationToken cancellation)
    {
        await MakeAsync(cancellation);
        await using var peer = await PeerProcess.StartAsync(cluster, bench.Place, Database, cancellation);
        var load = new WebLoad(peer, cluster, bench.Place);
        var random = new Random(84);
        var options = bench.Options;
        var last = Math.Max(1, rows - ReadBench.PageSize);
        List<string> pages = [.. Enumerable.Range(0, options.Cursors).Select(_ => Page($"dossier_id gt {random.NextInt64(last)}"))];
        List<string> filtered = [.. Questions.Pairs.Select(p => Page($"agency_code eq '{p.Agency}' and status eq '{p.Status}'"))];
        List<string> ones = [.. Enumerable.Range(0, Keys).Select(_ => $"/odata/Dossiers({random.NextInt64(rows) + 1})")];
        var reader = stage.WithToken;
        await CompareAsync(peer, reader, filtered, cancellation);
        var hubPages = await reader.PagesAsync(rows, options.Cursors, cancellation);
        for (var i = 0; i < options.Repeat; i++)
        {
            await stage.SignInAsync(cancellation);
            await PairAsync("page of 100", load, (hubPages, pages), cancellation);
            await PairAsync("filtered page of 100", load, (Questions.Paths(reader), filtered), cancellation);
            await PairAsync("one record", load, (reader.Records(rows, Keys), ones), cancellation);
        }

        return series;
    }

    private static string Page(FormattableString filter) =>
        $"/odata/Dossiers?$filter={Uri.EscapeDataString(FormattableString.Invariant(filter))}"
            + $"&$orderby=dossier_id&$top={ReadBench.PageSize}";

    private async Task MakeAsync(CancellationToken cancellation)
    {
        await cluster.CreateDatabaseAsync(Database, cancellation);
        await using (var connection = await cluster.ConnectAsync(Database, cancellation))
        {
            await DossierTable.LoadAsync(connection, [], cancellation);
        }

        // What the sector has now, not what it was made with: the loading part changes some of it.
        await bench.Data.CopyIntoAsync(Database, "public.dossiers", cancellation);
        foreach (var column in Indexed)
        {
            await cluster.ExecuteAsync(Database, $"CREATE INDEX ON public.dossiers ({column} NULLS FIRST, dossier_id)", cancellation);
        }

        await cluster.ExecuteAsync(Database, "VACUUM (ANALYZE) public.dossiers", cancellation);
    }

    /// <summary>Every filtered page: the same records in the same order with the same values.</summary>
    private static async Task CompareAsync(PeerProcess peer, Recipient reader, List<string> filtered, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = peer.Address };
        var asked = Questions.Paths(reader);
        for (var i = 0; i < asked.Count; i++)
        {
            var answer = await http.GetStringAsync(new Uri(filtered[i], UriKind.Relative), cancellation);
            var theirs = JsonNode.Parse(answer)!["value"]!.AsArray();
            var ours = await reader.ReadAsync(asked[i], cancellation);
            if (!theirs.Select(Words).SequenceEqual(ours.Select(Words)))
            {
                throw new BenchException($"the peer answers {filtered[i]} with something else than the hub");
            }
        }
    }

    // Numbers and times have several spellings; what tells records apart is compared.
    private static string Words(JsonNode? record) => string.Join('|', Compared.Select(name => record![name]?.ToString()));

    private async Task PairAsync(
        string name, WebLoad load, (IReadOnlyList<string> Hub, IReadOnlyList<string> Peer) paths, CancellationToken cancellation)
    {
        var found = series.Find(s => s.Name == name);
        if (found is null)
        {
            series.Add(found = new PeerSeries(name, [], []));
        }

        found.Peer.Add(await load.MeasureAsync(paths.Peer, null, bench.Options, cancellation));
        found.Hub.Add(await bench.Web.MeasureAsync(paths.Hub, stage.WithToken.Token, bench.Options, cancellation));
        var (hub, peer) = (found.Hub[^1], found.Peer[^1]);
        await Bench.SayAsync($"  {name}: {hub.PerSecond:F0}/s, OData {peer.PerSecond:F0}/s, load {hub.Load:F1}");
    }
}
