using System.Globalization;
using System.Text;
using DataHub.Benchmarks.Ingest;
using DataHub.Benchmarks.Reads;

namespace DataHub.Benchmarks;

/// <summary>Figures as Markdown: medians with their least and most, each beside its limit.</summary>
internal sealed class Report
{
    private readonly StringBuilder text = new();

    public Report(IReadOnlyList<string> facts, BenchOptions options)
    {
        var settings = string.Concat(options.HubSettings.Select(s => $"; hub with {s.Key}={s.Value}"));
        Lines("# Benchmarks", "",
            "Made by `./hub bench --write`. Medians with [least … most]; a limit runs between the hub's repetitions, so that",
            "both meet the same machine. Load is its load average at the end of each measurement: far above the number of",
            "processors, something else ran too.", "");
        Lines([.. facts.Select(fact => "- " + fact)]);
        Lines($"- {options.Rows:N0} dossiers of 14 columns, {options.Repeat} repetition(s){settings}");
    }

    public void Add(IReadOnlyList<LoadSeries> series, long rows)
    {
        Lines("", "## Loading", "",
            "Limit: psql's COPY of the same rows (binary through a pipe, or `\\copy` of the same file) into a logged table with",
            "its primary key present. The hub also validates, hashes, compares, versions and, for a first version, makes four",
            "filter indexes and the history table. Time: the run's own, from start to end; queued: before it.", "");
        Header("pull", "s", "rows/s", "COPY rows/s", "hub ÷ COPY", "CPU s: hub + PostgreSQL (COPY's)",
            "hub peak MB (before)", "queued s", "load");
        foreach (var (name, hub, copy) in series)
        {
            var speeds = (Hub: hub.Select(r => rows / r.Seconds), Copy: copy.Select(l => rows / l.Seconds));
            Row(name, Spread(hub.Select(r => r.Seconds), "F2"), Median(speeds.Hub, "N0"), Spread(speeds.Copy, "N0"),
                Ratio(speeds.Hub, speeds.Copy),
                $"{Median(hub.Select(r => r.HubCpu), "F1")} + {Median(hub.Select(r => r.StoreCpu), "F1")} "
                    + $"({Median(copy.Select(l => l.StoreCpu), "F1")})",
                $"{hub.Max(r => r.Peak):F0} ({Median(hub.Select(r => r.Idle), "F0")})",
                Median(hub.Select(r => r.Queued), "F2"), Loads(hub.Select(r => r.Load)));
        }

        Lines("", "Seconds by step, as polling saw them:", "");
        foreach (var (name, hub, _) in series)
        {
            var steps = hub.SelectMany(r => r.Steps.Keys).Distinct()
                .Select(step => $"{step} {Median(hub.Select(r => r.Steps.GetValueOrDefault(step)), "F2")}");
            Lines($"- {name}: {string.Join(", ", steps)}");
        }
    }

    public void Add(IReadOnlyList<ReadSeries> series, BenchOptions options)
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
    }

    public override string ToString() => text.ToString();

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static string Median(IEnumerable<double> values, string format) => Number(Median(values), format);

    private static string Ratio(IEnumerable<double> hub, IEnumerable<double> limit) =>
        $"**{Number(Median(hub) / Median(limit), "F2")}**";

    private static string Spread(IEnumerable<double> values, string format)
    {
        double[] all = [.. values];
        return $"{Median(all, format)} [{Number(all.Min(), format)} … {Number(all.Max(), format)}]";
    }

    private static string Loads(IEnumerable<double> values) => string.Join(", ", values.Select(v => Number(v, "F1")));

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private void Header(params string[] cells)
    {
        Row(cells);
        Row([.. cells.Select(_ => "---")]);
    }

    private void Row(params string[] cells) => Lines($"| {string.Join(" | ", cells)} |");

    private void Lines(params string[] lines) => text.AppendJoin('\n', lines).Append('\n');
}
