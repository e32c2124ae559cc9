using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources;

/// <summary>How a source's column compares with a watermark.</summary>
internal enum WatermarkForm
{
    /// <summary>A number, written in digits.</summary>
    Number,

    /// <summary>A day.</summary>
    Date,

    /// <summary>A moment with its zone, in UTC.</summary>
    Instant,

    /// <summary>A time by the clock of the contract's zone.</summary>
    Local,
}

/// <summary>
/// The bounds of a window as literals of a source: digits, or <c>yyyy-MM-dd[ HH:mm:ss.ffffff]</c>. They may take in a little too much, never too little: the pipeline
/// passes over what lies outside.
/// </summary>
internal static class WatermarkBounds
{
    /// <summary>Conditions such as <c>name &gt;= literal</c>; none where the window cannot be left to the source.</summary>
    /// <param name="window">From the request.</param>
    /// <param name="form">Of the source's column; null when it cannot be compared.</param>
    /// <param name="compare">Writes one condition from an operator and a literal without quotes.</param>
    public static IEnumerable<string> Conditions(PullWindow? window, WatermarkForm? form, Func<string, string, string> compare)
    {
        if (window is null || form is not { } known)
        {
            yield break;
        }

        if (Literal(window.Column, window.From, known, -1) is { } from)
        {
            yield return compare(">=", from);
        }

        if (Literal(window.Column, window.To, known, 1) is { } to)
        {
            yield return compare("<", to);
        }
    }

    private static string? Literal(ContractColumn column, string? bound, WatermarkForm form, int outwards)
    {
        if (bound is null || !WatermarkText.TryParse(bound, column.Type, out var value))
        {
            return null;
        }

        if (form == WatermarkForm.Number)
        {
            return column.Type.Kind is ColumnKind.Int32 or ColumnKind.Int64 ? value.ToString(CultureInfo.InvariantCulture) : null;
        }

        return column.Type.Kind switch
        {
            ColumnKind.Date => DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays((int)value).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ColumnKind.Timestamp when form != WatermarkForm.Date => Time(column, WatermarkText.Moment(value), form, outwards)
                ?.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
            _ => null,
        };
    }

    private static DateTime? Time(ContractColumn column, DateTime utc, WatermarkForm form, int outwards)
    {
        if (form == WatermarkForm.Instant)
        {
            return utc;
        }

        if (column.Parse.TimeZone is not { } id || utc.Year is < 2 or > 9998)
        {
            return null;
        }

        // Where clocks are set back an hour comes twice, and its second half reads as earlier than the end of its first.
        var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        var local = TimeZoneInfo.ConvertTimeFromUtc(utc, zone);
        return zone.SupportsDaylightSavingTime ? local.AddHours(outwards) : local;
    }
}
