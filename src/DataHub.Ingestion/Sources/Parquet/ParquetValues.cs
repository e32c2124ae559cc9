using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using DataHub.Core.Records;
using Encoding = System.Text.Encoding;
using Int96 = ParquetSharp.Int96;

namespace DataHub.Ingestion.Sources.Parquet;

/// <summary>
/// Appends values in the hub's units. What they cannot express is never cut: a moment with nanoseconds goes on as its text, which the declared
/// type refuses; anything else is unreadable, by its text.
/// </summary>
internal static class ParquetValues
{
    private const long NanosPerDay = 86_400_000_000_000, EpochInJulianDays = 2_440_588;

    // Of a longer number nobody could make use, and its digits take long to make.
    private const int LongestNumber = 64;

    private static readonly BigInteger DecimalLimit = BigInteger.Pow(2, 96);

    public static void AppendBytes(SourceColumn column, ReadOnlySpan<byte> value) => column.Append(value);

    public static void AppendUuid(SourceColumn column, ReadOnlySpan<byte> value) =>
        column.Append(new Guid(value, bigEndian: true).ToString("D", CultureInfo.InvariantCulture).AsSpan());

    public static void AppendHalf(SourceColumn column, ReadOnlySpan<byte> value) =>
        column.Append((double)BinaryPrimitives.ReadHalfLittleEndian(value));

    /// <summary>Nanoseconds since midnight.</summary>
    public static void AppendTime(SourceColumn column, long nanos) => AppendTime(column, (Int128)nanos);

    public static void AppendTime(SourceColumn column, Int128 nanos)
    {
        if (nanos < 0 || nanos >= NanosPerDay)
        {
            column.AppendUnreadable($"{nanos} ns");
        }
        else if (nanos % 1_000 == 0)
        {
            column.Append((long)(nanos / 1_000));
        }
        else
        {
            column.AppendAs(SourceKind.Text, Encoding.ASCII.GetBytes(TextOf((long)nanos, "HH:mm:ss.fffffff")));
        }
    }

    /// <summary>Nanoseconds since 1970, with or without a zone by the column's kind.</summary>
    public static void AppendMoment(SourceColumn column, Int128 nanos)
    {
        var micros = nanos / 1_000;
        if (micros < long.MinValue || micros > long.MaxValue)
        {
            column.AppendUnreadable($"{nanos} ns");
        }
        else if (nanos % 1_000 == 0)
        {
            column.Append((long)micros);
        }
        else if (nanos >= long.MinValue && nanos <= long.MaxValue)
        {
            var zone = column.Kind == SourceKind.Instant ? "Z" : "";
            column.AppendAs(SourceKind.Text, Encoding.ASCII.GetBytes(TextOf((long)nanos, "yyyy-MM-ddTHH:mm:ss.fffffff") + zone));
        }
        else
        {
            column.AppendUnreadable($"{nanos} ns");
        }
    }

    /// <summary>Nanoseconds of the day in the first eight bytes, a Julian day in the last four.</summary>
    public static void AppendInt96(SourceColumn column, Int96 value)
    {
        var nanos = (long)((ulong)(uint)value.B << 32 | (uint)value.A);
        if (nanos is < 0 or >= NanosPerDay)
        {
            column.AppendUnreadable($"{value.C} d {nanos} ns");
        }
        else
        {
            AppendMoment(column, ((value.C - EpochInJulianDays) * (Int128)NanosPerDay) + nanos);
        }
    }

    public static void AppendDecimal(SourceColumn column, ReadOnlySpan<byte> unscaled, int scale)
    {
        if (unscaled.Length > LongestNumber)
        {
            column.AppendUnreadable(string.Create(CultureInfo.InvariantCulture, $"{unscaled.Length} byte"));
        }
        else
        {
            AppendDecimal(column, new BigInteger(unscaled, isUnsigned: false, isBigEndian: true), scale);
        }
    }

    public static void AppendDecimal(SourceColumn column, BigInteger unscaled, int scale)
    {
        var size = BigInteger.Abs(unscaled);
        if (size >= DecimalLimit || scale > 28)
        {
            column.AppendUnreadable(string.Create(CultureInfo.InvariantCulture, $"{unscaled}E-{scale}"));
            return;
        }

        var (low, middle, high) = ((uint)(size & uint.MaxValue), (uint)(size >> 32 & uint.MaxValue), (uint)(size >> 64));
        column.Append(new decimal((int)low, (int)middle, (int)high, unscaled.Sign < 0, (byte)scale));
    }

    public static void AppendDecimal(SourceColumn column, long unscaled, int scale)
    {
        if (scale > 28)
        {
            AppendDecimal(column, (BigInteger)unscaled, scale);
            return;
        }

        var size = unscaled < 0 ? (ulong)-unscaled : (ulong)unscaled;
        column.Append(new decimal((int)size, (int)(size >> 32), 0, unscaled < 0, (byte)scale));
    }

    /// <summary>With nine digits behind the second, of which .NET has seven.</summary>
    private static string TextOf(long nanos, string format)
    {
        var ticks = Math.DivRem(nanos, 100, out var rest);
        if (rest < 0)
        {
            (ticks, rest) = (ticks - 1, rest + 100);
        }

        return DateTime.UnixEpoch.AddTicks(ticks).ToString(format, CultureInfo.InvariantCulture) + rest.ToString("00", CultureInfo.InvariantCulture);
    }
}
