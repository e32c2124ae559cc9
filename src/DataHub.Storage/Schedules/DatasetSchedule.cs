using DataHub.Core.Schedules;

namespace DataHub.Storage.Schedules;

/// <summary>When a dataset is pulled without anybody asking.</summary>
/// <param name="TimeZone">IANA name in which <see cref="Cron"/> is read.</param>
/// <param name="Mode">Mode of its runs; null for what the contract says.</param>
/// <param name="Enabled">False keeps it for later: nothing is due.</param>
public sealed record DatasetSchedule(string TimeZone, string? Mode, bool Enabled)
{
    /// <summary>Five fields, or null.</summary>
    public string? Cron { get; init; }

    /// <summary>Interval in its place, counted from <see cref="Anchor"/>; or null.</summary>
    public TimeSpan? Every { get; init; }

    public DateTimeOffset? Anchor { get; init; }

    /// <summary>Datasets after whose publications it runs.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>Minutes from a due time after which a run that has not begun is late.</summary>
    public int LateAfterMinutes { get; init; } = DefaultLateAfterMinutes;

    public const int DefaultLateAfterMinutes = 10;

    /// <summary>The clock's part; null where it runs after others only.</summary>
    public RunSchedule? Clock() => (Cron, Every) switch
    {
        ({ } cron, _) => RunSchedule.ByCron(cron, TimeZone),
        (_, { } every) => RunSchedule.Every(every, Anchor!.Value),
        _ => null,
    };
}

/// <summary>What became of the newest due time.</summary>
/// <param name="Due">The due time, or the publication's moment.</param>
/// <param name="Outcome"><c>queued</c>, <c>open_run</c> (a run was open: skipped) or <c>paused</c> (skipped).</param>
/// <param name="Run">The run inserted, or the one that was open.</param>
/// <param name="Missed">Due times before it for which no run was made, because no scheduler ran.</param>
public sealed record ScheduleOutcome(DateTimeOffset Due, DateTimeOffset At, string Outcome, long? Run, int Missed);

/// <summary>A stored schedule.</summary>
public sealed record StoredSchedule(DatasetSchedule Schedule, ScheduleOutcome? Last, DateTimeOffset? NextDue, string UpdatedBy, DateTimeOffset UpdatedAt);
