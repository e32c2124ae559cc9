using System.Globalization;

namespace DataHub.Core.Contracts;

/// <summary>
/// Reads a value that a contract names (a bound, an allowed value) by its column's type into the canonical text that values
/// are compared in: plain numbers without trailing zeros, ISO 8601 dates and times, timestamps in UTC with Z.
/// </summary>
internal static class CanonicalText
{
    private const string MomentFormat = "yyyy-MM-ddTHH:mm:ss.FFFFFFZ";
    private const string TimeFormat = "HH:mm:ss.FFFFFF";
    private const NumberStyles Exponent =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    private static readonly string[] IsoTimes = ["HH:mm:ss", "HH:mm", "HH:mm:ss.FFFFFFF"];

    private static readonly string[] IsoMoments =
    [
        "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-ddTHH:mmK", "yyyy-MM-dd HH:mmK",
        "yyyy-MM-dd",
    ];

    public static bool TryRead(string text, ColumnType type, ParseRules parse, out string canonical)
    {
        var read = type.Kind switch
        {
            ColumnKind.Text => text,
            ColumnKind.Int32 => int.TryParse(text, NumberStyles.AllowLeadingSign, Invariant, out var n)
                ? n.ToString(Invariant) : null,
            ColumnKind.Int64 => long.TryParse(text, NumberStyles.AllowLeadingSign, Invariant, out var n)
                ? n.ToString(Invariant) : null,
            ColumnKind.Decimal => Decimal(text, type),
            ColumnKind.Float64 => double.TryParse(text, Exponent, Invariant, out var n) && double.IsFinite(n)
                ? (n == 0 ? 0d : n).ToString("R", Invariant) : null,
            ColumnKind.Boolean => text is "true" or "false" ? text : null,
            ColumnKind.Date => Date(text, parse),
            ColumnKind.Time => Time(text, parse),
            ColumnKind.Timestamp => Moment(text, parse),
            _ => null,
        };
        canonical = read ?? "";
        return read is not null;
    }

    /// <summary>Compares two canonical texts of one ordered type.</summary>
    public static int Compare(string a, string b, ColumnType type) => type.Kind switch
    {
        ColumnKind.Int32 or ColumnKind.Int64 or ColumnKind.Decimal =>
            decimal.Parse(a, Exponent, Invariant).CompareTo(decimal.Parse(b, Exponent, Invariant)),
        ColumnKind.Float64 => double.Parse(a, Exponent, Invariant).CompareTo(double.Parse(b, Exponent, Invariant)),
        // A point sorts before the Z that ends a whole second: take both off first.
        _ => string.CompareOrdinal(a.TrimEnd('Z'), b.TrimEnd('Z')),
    };

    private static string? Decimal(string text, ColumnType type)
    {
        if (!decimal.TryParse(text, Exponent, Invariant, out var number))
        {
            return null;
        }

        var plain = number.ToString("0.############################", Invariant);
        plain = number == 0 ? "0" : plain;
        var digits = plain.TrimStart('-').Split('.');
        var whole = digits[0].TrimStart('0').Length;
        var fraction = digits.Length > 1 ? digits[1].Length : 0;
        return whole <= type.Precision - type.Scale && fraction <= type.Scale ? plain : null;
    }

    private static string? Date(string text, ParseRules parse) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", Invariant, DateTimeStyles.None, out var date)
        || (parse.Format is { } format && DateOnly.TryParseExact(text, format, Invariant, DateTimeStyles.None, out date))
            ? date.ToString("yyyy-MM-dd", Invariant) : null;

    private static string? Time(string text, ParseRules parse) =>
        TimeOnly.TryParseExact(text, IsoTimes, Invariant, DateTimeStyles.None, out var time)
        || (parse.Format is { } format && TimeOnly.TryParseExact(text, format, Invariant, DateTimeStyles.None, out time))
            ? time.ToString(TimeFormat, Invariant).TrimEnd('.') : null;

    private static string? Moment(string text, ParseRules parse)
    {
        string[] formats = parse.Format is { } format ? [.. IsoMoments, format] : IsoMoments;
        if (!DateTime.TryParseExact(text, formats, Invariant, DateTimeStyles.RoundtripKind, out var moment))
        {
            return null;
        }

        if (moment.Kind == DateTimeKind.Unspecified)
        {
            var zone = parse.TimeZone is { } id ? TimeZones.Find(id)! : TimeZoneInfo.Utc;
            if (zone.IsInvalidTime(moment))
            {
                return null;
            }

            moment = TimeZoneInfo.ConvertTimeToUtc(moment, zone);
        }

        return moment.ToUniversalTime().ToString(MomentFormat, Invariant).Replace(".Z", "Z", StringComparison.Ordinal);
    }
}
