using DataHub.Benchmarks.Exports;
using DataHub.Benchmarks.Large;

namespace DataHub.Benchmarks;

/// <summary>Part of the report: whole versions, and a dataset ten times as large.</summary>
internal sealed partial class Report
{
    public void Add(IReadOnlyList<ExportSeries> series)
    {
        Lines("", "## Whole versions", "",
            "One client reads a whole version by HTTP and throws it away. Limit: psql's `COPY (SELECT … ORDER BY key) TO STDOUT`",
            "as CSV, thrown away too.", "");
        Header("file", "s", "rows/s", "MB/s", "COPY rows/s", "hub ÷ COPY", "CPU s: hub + PostgreSQL (COPY's)",
            "hub peak MB (before)", "above it", "load");
        foreach (var (name, rows, hub, copy) in series)
        {
            var speeds = (Hub: hub.Select(e => rows / e.Seconds), Copy: copy.Select(e => rows / e.Seconds));
            Row(name, Spread(hub.Select(e => e.Seconds), "F2"), Median(speeds.Hub, "N0"),
                Median(hub.Select(e => e.Megabytes / e.Seconds), "F0"), Spread(speeds.Copy, "N0"), Ratio(speeds.Hub, speeds.Copy),
                $"{Median(hub.Select(e => e.HubCpu), "F1")} + {Median(hub.Select(e => e.StoreCpu), "F1")} "
                    + $"({Median(copy.Select(e => e.StoreCpu), "F1")})",
                $"{hub.Max(e => e.Peak):F0} ({Median(hub.Select(e => e.Idle), "F0")})", $"{hub.Max(e => e.Peak - e.Idle):F0}",
                Loads(hub.Select(e => e.Load)));
        }
    }

    public void Add(LargeFigures large, long ordinary)
    {
        var pull = large.Pull;
        Lines("", $"## {large.Rows:N0} rows", "",
            $"MariaDB → first version, once: {pull.Seconds:F1} s, {large.Rows / pull.Seconds:N0} rows/s;",
            $"completed {pull.Completing:F1} s later. CPU s: hub {pull.HubCpu:F1} + PostgreSQL {pull.StoreCpu:F1}.",
            $"Hub peak {pull.Peak:F0} MB, {pull.Peak - pull.Idle:F0} above before. Load {pull.Load:F1}.", "",
            $"Incremental pull of {LargeBench.Touched:N0} changed rows: {Spread(large.Window.Select(r => r.Seconds), "F2")} s, of which the source's own",
            $"server takes {Spread(large.Source, "F2")} s without the hub; WAL {Median(large.Window.Select(r => r.Wal), "F2")} MB, "
                + $"{Median(large.Window.Select(r => r.Peak - r.Idle), "F0")} MB above before.", "",
            "First page of 100 with the exact total, by turns:", "");
        Header("dataset", "requests/s", "p50 / p99 ms", "ordinary ÷ large");
        Page($"{ordinary:N0} rows", large.OrdinaryPage, "");
        Page($"{large.Rows:N0} rows", large.FirstPage,
            Ratio(large.OrdinaryPage.Select(h => h.PerSecond), large.FirstPage.Select(h => h.PerSecond)));
    }
}
