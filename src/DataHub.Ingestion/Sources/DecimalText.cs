namespace DataHub.Ingestion.Sources;

/// <summary>Reads a database server's text of a decimal (<c>-12.50</c>), exactly or not at all.</summary>
internal static class DecimalText
{
    private const int MostDigits = 28;

    /// <summary>The value with the scale that the source shows, or the shortest that 28 digits hold.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out decimal value)
    {
        value = 0;
        var negative = text.Length > 0 && text[0] == (byte)'-';
        text = negative ? text[1..] : text;
        var point = text.IndexOf((byte)'.');
        var digits = text.Length - (point < 0 ? 0 : 1);
        // Only zeros at the end of a fraction can go without changing the value.
        while (point >= 0 && digits > MostDigits && text[^1] == (byte)'0')
        {
            text = text[..^1];
            digits--;
        }

        if (digits is 0 or > MostDigits + 10)
        {
            return false;
        }

        UInt128 mantissa = 0;
        foreach (var c in text)
        {
            if (c == (byte)'.')
            {
                continue;
            }

            var digit = (uint)(c - '0');
            if (digit > 9)
            {
                return false;
            }

            mantissa = mantissa <= ulong.MaxValue / 16 ? ((ulong)mantissa * 10) + digit : (mantissa * 10) + digit;
        }

        return TryMake(mantissa, point < 0 ? 0 : text.Length - 1 - point, negative, out value);
    }

    private static bool TryMake(UInt128 mantissa, int scale, bool negative, out decimal value)
    {
        value = 0;
        if (scale > MostDigits || mantissa > Most)
        {
            return false;
        }

        var low = (ulong)mantissa;
        // A zero has no sign.
        value = new decimal((int)low, (int)(low >> 32), (int)(ulong)(mantissa >> 64), negative && mantissa != 0, (byte)scale);
        return true;
    }

    private static readonly UInt128 Most = UInt128.Parse("9999999999999999999999999999", null);
}
