using System.Globalization;
using DataHub.Core.Contracts;

namespace DataHub.Core.Schedules;

/// <summary>
/// Wall-clock hours of some weekdays in which no run of a source begins. A window that ends at or before its beginning lasts into the next day and belongs to the day
/// on which it began. The store judges windows in SQL (<c>hub.blackout_until</c>); this is the rule that it is held to.
/// </summary>
/// <param name="TimeZone">IANA name.</param>
/// <param name="Days">Days on which it begins, 1 (Monday) to 7.</param>
/// <param name="From">Minute of the day, 0 to 1,439.</param>
/// <param name="Until">Minute of the day, 1 to 1,440 (midnight).</param>
public sealed record BlackoutWindow(string TimeZone, IReadOnlyList<int> Days, int From, int Until)
{
    private const int MinutesOfDay = 1_440;

    /// <summary>Its end when it is in force at <paramref name="at"/>, else null.</summary>
    public DateTimeOffset? EndsAfter(DateTimeOffset at)
    {
        var zone = TimeZones.Find(TimeZone) ?? throw new InvalidDataException($"{TimeZone} is no time zone");
        var local = TimeZoneInfo.ConvertTime(at, zone).DateTime;
        DateTimeOffset? ends = null;
        foreach (var day in new[] { local.Date.AddDays(-1), local.Date })
        {
            var end = day.AddMinutes(Until <= From ? Until + MinutesOfDay : Until);
            if (Days.Contains(IsoDay(day)) && day.AddMinutes(From) <= local && local < end)
            {
                var instant = ToInstant(end, zone);
                ends = ends > instant ? ends : instant;
            }
        }

        return ends;
    }

    /// <summary>The latest end of all windows in force, or null.</summary>
    public static DateTimeOffset? EndsAfter(IEnumerable<BlackoutWindow> windows, DateTimeOffset at) => windows.Max(w => w.EndsAfter(at));

    /// <summary>Minute of the day of <c>07:30</c>, <c>24:00</c> being the end of the day; null for any other spelling.</summary>
    public static int? ReadTime(string? text) => text switch
    {
        "24:00" => MinutesOfDay,
        { Length: 5 } when TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) =>
            time.Hour * 60 + time.Minute,
        _ => null,
    };

    /// <summary>The spelling that <see cref="ReadTime"/> reads.</summary>
    public static string WriteTime(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute / 60:00}:{minute % 60:00}");

    private static int IsoDay(DateTime day) => day.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)day.DayOfWeek;

    // A wall-clock time that spring jumps over is taken as if winter went on, one that autumn has twice as the second: what PostgreSQL makes of it.
    private static DateTimeOffset ToInstant(DateTime local, TimeZoneInfo zone) =>
        new DateTimeOffset(local, zone.IsInvalidTime(local) ? zone.GetUtcOffset(local.AddDays(-1)) : zone.GetUtcOffset(local)).ToUniversalTime();
}
