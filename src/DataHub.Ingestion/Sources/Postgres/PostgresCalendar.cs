using System.Globalization;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>
/// Dates and timestamps that PostgreSQL has and the hub's types have not (before the year 1, after 9999, infinities), as the text that
/// PostgreSQL writes for them. All counts are from 2000-01-01, Gregorian throughout.
/// </summary>
internal static class PostgresCalendar
{
    public const long MicrosecondsPerDay = 86_400_000_000;

    private const int FirstDay = -730_119, LastDay = 2_921_939;
    private const long First = FirstDay * MicrosecondsPerDay, Last = ((LastDay + 1) * MicrosecondsPerDay) - 1;

    /// <summary>The text of a date outside the years 1 to 9999; null for any other.</summary>
    public static string? Beyond(int days) => days switch
    {
        >= FirstDay and <= LastDay => null,
        int.MaxValue => "infinity",
        int.MinValue => "-infinity",
        _ => Write(days, ""),
    };

    /// <summary>The text of a timestamp outside the years 1 to 9999; null for any other.</summary>
    public static string? Beyond(long micros, string offset) => micros switch
    {
        >= First and <= Last => null,
        long.MaxValue => "infinity",
        long.MinValue => "-infinity",
        _ => Timestamp(micros, offset),
    };

    private static string Timestamp(long micros, string offset)
    {
        var (days, rest) = Math.DivRem(micros, MicrosecondsPerDay);
        if (rest < 0)
        {
            (days, rest) = (days - 1, rest + MicrosecondsPerDay);
        }

        var time = TimeSpan.FromMicroseconds(rest).ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture);
        var fraction = (rest % 1_000_000).ToString("000000", CultureInfo.InvariantCulture).TrimEnd('0');
        return Write(days, " " + time + (fraction.Length > 0 ? "." + fraction : "") + offset);
    }

    /// <summary>Year, month and day by counting 400-year cycles from March, after which leap days are no special case.</summary>
    private static string Write(long days, string time)
    {
        var fromMarch = days + 730_425;
        var era = Math.DivRem(fromMarch, 146_097, out var ofEra);
        if (ofEra < 0)
        {
            (era, ofEra) = (era - 1, ofEra + 146_097);
        }

        var yearOfEra = (ofEra - (ofEra / 1460) + (ofEra / 36_524) - (ofEra / 146_096)) / 365;
        var ofYear = ofEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var shifted = ((5 * ofYear) + 2) / 153;
        var day = ofYear - (((153 * shifted) + 2) / 5) + 1;
        var month = shifted < 10 ? shifted + 3 : shifted - 9;
        var year = yearOfEra + (era * 400) + (month <= 2 ? 1 : 0);
        var text = string.Create(CultureInfo.InvariantCulture, $"{(year > 0 ? year : 1 - year):0000}-{month:00}-{day:00}{time}");
        return year > 0 ? text : text + " BC";
    }
}
