using System.Buffers.Binary;

namespace DataHub.Core.Records;

/// <summary>PostgreSQL's binary numeric (groups of four decimal digits) from and to <see cref="decimal"/>.</summary>
public static class PgNumeric
{
    /// <summary>Longest binary form of a decimal: header and groups for 28 digits on either side of the point.</summary>
    public const int MaxBytes = 8 + (2 * 16);

    /// <summary>Room for the text of a numeric: sign, eight groups before the point, point, 28 digits behind it.</summary>
    public const int MaxText = 1 + (8 * 4) + 1 + 28;

    private const ushort Negative = 0x4000;

    /// <summary>Writes <paramref name="value"/> with <paramref name="scale"/> digits after the point; returns the length.</summary>
    public static int Write(Span<byte> target, decimal value, int scale)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var valueScale = (bits[3] >> 16) & 0xFF;
        var mantissa = new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);

        // Bring the fraction to whole groups, then cut the number into groups from the right.
        var fractionGroups = (valueScale + 3) / 4;
        mantissa *= Power10((fractionGroups * 4) - valueScale);
        Span<ushort> groups = stackalloc ushort[24];
        var count = 0;
        while (mantissa > ulong.MaxValue)
        {
            (mantissa, var rest) = UInt128.DivRem(mantissa, 10000);
            groups[count++] = (ushort)rest;
        }

        for (var low = (ulong)mantissa; low != 0; low /= 10000)
        {
            groups[count++] = (ushort)(low % 10000);
        }

        var weight = count - fractionGroups - 1;
        var first = 0;
        while (first < count && groups[first] == 0)
        {
            first++;
        }

        var digits = count - first;
        BinaryPrimitives.WriteInt16BigEndian(target, (short)digits);
        BinaryPrimitives.WriteInt16BigEndian(target[2..], (short)(digits == 0 ? 0 : weight));
        BinaryPrimitives.WriteUInt16BigEndian(target[4..], digits > 0 && bits[3] < 0 ? Negative : (ushort)0);
        BinaryPrimitives.WriteInt16BigEndian(target[6..], (short)scale);
        for (var i = 0; i < digits; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(target[(8 + (2 * i))..], groups[count - 1 - i]);
        }

        return 8 + (2 * digits);
    }

    /// <summary>Reads a binary numeric; false for NaN, infinities and what a decimal cannot hold exactly.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out decimal value)
    {
        value = 0;
        int digits = BinaryPrimitives.ReadInt16BigEndian(source);
        int weight = BinaryPrimitives.ReadInt16BigEndian(source[2..]);
        var sign = BinaryPrimitives.ReadUInt16BigEndian(source[4..]);
        int scale = BinaryPrimitives.ReadInt16BigEndian(source[6..]);
        if (sign is not 0 and not Negative || weight > 7 || scale > 28)
        {
            return false;
        }

        UInt128 mantissa = 0;
        var fraction = 0;
        for (var i = 0; i < digits || i <= weight; i++)
        {
            uint group = i < digits ? BinaryPrimitives.ReadUInt16BigEndian(source[(8 + (2 * i))..]) : 0u;
            var keep = 4;
            if (i > weight)
            {
                // The last group may hold more places than the scale asks for; they are zeros.
                keep = Math.Min(4, scale - ((i - weight - 1) * 4));
                if (keep <= 0)
                {
                    break;
                }

                fraction += keep;
            }

            mantissa = (mantissa * Power10(keep)) + (group / (uint)Power10(4 - keep));
            if (mantissa >> 96 != 0)
            {
                return false;
            }
        }

        // A weight far below the point leaves leading zero groups out.
        fraction += weight < -1 && digits > 0 ? (-weight - 1) * 4 : 0;
        if (fraction > 28)
        {
            return false;
        }

        value = new decimal((int)(uint)mantissa, (int)(uint)(mantissa >> 32), (int)(uint)(mantissa >> 64), sign == Negative, (byte)fraction);
        return true;
    }

    /// <summary>Plain text of a binary numeric with the scale it is stored with (1.50 stays 1.50); returns the length. The room must take <see cref="MaxText"/>.</summary>
    public static int Format(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int digits = BinaryPrimitives.ReadInt16BigEndian(source);
        int weight = BinaryPrimitives.ReadInt16BigEndian(source[2..]);
        var sign = BinaryPrimitives.ReadUInt16BigEndian(source[4..]);
        int scale = BinaryPrimitives.ReadInt16BigEndian(source[6..]);
        if (sign is not 0 and not Negative || weight > 7 || scale is < 0 or > 28)
        {
            throw new InvalidDataException("the store holds a numeric that no contract can declare");
        }

        var groups = source[8..];
        var at = 0;
        if (sign == Negative)
        {
            target[at++] = (byte)'-';
        }

        // The first group stands without leading zeros; what is less than one has a zero before its point.
        System.Buffers.Text.Utf8Formatter.TryFormat(weight < 0 ? 0 : Group(groups, digits, 0), target[at..], out var written);
        at += written;
        for (var i = 1; i <= weight; i++)
        {
            at += WriteDigits(target[at..], Group(groups, digits, i), 4);
        }

        if (scale > 0)
        {
            target[at++] = (byte)'.';
            for (var (i, left) = (weight + 1, scale); left > 0; (i, left) = (i + 1, left - 4))
            {
                at += WriteDigits(target[at..], Group(groups, digits, i), Math.Min(4, left));
            }
        }

        return at;
    }

    /// <summary>Shortest plain text: no exponent, no trailing zero after the point, no minus before zero.</summary>
    public static int WriteShortest(Span<byte> target, decimal value)
    {
        System.Buffers.Text.Utf8Formatter.TryFormat(value == 0 ? 0 : value, target, out var written);
        if (target[..written].Contains((byte)'.'))
        {
            written = target[..written].TrimEnd((byte)'0').TrimEnd((byte)'.').Length;
        }

        return written;
    }

    // Groups of zeros at either end are not stored.
    private static int Group(ReadOnlySpan<byte> groups, int digits, int index) =>
        (uint)index < (uint)digits ? BinaryPrimitives.ReadUInt16BigEndian(groups[(2 * index)..]) : 0;

    /// <summary>The first <paramref name="count"/> of a group's four digits.</summary>
    private static int WriteDigits(Span<byte> target, int group, int count)
    {
        for (var (i, unit) = (0, 1000); i < count; (i, unit) = (i + 1, unit / 10))
        {
            target[i] = (byte)('0' + (group / unit % 10));
        }

        return count;
    }

    private static UInt128 Power10(int exponent)
    {
        UInt128 power = 1;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }
}
