using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Records;

namespace DataHub.Core.Sources;

/// <summary>
/// A watermark as a number and as text: integers as they are, dates as days and timestamps as microseconds since 1970-01-01 UTC (the
/// canonical form of records), texts as keys are written.
/// </summary>
public static class WatermarkText
{
    /// <summary>The canonical text, or null when <paramref name="value"/> lies outside the type.</summary>
    public static string? Format(long value, ColumnKind kind) => kind switch
    {
        ColumnKind.Date => value is >= -719_162 and <= 2_932_896
            ? KeyText.Canonical(DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(value))) : null,
        ColumnKind.Timestamp => Math.Abs(value) <= 62_135_596_800_000_000 ? KeyText.Canonical(Moment(value)) : null,
        _ => value.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Reads canonical text; a timestamp may also be written with an offset, a date stands for its first moment in UTC.</summary>
    public static bool TryParse(string text, ColumnType type, out long value)
    {
        value = 0;
        if (type.Kind == ColumnKind.Timestamp)
        {
            const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
            string[] forms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd"];
            var read = DateTime.TryParseExact(text, forms, CultureInfo.InvariantCulture, Utc, out var moment)
                && (text.Length == 10 || text.EndsWith('Z') || text[^6] is '+' or '-');
            value = (moment.Ticks - DateTime.UnixEpoch.Ticks) / 10;
            return read;
        }

        if (!KeyText.TryRead(text, type, out var found))
        {
            return false;
        }

        value = found switch
        {
            DateOnly date => date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber,
            IConvertible number => number.ToInt64(CultureInfo.InvariantCulture),
            _ => 0,
        };
        return true;
    }

    /// <summary>The moment of a timestamp's number.</summary>
    public static DateTime Moment(long microseconds) => DateTime.UnixEpoch.AddTicks(microseconds * 10);
}
