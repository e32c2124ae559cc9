using System.Buffers;
using System.Globalization;
using DataHub.Core.Contracts;

namespace DataHub.Core.Validation;

/// <summary>How reading a number in text ended.</summary>
internal enum NumberOutcome { Read, NotANumber, TooLarge, TooFine }

/// <summary>
/// Numbers in text by the declared characters: <c>1.234.567,89</c> with decimal ',' and group '.'. Groups, where present, must have three digits;
/// there is no exponent, no blank and no currency sign.
/// </summary>
internal static class NumberText
{
    private const int LongestText = 64;

    private static readonly SearchValues<byte> NumberCharacters = SearchValues.Create("0123456789.,- "u8);

    public static NumberOutcome TryRead(ReadOnlySpan<byte> text, ParseRules rules, out decimal value)
    {
        value = 0;
        if (!IsSpelledAsDeclared(text, rules))
        {
            return NumberOutcome.NotANumber;
        }

        Span<byte> plain = stackalloc byte[LongestText];
        if (text.Length > LongestText)
        {
            return text.ContainsAnyExcept(NumberCharacters) ? NumberOutcome.NotANumber : NumberOutcome.TooLarge;
        }

        var length = Normalise(text, rules, plain);
        if (length == 0)
        {
            return NumberOutcome.NotANumber;
        }

        // More than 28 significant digits would be rounded by the parser: refused, because nothing is rounded.
        plain = plain[..length];
        if (plain.Contains((byte)'.'))
        {
            plain = plain.TrimEnd((byte)'0');
        }

        // A decimal has 28 places: the parser would round a finer number without a word.
        if (Places(plain) > ColumnType.MaxPrecision)
        {
            return NumberOutcome.TooFine;
        }

        if (SignificantDigits(plain) > ColumnType.MaxPrecision)
        {
            return NumberOutcome.TooLarge;
        }

        return decimal.TryParse(plain, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value)
            ? NumberOutcome.Read
            : NumberOutcome.NotANumber;
    }

    public static bool TryReadFloat(ReadOnlySpan<byte> text, ParseRules rules, out double value)
    {
        value = 0;
        if (!IsSpelledAsDeclared(text, rules))
        {
            return false;
        }

        if (rules.GroupChar is null && rules.DecimalChar == '.')
        {
            return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture, out value);
        }

        Span<byte> plain = stackalloc byte[LongestText];
        return text.Length <= LongestText
            && Normalise(text, rules, plain) is > 0 and var length
            && double.TryParse(plain[..length], NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
    }

    private static bool IsSpelledAsDeclared(ReadOnlySpan<byte> text, ParseRules rules) =>
        rules.Number is null || rules.Number.Matches(text, rules.DecimalChar, rules.GroupChar);

    /// <summary>Rewrites to <c>-1234567.89</c>; 0 when the text is not a number by the rules.</summary>
    private static int Normalise(ReadOnlySpan<byte> text, ParseRules rules, Span<byte> plain)
    {
        int length = 0, digits = 0, run = 0;
        bool grouped = false, fraction = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = (char)text[i];
            if (char.IsAsciiDigit(c))
            {
                digits++;
                run++;
            }
            else if (c is '-' or '+' && i == 0)
            {
                plain[length++] = (byte)c;
                continue;
            }
            else if (c == rules.DecimalChar && !fraction && run > 0 && (!grouped || run == 3))
            {
                fraction = true;
                run = 0;
                c = '.';
            }
            else if (c == rules.GroupChar && !fraction && (grouped ? run == 3 : run is 1 or 2 or 3))
            {
                grouped = true;
                run = 0;
                continue;
            }
            else
            {
                return 0;
            }

            plain[length++] = (byte)c;
        }

        var complete = digits > 0 && run > 0 && (fraction || !grouped || run == 3);
        return complete ? length : 0;
    }

    private static int Places(ReadOnlySpan<byte> plain) => plain.IndexOf((byte)'.') is >= 0 and var point ? plain.Length - point - 1 : 0;

    private static int SignificantDigits(ReadOnlySpan<byte> plain)
    {
        var start = plain.IndexOfAnyInRange((byte)'1', (byte)'9');
        if (start < 0)
        {
            return 0;
        }

        var rest = plain[start..];
        return rest.Length - (rest.Contains((byte)'.') ? 1 : 0);
    }
}
