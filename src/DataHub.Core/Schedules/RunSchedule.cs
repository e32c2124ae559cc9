using System.Xml;
using Cronos;
using DataHub.Core.Contracts;

namespace DataHub.Core.Schedules;

/// <summary>
/// When a dataset is pulled by the clock: a cron expression in a named time zone, or an interval counted from an anchor. Pure: due times follow from the expression and
/// an instant alone, so that every node and every answer of the API agrees on them.
/// </summary>
public sealed class RunSchedule
{
    /// <summary>The zone where nothing else is said.</summary>
    public const string DefaultTimeZone = "Asia/Ho_Chi_Minh";

    /// <summary>Shortest and longest interval between two runs.</summary>
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromMinutes(1);

    /// <summary>The shortest where a pull that finds nothing costs its source next to nothing (the log is asked, no record is read): twice the look at the schedules.</summary>
    public static readonly TimeSpan ShortestLogInterval = TimeSpan.FromSeconds(10);

    /// <inheritdoc cref="ShortestInterval"/>
    public static readonly TimeSpan LongestInterval = TimeSpan.FromDays(366);

    private readonly CronExpression? cron;
    private readonly TimeZoneInfo zone;
    private readonly DateTimeOffset anchor;
    private readonly TimeSpan interval;

    private RunSchedule(CronExpression? cron, TimeZoneInfo zone, TimeSpan interval, DateTimeOffset anchor) =>
        (this.cron, this.zone, this.interval, this.anchor) = (cron, zone, interval, anchor);

    /// <summary>By a cron expression that <see cref="IsCron"/> takes.</summary>
    public static RunSchedule ByCron(string cron, string timeZone) => new(
        CronExpression.Parse(cron), TimeZones.Find(timeZone) ?? throw new InvalidDataException($"{timeZone} is no time zone"), default, default);

    /// <summary>Every <paramref name="interval"/>, counted from <paramref name="anchor"/>; no zone has a say in it.</summary>
    public static RunSchedule Every(TimeSpan interval, DateTimeOffset anchor) => new(null, TimeZoneInfo.Utc, interval, anchor);

    /// <summary>Whether a text is a cron expression of five fields that is ever due.</summary>
    public static bool IsCron(string text) =>
        CronExpression.TryParse(text, out var cron) && cron.GetNextOccurrence(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)) is not null;

    /// <summary>Whether a name is an IANA time zone.</summary>
    public static bool IsTimeZone(string name) => TimeZones.Find(name) is not null;

    /// <summary>Reads an ISO 8601 duration of days, hours, minutes and seconds (<c>PT6H</c>, <c>P1D</c>); months and years have no fixed length and are refused.</summary>
    public static TimeSpan? ReadInterval(string text)
    {
        // XmlConvert takes a month for 30 days.
        var isFixed = text.Length is > 1 and <= 40 && text[0] == 'P' && !text.Split('T')[0].AsSpan().ContainsAny('Y', 'M');
        try
        {
            return isFixed ? XmlConvert.ToTimeSpan(text) : null;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>The spelling that <see cref="ReadInterval"/> reads.</summary>
    public static string WriteInterval(TimeSpan interval) => XmlConvert.ToString(interval);

    /// <summary>
    /// The first due time after an instant. By cron: a time that the change to summer time jumps over is due when the clocks have changed, one that the change back
    /// repeats is due once, an expression that repeats within the hour goes on in both.
    /// </summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        if (cron is not null)
        {
            return cron.GetNextOccurrence(after, zone)?.ToUniversalTime();
        }

        var passed = (after - anchor).Ticks;
        var steps = passed < 0 ? 0 : passed / interval.Ticks + 1;
        return anchor.AddTicks(steps * interval.Ticks).ToUniversalTime();
    }

    /// <summary>The next due times, soonest first.</summary>
    public IReadOnlyList<DateTimeOffset> Next(DateTimeOffset after, int count)
    {
        var times = new List<DateTimeOffset>(count);
        while (times.Count < count && Next(times.Count == 0 ? after : times[^1]) is { } next)
        {
            times.Add(next);
        }

        return times;
    }

    /// <summary>
    /// What is due at <paramref name="now"/> when <paramref name="due"/> was the next due time: the newest due time that has passed and how many before it were missed.
    /// Counting stops at <paramref name="most"/>; the newest is found all the same.
    /// </summary>
    public (DateTimeOffset Due, int Missed) CatchUp(DateTimeOffset due, DateTimeOffset now, int most = 1_000)
    {
        var missed = 0;
        while (missed < most && Next(due) is { } next && next <= now)
        {
            (due, missed) = (next, missed + 1);
        }

        return (missed < most ? due : NewestBefore(now, due), missed);
    }

    // Doubling steps back from now until something is due: an expression that is due every minute and was missed for a year is not walked through.
    private DateTimeOffset NewestBefore(DateTimeOffset now, DateTimeOffset known)
    {
        for (var back = TimeSpan.FromMinutes(1); now - back > known; back *= 2)
        {
            if (Next(now - back) is { } next && next <= now)
            {
                while (Next(next) is { } later && later <= now)
                {
                    next = later;
                }

                return next;
            }
        }

        return known;
    }
}
