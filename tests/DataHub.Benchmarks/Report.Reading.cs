using DataHub.Benchmarks.Peers;
using DataHub.Benchmarks.Reads;

namespace DataHub.Benchmarks;

/// <summary>Part of the report: requests beside pgbench and beside a peer.</summary>
internal sealed partial class Report
{
    public void Add(IReadOnlyList<ReadSeries> series, DepthSeries depth, BenchOptions options)
    {
        Lines("", "## Reading", "",
            $"wrk, 32 connections, {options.ReadSeconds} s after {options.WarmSeconds} s of warming, random places. Every answer was 2xx;",
            "some pages were compared with the sector's table. Limit: pgbench with the hub's statement on the hub's table",
            "(prepared, 16 clients, rows thrown away, PostgreSQL free to keep one plan). Custom plans: the same with",
            "`plan_cache_mode=force_custom_plan`, as the hub's read sessions have it.", "");
        Header("read", "requests/s", "p50 / p99 ms", "MB/s", "pgbench/s", "hub ÷ pgbench", "custom plans/s",
            "CPU µs a request: hub + PostgreSQL (pgbench's, custom)", "hub peak MB", "load");
        foreach (var read in series)
        {
            var (hub, limit, custom) = (read.Hub, read.Limits, read.CustomPlans);
            Row(read.Name, Spread(hub.Select(h => h.PerSecond), "N0"),
                $"{Median(hub.Select(h => h.Median), "F1")} / {Median(hub.Select(h => h.P99), "F0")}",
                Median(hub.Select(h => h.MegabytesPerSecond), "F1"), Spread(limit.Select(l => l.PerSecond), "N0"),
                Ratio(hub.Select(h => h.PerSecond), limit.Select(l => l.PerSecond)),
                Median(custom.Select(l => l.PerSecond), "N0"),
                $"{Median(hub.Select(h => h.HubCpu), "F0")} + {Median(hub.Select(h => h.StoreCpu), "F0")} "
                    + $"({Median(limit.Select(l => l.StoreCpu), "F0")}, {Median(custom.Select(l => l.StoreCpu), "F0")})",
                $"{hub.Max(h => h.Peak):F0}", Loads(hub.Select(h => h.Load)));
        }

        Lines("", "Depth: the first page and one some five thousand pages behind it, each asked for again and again.", "");
        Header("walk", "requests/s", "p50 / p99 ms", "first ÷ deep");
        Page("first page", depth.First, "");
        Page("deep page", depth.Deep, Ratio(depth.First.Select(h => h.PerSecond), depth.Deep.Select(h => h.PerSecond)));
    }

    public void Add(IReadOnlyList<PeerSeries> series)
    {
        Lines("", "## Beside a peer", "",
            "Microsoft.AspNetCore.OData on EF Core (Npgsql): the same dossiers in a table of its own with the same key and filter",
            "indexes, statements prepared, no tracking, no token and no agreement; the hub checks both. Their filtered answers",
            "were compared before. The same wrk for both, by turns.", "");
        Header("read", "hub requests/s", "OData requests/s", "hub ÷ OData", "p50 / p99 ms (OData's)",
            "CPU µs a request: hub + PostgreSQL (OData's)", "load");
        foreach (var (name, hub, peer) in series)
        {
            Row(name, Spread(hub.Select(h => h.PerSecond), "N0"), Spread(peer.Select(p => p.PerSecond), "N0"),
                Ratio(hub.Select(h => h.PerSecond), peer.Select(p => p.PerSecond)),
                $"{Times(hub)} ({Times(peer)})", $"{Costs(hub)} ({Costs(peer)})", Loads(hub.Select(h => h.Load)));
        }
    }

    private void Page(string name, List<WebFigures> figures, string ratio) =>
        Row(name, Spread(figures.Select(h => h.PerSecond), "N0"), Times(figures), ratio);

    private static string Times(List<WebFigures> figures) =>
        $"{Median(figures.Select(h => h.Median), "F1")} / {Median(figures.Select(h => h.P99), "F0")}";

    private static string Costs(List<WebFigures> figures) =>
        $"{Median(figures.Select(h => h.HubCpu), "F0")} + {Median(figures.Select(h => h.StoreCpu), "F0")}";
}
