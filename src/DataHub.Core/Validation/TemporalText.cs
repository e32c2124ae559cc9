namespace DataHub.Core.Validation;

/// <summary>
/// ISO 8601 dates, times and timestamps in text, read without a string: <c>2026-11-23</c>, <c>08:30[:00[.123456]]</c>, both joined by <c>T</c> or a blank,
/// with <c>Z</c>, <c>+07</c>, <c>+07:00</c>, <c>+0700</c> or no offset.
/// </summary>
internal static class TemporalText
{
    public const long MicrosecondsPerDay = 86_400_000_000;

    private static readonly int UnixEpochDay = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>Days since 1970-01-01.</summary>
    public static bool TryDate(ReadOnlySpan<byte> text, out int days) => TryDatePart(ref text, out days) && text.IsEmpty;

    /// <summary>Microseconds since midnight.</summary>
    public static bool TryTime(ReadOnlySpan<byte> text, out long microseconds) => TryTimePart(ref text, out microseconds) && text.IsEmpty;

    /// <summary>Microseconds since 1970-01-01T00:00, in UTC when <paramref name="hasOffset"/>, else in the zone that the contract declares.</summary>
    public static bool TryTimestamp(ReadOnlySpan<byte> text, out long microseconds, out bool hasOffset)
    {
        microseconds = 0;
        hasOffset = false;
        if (!TryDatePart(ref text, out var days) || text.IsEmpty || text[0] is not ((byte)'T' or (byte)' ' or (byte)'t'))
        {
            return false;
        }

        text = text[1..];
        if (!TryTimePart(ref text, out var time))
        {
            return false;
        }

        var offset = 0;
        hasOffset = !text.IsEmpty;
        if (hasOffset && !TryOffset(text, out offset))
        {
            return false;
        }

        microseconds = (days * MicrosecondsPerDay) + time - (offset * 60_000_000L);
        return true;
    }

    private static bool TryDatePart(ref ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-'
            || !TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month) || !TryDigits(text[8..10], out var day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        days = new DateOnly(year, month, day).DayNumber - UnixEpochDay;
        text = text[10..];
        return true;
    }

    private static bool TryTimePart(ref ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        if (text.Length < 5 || text[2] != ':' || !TryDigits(text[..2], out var hour) || !TryDigits(text[3..5], out var minute)
            || hour > 23 || minute > 59)
        {
            return false;
        }

        text = text[5..];
        var second = 0;
        if (text.Length >= 3 && text[0] == ':')
        {
            if (!TryDigits(text[1..3], out second) || second > 59)
            {
                return false;
            }

            text = text[3..];
        }
        else if (!text.IsEmpty && text[0] is (byte)'.' or (byte)',')
        {
            // 08:30.5 is half a minute to ISO 8601 and half a second to others: not guessed.
            return false;
        }

        microseconds = ((((hour * 60L) + minute) * 60) + second) * 1_000_000;
        return text.IsEmpty || text[0] is not ((byte)'.' or (byte)',') || TryFraction(ref text, ref microseconds);
    }

    private static bool TryFraction(ref ReadOnlySpan<byte> text, ref long microseconds)
    {
        var length = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        var digits = length < 0 ? text[1..] : text.Slice(1, length);

        // A seventh digit that is not zero would be cut silently.
        if (digits.IsEmpty || (digits.Length > 6 && digits[6..].ContainsAnyExcept((byte)'0')))
        {
            return false;
        }

        var unit = 100_000;
        foreach (var digit in digits[..Math.Min(6, digits.Length)])
        {
            microseconds += (digit - '0') * unit;
            unit /= 10;
        }

        text = text[(digits.Length + 1)..];
        return true;
    }

    /// <summary>Minutes east of UTC.</summary>
    private static bool TryOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text is [(byte)'Z' or (byte)'z'])
        {
            return true;
        }

        if (text.Length is not (3 or 5 or 6) || text[0] is not ((byte)'+' or (byte)'-') || !TryDigits(text[1..3], out var hours) || hours > 15)
        {
            return false;
        }

        var rest = text.Length == 6 && text[3] == ':' ? text[4..] : text[3..];
        var extra = 0;
        if (!rest.IsEmpty && (rest.Length != 2 || !TryDigits(rest, out extra) || extra > 59))
        {
            return false;
        }

        minutes = ((hours * 60) + extra) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (c is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        return true;
    }
}
