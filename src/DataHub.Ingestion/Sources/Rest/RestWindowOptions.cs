using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>How an API writes a moment in a parameter.</summary>
internal enum RestMoment { Iso, Date, Unix, UnixMilliseconds }

/// <summary>
/// How a pull's window becomes parameters. They may take in a little too much, never too little, because nobody knows whether an API means its
/// bounds inclusively and how finely it compares: the pipeline passes over what lies outside.
/// </summary>
internal sealed record RestWindowOptions
{
    /// <summary><c>sinceParameter</c>: takes the beginning; none (default) reads everything, which is filtered.</summary>
    public string? Since { get; init; }

    /// <summary><c>untilParameter</c>: takes the end; none by default.</summary>
    public string? Until { get; init; }

    /// <summary>
    /// <c>momentFormat</c>: iso (default, <c>2026-01-31T08:00:00Z</c>), date (<c>2026-01-31</c>), unix (seconds), unixms. Watermarks that are
    /// numbers are sent as numbers, dates as dates.
    /// </summary>
    public required RestMoment Format { get; init; }

    private static readonly Dictionary<string, RestMoment> Formats = new(StringComparer.OrdinalIgnoreCase)
    {
        ["iso"] = RestMoment.Iso, ["date"] = RestMoment.Date, ["unix"] = RestMoment.Unix, ["unixms"] = RestMoment.UnixMilliseconds,
    };

    public static RestWindowOptions Read(SettingsCheck check) => new()
    {
        Since = check.Optional("sinceParameter"),
        Until = check.Optional("untilParameter"),
        Format = check.Choice("momentFormat", RestMoment.Iso, Formats),
    };

    /// <summary>The parameters of a window.</summary>
    public IEnumerable<(string Name, string Value)> Parameters(PullWindow? window)
    {
        if (Since is not null && window?.From is { } from && Bound(window.Column.Type, from, -1) is { } since)
        {
            yield return (Since, since);
        }

        if (Until is not null && window?.To is { } to && Bound(window.Column.Type, to, 1) is { } until)
        {
            yield return (Until, until);
        }
    }

    /// <param name="type">Of the watermark.</param>
    /// <param name="text">Its canonical text.</param>
    /// <param name="outwards">-1 for the beginning, 1 for the end.</param>
    private string? Bound(ColumnType type, string text, int outwards)
    {
        if (!WatermarkText.TryParse(text, type, out var value))
        {
            return null;
        }

        switch (type.Kind)
        {
            case ColumnKind.Date:
                return WatermarkText.Format(value + outwards, ColumnKind.Date);
            case ColumnKind.Timestamp:
                var moment = WatermarkText.Moment(value);
                return moment.Year is > 1 and < 9999 ? Moment(moment, outwards) : null;
            default:
                return value is long.MinValue or long.MaxValue ? null : (value + outwards).ToString(CultureInfo.InvariantCulture);
        }
    }

    private string Moment(DateTime utc, int outwards)
    {
        // Whole seconds, one further out: what an API compares more coarsely is still inside. A day's date may be any zone's.
        var second = new DateTime(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc).AddSeconds(outwards < 0 ? -1 : 2);
        return Format switch
        {
            RestMoment.Date => second.AddDays(outwards).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            RestMoment.Unix => new DateTimeOffset(second).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            RestMoment.UnixMilliseconds => new DateTimeOffset(second).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            _ => second.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
    }
}
