using System.Buffers.Text;
using System.Globalization;
using DataHub.Core.Contracts;

namespace DataHub.Core.Queries;

/// <summary>
/// Reads a literal of a filter by the type of the column that it stands beside, from its own characters: 1.10 stays 1.10, and a code is
/// never taken for a number.
/// </summary>
public static class FilterLiteral
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;
    private static readonly string[] Times = ["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFF"];
    private static readonly string[] Moments = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFK"];

    /// <summary>False when the literal is not of the type, or cannot be held exactly.</summary>
    public static bool TryRead(string literal, ColumnType type, out object value)
    {
        value = literal;
        switch (type.Kind)
        {
            case ColumnKind.Text:
                return TryUnquote(literal, "", out var text) && Take(IsStorable(text), text, out value);
            case ColumnKind.Int32:
                return Take(int.TryParse(literal, NumberStyles.AllowLeadingSign, Invariant, out var int32), int32, out value);
            case ColumnKind.Int64:
                return Take(long.TryParse(literal, NumberStyles.AllowLeadingSign, Invariant, out var int64), int64, out value);
            case ColumnKind.Decimal:
                return Take(TryDecimal(literal, out var number), number, out value);
            case ColumnKind.Float64:
                return Take(TryFloat(literal, out var real), real, out value);
            case ColumnKind.Boolean:
                return Take(literal is "true" or "false", literal == "true", out value);
            case ColumnKind.Date:
                return Take(DateOnly.TryParseExact(literal, "yyyy-MM-dd", Invariant, DateTimeStyles.None, out var date), date, out value);
            case ColumnKind.Time:
                return Take(TimeOnly.TryParseExact(literal, Times, Invariant, DateTimeStyles.None, out var time), time, out value);
            case ColumnKind.Timestamp:
                return Take(TryMoment(literal, out var moment), moment, out value);
            default:
                return TryUnquote(literal, "binary", out var bytes) && Base64Url.IsValid(bytes)
                    && Take(true, Base64Url.DecodeFromChars(bytes), out value);
        }
    }

    /// <summary>A text that a record can hold: no NUL, no half of a surrogate pair.</summary>
    public static bool IsStorable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))))
            {
                return false;
            }

            i += char.IsSurrogate(text[i]) ? 1 : 0;
        }

        return true;
    }

    /// <summary>A plain number of at most 28 digits: <see cref="decimal.Parse(string)"/> would round a longer one without a word.</summary>
    public static bool TryDecimal(string text, out decimal value)
    {
        var digits = text.AsSpan().TrimStart('-');
        var point = digits.IndexOf('.');
        var places = point < 0 ? 0 : digits.Length - point - 1;
        value = 0;
        return places <= ColumnType.MaxPrecision
            && digits.TrimStart("0.").Length <= ColumnType.MaxPrecision + (digits.TrimStart("0.").Contains('.') ? 1 : 0)
            && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, Invariant, out value);
    }

    // INF and NaN are literals too, and no stored value is one.
    private static bool TryFloat(string text, out double value)
    {
        const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Plain, Invariant, out value) && double.IsFinite(value);
    }

    // A date means the beginning of that day in UTC; a moment without an offset means nothing.
    private static bool TryMoment(string text, out DateTime moment)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", Invariant, DateTimeStyles.None, out var day))
        {
            moment = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
            return true;
        }

        moment = default;
        if (text.Length < "2026-01-01T00:00Z".Length || (text[^1] != 'Z' && text[^6] is not ('+' or '-'))
            || !DateTimeOffset.TryParseExact(text, Moments, Invariant, DateTimeStyles.None, out var read))
        {
            return false;
        }

        moment = read.UtcDateTime;
        return true;
    }

    private static bool TryUnquote(string literal, string prefix, out string text)
    {
        text = "";
        if (literal.Length < prefix.Length + 2 || !literal.StartsWith(prefix + "'", StringComparison.Ordinal) || literal[^1] != '\'')
        {
            return false;
        }

        text = literal[(prefix.Length + 1)..^1].Replace("''", "'", StringComparison.Ordinal);
        return true;
    }

    private static bool Take(bool read, object parsed, out object value)
    {
        value = parsed;
        return read;
    }
}
