using System.Buffers.Text;
using Npgsql;

namespace DataHub.Storage.Queries;

/// <summary>The record under a database reader: of pages.</summary>
public sealed class ReaderRow(NpgsqlDataReader reader) : IRecordRow
{
    private byte[] scratch = new byte[1024];

    public bool IsNull(int column) => reader.IsDBNull(column);

    // Bytes as they came: no text is decoded only to be encoded again.
    public ReadOnlySpan<byte> Text(int column) => Bytes(column);

    public ReadOnlySpan<byte> Bytes(int column)
    {
        var read = (int)reader.GetBytes(column, 0, scratch, 0, scratch.Length);
        if (read == scratch.Length)
        {
            var length = (int)reader.GetBytes(column, 0, null, 0, 0);
            if (length > scratch.Length)
            {
                scratch = new byte[length];
                read = (int)reader.GetBytes(column, 0, scratch, 0, length);
            }
        }

        return scratch.AsSpan(0, read);
    }

    public int Int32(int column) => reader.GetInt32(column);

    public long Int64(int column) => reader.GetInt64(column);

    public int Decimal(int column, Span<byte> room)
    {
        Utf8Formatter.TryFormat(reader.GetDecimal(column), room, out var written);
        return written;
    }

    public double Float64(int column) => reader.GetDouble(column);

    public bool Boolean(int column) => reader.GetBoolean(column);

    public DateOnly Date(int column) => reader.GetFieldValue<DateOnly>(column);

    public TimeOnly Time(int column) => reader.GetFieldValue<TimeOnly>(column);

    public DateTime Timestamp(int column) => reader.GetDateTime(column);
}
