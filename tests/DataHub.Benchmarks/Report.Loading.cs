using DataHub.Benchmarks.Hub;
using DataHub.Benchmarks.Ingest;

namespace DataHub.Benchmarks;

/// <summary>Part of the report: pulls beside COPY and pgloader.</summary>
internal sealed partial class Report
{
    public void Add(IReadOnlyList<LoadSeries> series, long rows)
    {
        Lines("", "## Loading", "",
            "Limit: psql's COPY of the same rows (binary through a pipe, or `\\copy` of the same file) into a logged table with",
            "its primary key present; from MariaDB, pgloader into a new table with its key. The hub also validates, hashes,",
            "compares and versions. Time: the run's own, from start to end; queued: before it. A first version is read as soon as",
            "it is published; four filter indexes and statistics follow, which is the column completed after. Memory: most of it",
            "during the run, in brackets what was held before. WAL: what PostgreSQL wrote ahead during the run, all of it counted.", "");
        Header("pull", "s", "rows/s", "limit", "limit's rows/s", "hub ÷ limit", "CPU s: hub + PostgreSQL (PostgreSQL's, limit)",
            "completed after s (CPU s)", "WAL MB", "hub peak MB (before)", "above it", "queued s", "load");
        foreach (var (name, limit, hub, beside) in series)
        {
            var speeds = (Hub: hub.Select(r => rows / r.Seconds), Limit: beside.Select(l => rows / l.Seconds));
            Row(name, Spread(hub.Select(r => r.Seconds), "F2"), Median(speeds.Hub, "N0"), limit, Spread(speeds.Limit, "N0"),
                Ratio(speeds.Hub, speeds.Limit),
                $"{Median(hub.Select(r => r.HubCpu), "F1")} + {Median(hub.Select(r => r.StoreCpu), "F1")} "
                    + $"({Median(beside.Select(l => l.StoreCpu), "F1")})",
                Completed(hub), Median(hub.Select(r => r.Wal), "F2"), $"{hub.Max(r => r.Peak):F0} ({Median(hub.Select(r => r.Idle), "F0")})",
                $"{hub.Max(r => r.Peak - r.Idle):F0}", Median(hub.Select(r => r.Queued), "F2"), Loads(hub.Select(r => r.Load)));
        }

        Lines("", "Seconds by step, as polling saw them:", "");
        foreach (var (name, _, hub, _) in series)
        {
            var steps = hub.SelectMany(r => r.Steps.Keys).Distinct()
                .Select(step => $"{step} {Median(hub.Select(r => r.Steps.GetValueOrDefault(step)), "F2")}");
            Lines($"- {name}: {string.Join(", ", steps)}");
        }
    }

    private static string Completed(List<RunFigures> hub) => hub.Any(r => r.Completing > 0)
        ? $"{Median(hub.Select(r => r.Completing), "F1")} ({Median(hub.Select(r => r.CompletingCpu), "F1")})"
        : "–";
}
