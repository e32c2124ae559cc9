using System.Buffers.Text;
using System.Runtime.CompilerServices;
using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Storage.Queries;

namespace DataHub.Gateway.Formats;

/// <summary>
/// The text of a value that is neither text nor bytes, the same in every format: plain digits, the shortest float that reads
/// back, ISO 8601 with up to six digits of a
/// second and <c>Z</c>. All of it is ASCII that neither JSON nor CSV must escape.
/// </summary>
internal static class ValueText
{
    /// <summary>Room for the longest of them: a decimal.</summary>
    public const int Longest = PgNumeric.MaxText;

    /// <summary>Writes the value; returns its length.</summary>
    public static int Write(IRecordRow row, int column, ColumnKind kind, Span<byte> room)
    {
        int length;
        switch (kind)
        {
            case ColumnKind.Int32:
                Utf8Formatter.TryFormat(row.Int32(column), room, out length);
                return length;
            case ColumnKind.Int64:
                Utf8Formatter.TryFormat(row.Int64(column), room, out length);
                return length;
            case ColumnKind.Decimal:
                return row.Decimal(column, room);
            case ColumnKind.Float64:
                Utf8Formatter.TryFormat(row.Float64(column), room, out length);
                return length;
            case ColumnKind.Boolean:
                return Put(row.Boolean(column) ? "true"u8 : "false"u8, room);
            case ColumnKind.Date:
                return Date(row.Date(column), room);
            case ColumnKind.Time:
                return Time(row.Time(column), room);
            case ColumnKind.Timestamp:
                return Timestamp(row.Timestamp(column), room);
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "text and bytes are written by each format");
        }
    }

    private static int Put(ReadOnlySpan<byte> text, Span<byte> room)
    {
        text.CopyTo(room);
        return text.Length;
    }

    private static int Timestamp(DateTime moment, Span<byte> room)
    {
        var length = Date(DateOnly.FromDateTime(moment), room);
        room[length++] = (byte)'T';
        length += Time(TimeOnly.FromDateTime(moment), room[length..]);
        room[length++] = (byte)'Z';
        return length;
    }

    private static int Date(DateOnly date, Span<byte> room)
    {
        var (year, month, day) = date;
        Two(room, year / 100);
        Two(room[2..], year % 100);
        room[4] = (byte)'-';
        Two(room[5..], month);
        room[7] = (byte)'-';
        Two(room[8..], day);
        return 10;
    }

    private static int Time(TimeOnly time, Span<byte> room)
    {
        var microseconds = time.Ticks / TimeSpan.TicksPerMicrosecond;
        var seconds = (int)(microseconds / 1_000_000);
        Two(room, seconds / 3600);
        room[2] = (byte)':';
        Two(room[3..], seconds / 60 % 60);
        room[5] = (byte)':';
        Two(room[6..], seconds % 60);
        var fraction = (int)(microseconds % 1_000_000);
        if (fraction == 0)
        {
            return 8;
        }

        room[8] = (byte)'.';
        Two(room[9..], fraction / 10_000);
        Two(room[11..], fraction / 100 % 100);
        Two(room[13..], fraction % 100);
        var length = 15;
        while (room[length - 1] == '0')
        {
            length--;
        }

        return length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Two(Span<byte> room, int value)
    {
        room[1] = (byte)('0' + (value % 10));
        room[0] = (byte)('0' + (value / 10));
    }
}
