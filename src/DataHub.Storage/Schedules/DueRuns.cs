using DataHub.Core.Schedules;
using DataHub.Storage.Connections;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DataHub.Storage.Schedules;

/// <summary>What one look at the schedules made.</summary>
/// <param name="Queued">Runs inserted.</param>
/// <param name="Skipped">Due times that found a run open or their dataset paused.</param>
/// <param name="Late">Runs noticed as late, and due times missed.</param>
public sealed record TickResult(int Queued, int Skipped, int Late);

/// <summary>
/// Makes runs of what is due. Any number of nodes may call it at any time: a due schedule's row is locked, its run inserted and its next due time written in one
/// transaction, so that each due time gives one run or one note why not; <c>ux_runs_due</c> stands behind that. Time is the store's: one clock for all nodes.
/// </summary>
public sealed partial class DueRuns(StoreConnections connections, ILogger<DueRuns> log)
{
    // Large enough for the crowd of a full hour, small enough to let other nodes and people in between.
    private const int BatchSize = 200;

    /// <summary>Works off all that is due now, or at <paramref name="at"/> by a clock that a test moves.</summary>
    public async Task<TickResult> TickAsync(DateTimeOffset? at, CancellationToken cancellation)
    {
        var (queued, skipped, late) = (0, 0, 0);
        while (await ByClockAsync(at, cancellation) is { Count: > 0 } outcomes)
        {
            queued += outcomes.Count(o => o.Outcome == "queued");
            skipped += outcomes.Count(o => o.Outcome != "queued");
            late += outcomes.Count(o => o.Missed > 0);
            if (outcomes.Count < BatchSize)
            {
                break;
            }
        }

        while (await AfterOthersAsync(at, cancellation) is > 0 and var after)
        {
            queued += after;
            if (after < BatchSize)
            {
                break;
            }
        }

        late += await NoticeLateAsync(at, cancellation);
        return new TickResult(queued, skipped, late);
    }

    private async Task<IReadOnlyList<ScheduleOutcome>> ByClockAsync(DateTimeOffset? at, CancellationToken cancellation)
    {
        await using var connection = await connections.Control.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var statements = new DueRunsStatements(connection, at);
        var due = await statements.LockDueAsync(BatchSize, cancellation);
        if (due.Count == 0)
        {
            return [];
        }

        var wanted = due.Where(d => d is { IsPaused: false, OpenRun: null }).ToList();
        var runs = await statements.InsertAsync([.. wanted.Select(d => d.ToRun())], cancellation);
        var outcomes = due.Select(d => (Due: d, Outcome: Judge(d, runs))).ToList();
        await statements.AdvanceAsync(outcomes, cancellation);
        await statements.NoticeMissedAsync([.. outcomes.Where(o => o.Outcome is { Missed: > 0, Outcome: "queued" })], cancellation);
        await transaction.CommitAsync(cancellation);
        foreach (var (schedule, outcome) in outcomes)
        {
            Log(schedule, outcome);
        }

        return [.. outcomes.Select(o => o.Outcome)];
    }

    private static ScheduleOutcome Judge(DueSchedule due, IReadOnlyDictionary<int, long> runs) => due switch
    {
        { IsPaused: true } => new ScheduleOutcome(due.Due, due.Now, "paused", null, due.Missed),
        _ when runs.TryGetValue(due.DatasetId, out var run) => new ScheduleOutcome(due.Due, due.Now, "queued", run, due.Missed),
        // Also where a person's run came between the look and the insertion.
        _ => new ScheduleOutcome(due.Due, due.Now, "open_run", due.OpenRun, due.Missed),
    };

    private async Task<int> AfterOthersAsync(DateTimeOffset? at, CancellationToken cancellation)
    {
        await using var connection = await connections.Control.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var statements = new DueRunsStatements(connection, at);
        var waiting = await statements.LockAwaitedAsync(BatchSize, cancellation);
        if (waiting.Count == 0)
        {
            return 0;
        }

        var runs = await statements.InsertAsync(waiting, cancellation);
        await statements.SettleAsync([.. runs.Keys], cancellation);
        await transaction.CommitAsync(cancellation);
        foreach (var run in waiting.Where(w => runs.ContainsKey(w.DatasetId)))
        {
            QueuedAfter(log, runs[run.DatasetId], run.Dataset, run.Cause);
        }

        return runs.Count;
    }

    private async Task<int> NoticeLateAsync(DateTimeOffset? at, CancellationToken cancellation)
    {
        await using var connection = await connections.Control.OpenConnectionAsync(cancellation);
        var late = await new DueRunsStatements(connection, at).NoticeLateAsync(cancellation);
        foreach (var (run, dataset, due) in late)
        {
            RunLate(log, run, dataset, due);
        }

        return late.Count;
    }

    private void Log(DueSchedule schedule, ScheduleOutcome outcome)
    {
        switch (outcome)
        {
            case { Outcome: "queued", Missed: 0 }:
                Queued(log, outcome.Run!.Value, schedule.Dataset, outcome.Due);
                break;
            case { Outcome: "queued" }:
                QueuedLate(log, outcome.Run!.Value, schedule.Dataset, outcome.Due, outcome.Missed);
                break;
            default:
                Skipped(log, schedule.Dataset, outcome.Due, outcome.Outcome);
                break;
        }
    }

    [LoggerMessage(2201, LogLevel.Information, "Run {Run} of {Dataset} was queued, due {Due}")]
    private static partial void Queued(ILogger log, long run, string dataset, DateTimeOffset due);

    [LoggerMessage(2202, LogLevel.Warning, "Run {Run} of {Dataset} was queued late: {Missed} due times before {Due} were missed, this run stands for all")]
    private static partial void QueuedLate(ILogger log, long run, string dataset, DateTimeOffset due, int missed);

    [LoggerMessage(2203, LogLevel.Information, "Dataset {Dataset} was due {Due} and skipped: {Outcome}")]
    private static partial void Skipped(ILogger log, string dataset, DateTimeOffset due, string outcome);

    [LoggerMessage(2204, LogLevel.Information, "Run {Run} of {Dataset} was queued behind a publication: {Cause}")]
    private static partial void QueuedAfter(ILogger log, long run, string dataset, string cause);

    [LoggerMessage(2205, LogLevel.Warning, "Run {Run} of {Dataset} is late: due {Due}, not begun")]
    private static partial void RunLate(ILogger log, long run, string dataset, DateTimeOffset due);
}

/// <summary>A schedule whose due time has passed.</summary>
/// <param name="Due">The newest due time that has passed.</param>
/// <param name="Missed">Due times before it that nobody made a run of.</param>
internal sealed record DueSchedule(int DatasetId, string Dataset, DateTimeOffset Due, int Missed, DateTimeOffset? Next, DateTimeOffset Now)
{
    public string? Mode { get; init; }

    public int LateAfterMinutes { get; init; }

    public bool IsPaused { get; init; }

    public long? OpenRun { get; init; }

    public RunToInsert ToRun() => new(DatasetId, Dataset, Mode, Due, Due.AddMinutes(LateAfterMinutes),
        Missed == 0 ? """{"kind":"schedule"}""" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""{"kind":"schedule","missed":{{Missed}}}"""));
}

/// <summary>A run that a schedule asks for.</summary>
/// <param name="Due">Null for one that follows a publication.</param>
/// <param name="Cause">JSON for <c>hub.runs.cause</c>.</param>
internal sealed record RunToInsert(int DatasetId, string Dataset, string? Mode, DateTimeOffset? Due, DateTimeOffset LateAt, string Cause);
