using System.Buffers.Binary;
using System.Text;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>
/// Reads numeric's binary form: int16 digit count, weight, sign and display scale, then digits in base 10,000.
/// Exact, or not at all: a value that a decimal cannot hold is given as text.
/// </summary>
internal static class PostgresNumeric
{
    private const ushort Negative = 0x4000, NaN = 0xC000, PlusInfinity = 0xD000, MinusInfinity = 0xF000;

    private static readonly UInt128 Limit = UInt128.Parse("9999999999999999999999999999", null) + 1;

    private static readonly UInt128[] Powers = MakePowers();

    /// <summary>Largest mantissa that stays within 28 digits when shifted by its index.</summary>
    private static readonly UInt128[] Most = [.. Powers.Select(p => (Limit - 1) / p)];

    /// <summary>The value with the scale that the source shows; false when 28 digits do not hold it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out decimal value)
    {
        value = 0;
        int count = BinaryPrimitives.ReadInt16BigEndian(bytes);
        int weight = BinaryPrimitives.ReadInt16BigEndian(bytes[2..]);
        var sign = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        int scale = BinaryPrimitives.ReadInt16BigEndian(bytes[6..]);
        // Groups never start or end with a zero group, so that nine of them are more than 28 digits.
        if (sign is not (0 or Negative) || count > 8)
        {
            return false;
        }

        UInt128 mantissa = 0;
        for (var i = 0; i < count; i++)
        {
            mantissa = (mantissa * 10000u) + BinaryPrimitives.ReadUInt16BigEndian(bytes[(8 + (2 * i))..]);
        }

        var exponent = 4 * (weight + 1 - count);
        return TryAt(mantissa, exponent, scale, sign == Negative, out value)
            || TryShortest(mantissa, exponent, sign == Negative, out value);
    }

    /// <summary>The value as PostgreSQL would print it.</summary>
    public static string Print(ReadOnlySpan<byte> bytes)
    {
        int count = BinaryPrimitives.ReadInt16BigEndian(bytes);
        int weight = BinaryPrimitives.ReadInt16BigEndian(bytes[2..]);
        var sign = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        int scale = BinaryPrimitives.ReadInt16BigEndian(bytes[6..]);
        switch (sign)
        {
            case NaN: return "NaN";
            case PlusInfinity: return "Infinity";
            case MinusInfinity: return "-Infinity";
        }

        var text = new StringBuilder(sign == Negative ? "-" : "");
        var whole = new StringBuilder();
        for (var i = 0; i <= weight; i++)
        {
            whole.Append(Group(bytes, i, count).ToString("0000", null));
        }

        var trimmed = whole.ToString().TrimStart('0');
        text.Append(trimmed.Length == 0 ? "0" : trimmed);
        if (scale > 0)
        {
            var fraction = new StringBuilder();
            for (var i = weight + 1; fraction.Length < scale; i++)
            {
                fraction.Append(Group(bytes, i, count).ToString("0000", null));
            }

            text.Append('.').Append(fraction, 0, scale);
        }

        return text.ToString();
    }

    private static int Group(ReadOnlySpan<byte> bytes, int index, int count) =>
        index >= 0 && index < count ? BinaryPrimitives.ReadUInt16BigEndian(bytes[(8 + (2 * index))..]) : 0;

    private static bool TryAt(UInt128 mantissa, int exponent, int scale, bool negative, out decimal value)
    {
        value = 0;
        var shift = scale + exponent;
        if (scale is < 0 or > 28 || shift is < -28 or > 28)
        {
            return mantissa == 0 && scale is >= 0 and <= 28 && Make(0, scale, false, out value);
        }

        if (shift < 0)
        {
            var (quotient, rest) = UInt128.DivRem(mantissa, Powers[-shift]);
            return rest == 0 && quotient < Limit && Make(quotient, scale, negative, out value);
        }

        return mantissa <= Most[shift] && Make(mantissa * Powers[shift], scale, negative, out value);
    }

    private static bool TryShortest(UInt128 mantissa, int exponent, bool negative, out decimal value)
    {
        while (exponent < 0 && mantissa != 0 && mantissa % 10u == 0)
        {
            mantissa /= 10u;
            exponent++;
        }

        return TryAt(mantissa, exponent, mantissa == 0 ? 0 : Math.Max(0, -exponent), negative, out value);
    }

    private static bool Make(UInt128 mantissa, int scale, bool negative, out decimal value)
    {
        var low = (ulong)mantissa;
        value = new decimal((int)low, (int)(low >> 32), (int)(ulong)(mantissa >> 64), negative, (byte)scale);
        return true;
    }

    private static UInt128[] MakePowers()
    {
        var powers = new UInt128[29];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * 10u;
        }

        return powers;
    }
}
