namespace DataHub.Ingestion.Sources.MySql;

/// <summary>
/// Reads the server's own texts of times, exactly or not at all. They have one form whatever the server's
/// settings: <c>2025-01-31</c>, <c>23:59:59.999999</c>.
/// </summary>
internal static class MySqlText
{
    private const int EpochDays = 719_162;
    private const long MicrosADay = 86_400_000_000;

    /// <summary>Days since 1970-01-01; false for zero dates and for days that no calendar has.</summary>
    public static bool TryDate(ReadOnlySpan<byte> text, out long days)
    {
        days = 0;
        if (text.Length != 10 || text[4] != (byte)'-' || text[7] != (byte)'-'
            || !TryNumber(text[..4], out var year) || !TryNumber(text[5..7], out var month)
            || !TryNumber(text[8..], out var day)
            || year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        days = new DateOnly(year, month, day).DayNumber - EpochDays;
        return true;
    }

    /// <summary>Microseconds since 1970-01-01T00:00.</summary>
    public static bool TryDateTime(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (text.Length < 19 || text[10] != (byte)' ' || !TryDate(text[..10], out var days)
            || !TryTimeOfDay(text[11..], out var time))
        {
            return false;
        }

        micros = (days * MicrosADay) + time;
        return true;
    }

    /// <summary>Microseconds since midnight; false outside a day.</summary>
    public static bool TryTimeOfDay(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (text.Length < 8 || text[2] != (byte)':' || text[5] != (byte)':'
            || !TryNumber(text[..2], out var hour) || !TryNumber(text[3..5], out var minute)
            || !TryNumber(text[6..8], out var second) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        micros = ((((hour * 60L) + minute) * 60) + second) * 1_000_000;
        return text.Length == 8 || TryFraction(text[8..], ref micros);
    }

    private static bool TryFraction(ReadOnlySpan<byte> text, ref long micros)
    {
        if (text[0] != (byte)'.' || text.Length is < 2 or > 7 || !TryNumber(text[1..], out var fraction))
        {
            return false;
        }

        for (var digits = text.Length - 1; digits < 6; digits++)
        {
            fraction *= 10;
        }

        micros += fraction;
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            var digit = (uint)(c - '0');
            if (digit > 9)
            {
                return false;
            }

            value = (value * 10) + (int)digit;
        }

        return true;
    }
}
