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
        Line("# Benchmarks");
        Line("");
        Line("Made by `./hub bench --write`. Medians with [least … most]; a limit runs between the hub's repetitions, so that both meet the same machine.");
        Line("");
        foreach (var fact in facts)
        {
            Line($"- {fact}");
        }

        var settings = string.Join(", ", options.HubSettings.Select(s => s.Key + "=" + s.Value));
        Line($"- {options.Rows:N0} dossiers of 14 columns, {options.Repeat} repetition(s){(settings.Length > 0 ? "; hub with " + settings : "")}");
        Line("- load: the machine's load average at the end of each measurement; above the number of processors something else ran too");
    }

    public void Add(IReadOnlyList<LoadSeries> series, long rows)
    {
        Line("");
        Line("## Loading");
        Line("");
        Line("Limit: psql's COPY of the same rows (binary through a pipe, or `\\copy` of the same file) into a logged table with its primary key present.");
        Line("The hub also validates, hashes, compares, versions and, for a first version, makes four filter indexes and history. Time: the run's own, from start to end.");
        Line("");
        Line("| pull | s | rows/s | COPY rows/s | hub ÷ COPY | hub CPU s | PostgreSQL CPU s (COPY's) | hub peak MB (idle before) | queued s | load |");
        Line("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var s in series)
        {
            var (hub, copy) = (Median(s.Runs.Select(r => rows / r.Seconds)), Median(s.Limits.Select(l => rows / l.Seconds)));
            Line($"| {s.Name} | {Spread(s.Runs.Select(r => r.Seconds), "F2")} | {hub:N0} | {Spread(s.Limits.Select(l => rows / l.Seconds), "N0")} | **{hub / copy:F2}** "
                + $"| {Median(s.Runs.Select(r => r.HubCpu)):F2} | {Median(s.Runs.Select(r => r.StoreCpu)):F2} ({Median(s.Limits.Select(l => l.StoreCpu)):F2}) "
                + $"| {s.Runs.Max(r => r.Peak):F0} ({Median(s.Runs.Select(r => r.Idle)):F0}) | {Median(s.Runs.Select(r => r.Queued)):F2} | {Loads(s.Runs.Select(r => r.Load))} |");
        }

        Line("");
        foreach (var s in series)
        {
            var steps = s.Runs.SelectMany(r => r.Steps.Keys).Distinct()
                .Select(step => $"{step} {Median(s.Runs.Select(r => r.Steps.GetValueOrDefault(step))).ToString("F2", CultureInfo.InvariantCulture)}");
            Line($"- {s.Name}, seconds by step as polled: {string.Join(", ", steps)}");
        }
    }

    public void Add(IReadOnlyList<ReadSeries> series, BenchOptions options)
    {
        Line("");
        Line("## Reading");
        Line("");
        Line($"wrk, 32 connections, {options.ReadSeconds} s after {options.WarmSeconds} s of warming, random places; every answer was 2xx, pages were compared with the sector's table.");
        Line("Limit: pgbench with the hub's statement on the hub's table (prepared, 16 clients, rows thrown away, one generic plan).");
        Line("Custom plans: the same with `plan_cache_mode=force_custom_plan`, as the hub's read sessions have it.");
        Line("");
        Line("| read | requests/s | p50 / p99 ms | MB/s | pgbench/s | hub ÷ pgbench | custom plans/s | µs a request: hub + PostgreSQL (pgbench's, custom) | hub peak MB | load |");
        Line("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var s in series)
        {
            var (hub, limit) = (Median(s.Hub.Select(h => h.PerSecond)), Median(s.Limits.Select(l => l.PerSecond)));
            Line($"| {s.Name} | {Spread(s.Hub.Select(h => h.PerSecond), "N0")} | {Median(s.Hub.Select(h => h.Median)):F1} / {Median(s.Hub.Select(h => h.P99)):F0} "
                + $"| {Median(s.Hub.Select(h => h.MegabytesPerSecond)):F1} | {Spread(s.Limits.Select(l => l.PerSecond), "N0")} | **{hub / limit:F2}** "
                + $"| {Median(s.CustomPlans.Select(l => l.PerSecond)):N0} | {Median(s.Hub.Select(h => h.HubCpu)):F0} + {Median(s.Hub.Select(h => h.StoreCpu)):F0} "
                + $"({Median(s.Limits.Select(l => l.StoreCpu)):F0}, {Median(s.CustomPlans.Select(l => l.StoreCpu)):F0}) "
                + $"| {s.Hub.Max(h => h.Peak):F0} | {Loads(s.Hub.Select(h => h.Load))} |");
        }
    }

    public override string ToString() => text.ToString();

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static string Spread(IEnumerable<double> values, string format)
    {
        double[] all = [.. values];
        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return $"{Text(Median(all))} [{Text(all.Min())} … {Text(all.Max())}]";
    }

    private static string Loads(IEnumerable<double> values) =>
        string.Join(", ", values.Select(v => v.ToString("F1", CultureInfo.InvariantCulture)));

    private void Line(string line) => text.Append(line).Append('\n');
}
