using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using DataHub.Benchmarks.Machine;
using DataHub.Demo.Hub;

namespace DataHub.Benchmarks.Hub;

/// <summary>One run of the hub, measured.</summary>
internal sealed record RunFigures
{
    /// <summary>From the run's own start to its end, as the hub reports them.</summary>
    public required double Seconds { get; init; }

    /// <summary>Between the request and the start.</summary>
    public required double Queued { get; init; }

    public required double HubCpu { get; init; }

    public required double StoreCpu { get; init; }

    /// <summary>
    /// Seconds after the run's end until the pair's filter indexes and statistics were there too; 0 unless a first version
    /// was made.
    /// </summary>
    public required double Completing { get; init; }

    /// <summary>Processor seconds of hub and PostgreSQL meanwhile.</summary>
    public required double CompletingCpu { get; init; }

    /// <summary>Memory of the hub before the run, MB.</summary>
    public required double Idle { get; init; }

    /// <summary>Most memory of the hub during the run, MB.</summary>
    public required double Peak { get; init; }

    /// <summary>What PostgreSQL wrote ahead meanwhile, MB.</summary>
    public required double Wal { get; init; }

    /// <summary>Load average at its end.</summary>
    public required double Load { get; init; }

    /// <summary>Seconds by step, as polling saw them (a step shorter than a poll may be missing).</summary>
    public required IReadOnlyDictionary<string, double> Steps { get; init; }
}

/// <summary>What a run must report, else its figures are of something else.</summary>
/// <param name="Unchanged">Null for any number: a window reaches back as far as it must.</param>
internal sealed record Expected(string State, long New, long Changed, long? Unchanged);

/// <summary>Starts runs over HTTP as any administrator does, and measures them.</summary>
internal sealed class HubRuns(HubApi api, HubProcess hub, Cluster cluster)
{
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(50);

    public async Task<RunFigures> MeasureAsync(
        string dataset, Expected expected, CancellationToken cancellation, string mode = "full")
    {
        await hub.SignInAsync(api, cancellation);
        await cluster.CheckpointAsync(cancellation);
        var idle = ProcFiles.Megabytes(hub.Id, "VmRSS");
        ProcFiles.ResetPeak(hub.Id);
        var (hubCpu, storeCpu, wal) = (hub.CpuSeconds, cluster.CpuSeconds, await WalAsync(cancellation));
        var (_, id) = await api.StartRunAsync(dataset, cancellation, mode);
        var (run, steps) = await WatchAsync(id, cancellation);
        Check(dataset, run, expected);
        var (hubUsed, storeUsed) = (hub.CpuSeconds - hubCpu, cluster.CpuSeconds - storeCpu);
        var written = await WalAsync(cancellation) - wal;
        var peak = ProcFiles.Megabytes(hub.Id, "VmHWM");
        var completing = expected.New > 0 ? await CompleteAsync(dataset, cancellation) : 0;
        var (requested, started, finished) = (Time(run, "requestedAt"), Time(run, "startedAt"), Time(run, "finishedAt"));
        return new RunFigures
        {
            Seconds = (finished - started).TotalSeconds,
            Queued = (started - requested).TotalSeconds,
            HubCpu = hubUsed,
            StoreCpu = storeUsed,
            Completing = completing,
            CompletingCpu = hub.CpuSeconds - hubCpu - hubUsed + cluster.CpuSeconds - storeCpu - storeUsed,
            Idle = idle,
            Peak = peak,
            Wal = written,
            Load = ProcFiles.Load(),
            Steps = steps,
        };
    }

    private async Task<double> WalAsync(CancellationToken cancellation) => await cluster.ScalarAsync<double>(
        HubProcess.Database, "SELECT ((pg_current_wal_insert_lsn() - '0/0') / 1e6)::float8", cancellation);

    private async Task<(JsonObject Run, IReadOnlyDictionary<string, double> Steps)> WatchAsync(string id, CancellationToken cancellation)
    {
        var steps = new Dictionary<string, double>();
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var run = (await api.RunAsync(id, cancellation)).Body!;
            if (RunResult.IsOver(run.Text("state")))
            {
                return (run, steps);
            }

            await Task.Delay(PollPause, cancellation);
            var step = run.Text("step") ?? "queued";
            steps[step] = steps.GetValueOrDefault(step) + clock.Elapsed.TotalSeconds;
            clock.Restart();
        }
    }

    /// <summary>Waits for the pair's statistics, which come in one transaction with its indexes.</summary>
    private async Task<double> CompleteAsync(string dataset, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (!await cluster.ScalarAsync<bool>(HubProcess.Database, $"""
            SELECT EXISTS (SELECT 1 FROM pg_stats s JOIN hub.store_pairs p ON s.schemaname || '.' || s.tablename = p.current_table
                JOIN hub.datasets d ON d.id = p.dataset_id WHERE d.name = '{dataset}')
            """, cancellation))
        {
            await Task.Delay(PollPause, cancellation);
        }

        return clock.Elapsed.TotalSeconds;
    }

    private static void Check(string dataset, JsonObject run, Expected expected)
    {
        var result = RunResult.Of(run);
        if (result.State != expected.State || result.New != expected.New || result.Changed != expected.Changed
            || result.Unchanged != (expected.Unchanged ?? result.Unchanged) || result.Rejected + result.Duplicate + result.Removed != 0)
        {
            throw new BenchException($"The run is not as expected ({expected}): {result.Line(dataset)} {result.Why}");
        }
    }

    private static DateTimeOffset Time(JsonObject run, string name) =>
        DateTimeOffset.Parse(run.Text(name) ?? throw new BenchException($"the run has no {name}"), CultureInfo.InvariantCulture);
}
