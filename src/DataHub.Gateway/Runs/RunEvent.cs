using System.Globalization;
using DataHub.Storage.Runs;

namespace DataHub.Gateway.Runs;

/// <summary>Where a run stands, as <c>GET /runs/{id}/events</c> tells it.</summary>
/// <param name="RowsPerSecond">Over the last ten seconds; null before there is anything to measure.</param>
/// <param name="Share">Part of the expected records that was read, 0 to 1; null where the source cannot estimate.</param>
/// <param name="SecondsLeft">Until all expected records are read at that rate; null where that is unknown.</param>
internal sealed record RunEvent(long Id, string State, string? Step, double? RowsPerSecond, double? Share, double? SecondsLeft)
{
    public long Read { get; init; }

    public long New { get; init; }

    public long Changed { get; init; }

    public long Unchanged { get; init; }

    public long Rejected { get; init; }

    public long Duplicate { get; init; }

    public long Removed { get; init; }

    public long? Estimated { get; init; }

    /// <summary>By the store's clock.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The event's id: equal for equal states, so that a watcher who comes back is not told twice.</summary>
    public static string IdOf(RunSnapshot s) => string.Create(CultureInfo.InvariantCulture, $"{s.Attempt}-{s.State}-{s.Step}-{s.Read}-{s.Removed}");
}

/// <summary>Turns snapshots of one run into events; keeps the last ten seconds of it.</summary>
internal sealed class RunRate
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Queue<RunSnapshot> samples = new();

    public RunEvent Next(RunSnapshot now)
    {
        // Another attempt reads from the beginning.
        if (samples.TryPeek(out var first) && (first.Attempt != now.Attempt || first.Read > now.Read))
        {
            samples.Clear();
        }

        samples.Enqueue(now);
        while (samples.Count > 2 && now.Now - samples.Peek().Now > Window)
        {
            samples.Dequeue();
        }

        var rate = Rate(now);
        var share = now.Estimated is > 0 and var expected ? Math.Min(1, (double)now.Read / expected) : (double?)null;
        var left = now.Estimated is { } all && rate > 0 && now.IsOpen ? Math.Max(0, all - now.Read) / rate : null;
        return new RunEvent(now.Id, now.State, now.Step, Round(rate), Round(share, 4), Round(left))
        {
            Read = now.Read, New = now.New, Changed = now.Changed, Unchanged = now.Unchanged, Rejected = now.Rejected, Duplicate = now.Duplicate,
            Removed = now.Removed, Estimated = now.Estimated, At = now.Now,
        };
    }

    // Before two samples tell anything the whole run does.
    private double? Rate(RunSnapshot now)
    {
        var first = samples.Peek();
        var (rows, seconds) = (now.Read - first.Read, (now.Now - first.Now).TotalSeconds);
        if (rows > 0 && seconds > 0)
        {
            return rows / seconds;
        }

        var whole = (now.Now - now.StartedAt)?.TotalSeconds;
        return now.Read > 0 && whole > 0 ? now.Read / whole : null;
    }

    private static double? Round(double? value, int digits = 1) => value is { } number ? Math.Round(number, digits) : null;
}
