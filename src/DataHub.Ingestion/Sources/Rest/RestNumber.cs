using System.Globalization;
using DataHub.Core.Contracts;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>JSON numbers as decimals, digit by digit: a number that a decimal cannot hold exactly is none, and nothing is rounded; pure.</summary>
internal static class RestNumber
{
    private const int LongestText = 64;

    /// <summary>Reads a number that the JSON reader has accepted. <c>1.50</c> keeps its scale; <c>15e-1</c> is 1.5.</summary>
    public static bool TryDecimal(ReadOnlySpan<byte> text, out decimal value)
    {
        value = 0;
        var mark = text.IndexOfAny((byte)'e', (byte)'E');
        var exponent = 0;
        if (mark >= 0)
        {
            if (!int.TryParse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            {
                return IsZero(text[..mark]);
            }

            text = text[..mark];
        }

        var isNegative = text[0] == '-';
        text = isNegative ? text[1..] : text;
        if (IsZero(text))
        {
            return true;
        }

        var point = text.IndexOf((byte)'.');
        var places = point < 0 ? 0 : text.Length - point - 1;
        if (text.Length > LongestText)
        {
            return false;
        }

        Span<byte> digits = stackalloc byte[LongestText];
        var length = 0;
        foreach (var b in text)
        {
            if (b != '.' && (length > 0 || b != '0'))
            {
                digits[length++] = b;
            }
        }

        return TryScale(digits[..length], (long)places - exponent, isNegative, out value);
    }

    /// <param name="digits">From the first that is not zero.</param>
    /// <param name="scale">Digits behind the point; below zero: zeros to append.</param>
    private static bool TryScale(ReadOnlySpan<byte> digits, long scale, bool isNegative, out decimal value)
    {
        value = 0;
        while (scale > 0 && digits[^1] == '0' && (digits.Length > ColumnType.MaxPrecision || scale > ColumnType.MaxPrecision))
        {
            digits = digits[..^1];
            scale--;
        }

        if (scale > ColumnType.MaxPrecision || digits.Length - Math.Min(scale, 0) > ColumnType.MaxPrecision)
        {
            return false;
        }

        UInt128 mantissa = 0;
        foreach (var digit in digits)
        {
            mantissa = (mantissa * 10) + (uint)(digit - '0');
        }

        for (; scale < 0; scale++)
        {
            mantissa *= 10;
        }

        value = new decimal((int)(uint)mantissa, (int)(uint)(mantissa >> 32), (int)(uint)(mantissa >> 64), isNegative, (byte)scale);
        return true;
    }

    private static bool IsZero(ReadOnlySpan<byte> text) => text.IndexOfAnyInRange((byte)'1', (byte)'9') < 0;
}
