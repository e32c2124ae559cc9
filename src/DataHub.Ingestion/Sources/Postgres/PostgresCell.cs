using System.Buffers.Binary;
using System.Globalization;
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
            case PostgresTypes.Int8 or PostgresTypes.Time:
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
            case PostgresTypes.Timestamp or PostgresTypes.TimestampTz:
                AppendTimestamp(column, BinaryPrimitives.ReadInt64BigEndian(value));
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
        if (days is int.MaxValue or int.MinValue)
        {
            column.AppendUnreadable(days > 0 ? "infinity" : "-infinity");
            return;
        }

        column.Append((long)days + EpochDays);
    }

    private static void AppendTimestamp(SourceColumn column, long micros)
    {
        if (micros is long.MaxValue or long.MinValue)
        {
            column.AppendUnreadable(micros > 0 ? "infinity" : "-infinity");
            return;
        }

        if (micros > long.MaxValue - EpochMicros)
        {
            // The last decades of the year 294276: past what 64 bits count from 1970.
            column.AppendUnreadable(micros.ToString(CultureInfo.InvariantCulture) + " µs / 2000-01-01");
            return;
        }

        column.Append(micros + EpochMicros);
    }
}
