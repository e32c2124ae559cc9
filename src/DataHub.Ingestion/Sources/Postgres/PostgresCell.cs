using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using DataHub.Core.Records;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>One column of a binary COPY: which wire form its cells have, and how one is appended to a batch.</summary>
/// <param name="Type">Wire type (its OID); text for everything selected as text.</param>
/// <param name="CheckUtf8">True where the server's encoding is SQL_ASCII, which promises nothing.</param>
internal readonly record struct PostgresCell(uint Type, bool CheckUtf8)
{
    private const long EpochMicros = 946_684_800_000_000;
    private const int EpochDays = 10_957;

    public void Append(SourceColumn column, ReadOnlySpan<byte> value)
    {
        switch (Type)
        {
            case PostgresTypes.Int4:
                column.Append((long)BinaryPrimitives.ReadInt32BigEndian(value));
                break;
            case PostgresTypes.Int8:
                column.Append(BinaryPrimitives.ReadInt64BigEndian(value));
                break;
            case PostgresTypes.Int2:
                column.Append((long)BinaryPrimitives.ReadInt16BigEndian(value));
                break;
            case PostgresTypes.Numeric:
                AppendNumeric(column, value);
                break;
            case PostgresTypes.Float8:
                column.Append(BinaryPrimitives.ReadDoubleBigEndian(value));
                break;
            case PostgresTypes.Float4:
                column.Append((double)BinaryPrimitives.ReadSingleBigEndian(value));
                break;
            case PostgresTypes.Bool:
                column.Append(value[0] != 0);
                break;
            case PostgresTypes.Date:
                AppendDate(column, BinaryPrimitives.ReadInt32BigEndian(value));
                break;
            case PostgresTypes.Time:
                AppendTime(column, BinaryPrimitives.ReadInt64BigEndian(value));
                break;
            case PostgresTypes.Timestamp:
                AppendTimestamp(column, BinaryPrimitives.ReadInt64BigEndian(value), "");
                break;
            case PostgresTypes.TimestampTz:
                AppendTimestamp(column, BinaryPrimitives.ReadInt64BigEndian(value), "+00");
                break;
            default:
                AppendBytes(column, value);
                break;
        }
    }

    private void AppendBytes(SourceColumn column, ReadOnlySpan<byte> value)
    {
        if (CheckUtf8 && Type != PostgresTypes.Bytea && !Utf8.IsValid(value))
        {
            column.AppendUnreadable(Encoding.UTF8.GetString(value));
            return;
        }

        column.Append(value);
    }

    private static void AppendNumeric(SourceColumn column, ReadOnlySpan<byte> value)
    {
        if (PostgresNumeric.TryRead(value, out var number))
        {
            column.Append(number);
            return;
        }

        column.AppendUnreadable(PostgresNumeric.Print(value));
    }

    private static void AppendDate(SourceColumn column, int days)
    {
        if (PostgresCalendar.Beyond(days) is { } text)
        {
            column.AppendUnreadable(text);
            return;
        }

        column.Append((long)days + EpochDays);
    }

    /// <summary>PostgreSQL has an end of the day that is no time of one.</summary>
    private static void AppendTime(SourceColumn column, long micros)
    {
        if (micros >= PostgresCalendar.MicrosecondsPerDay)
        {
            column.AppendUnreadable("24:00:00");
            return;
        }

        column.Append(micros);
    }

    private static void AppendTimestamp(SourceColumn column, long micros, string offset)
    {
        if (PostgresCalendar.Beyond(micros, offset) is { } text)
        {
            column.AppendUnreadable(text);
            return;
        }

        column.Append(micros + EpochMicros);
    }
}
