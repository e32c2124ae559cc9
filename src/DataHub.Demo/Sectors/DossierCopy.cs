using System.Buffers.Binary;
using System.Text;
using DataHub.Demo.Generation;
using Npgsql;

namespace DataHub.Demo.Sectors;

/// <summary>
/// Streams dossiers into PostgreSQL as binary COPY tuples written by hand: a million rows in seconds, in 64 KB of memory.
/// </summary>
internal sealed class DossierCopy
{
    private const int BufferSize = 64 * 1024;

    // Above the longest possible row, so that a row never straddles the buffer's end.
    private const int RowRoom = 8 * 1024;
    private const int PostgresEpochDays = 10_957;
    private const short Columns = 14;

    private static readonly DateTime PostgresEpoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly byte[] buffer = new byte[BufferSize];
    private int used;

    /// <summary>Copies every row into <paramref name="table"/> and returns how many there were.</summary>
    internal static async Task<long> IntoAsync(
        NpgsqlConnection connection, string table, IEnumerable<Dossier> rows, CancellationToken cancellation)
    {
        var copy = new DossierCopy();
        var stream = await connection.BeginRawBinaryCopyAsync(
            $"COPY {table} ({DossierTable.ColumnList}) FROM STDIN (FORMAT BINARY)", cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            long count = 0;
            copy.Header();
            foreach (var row in rows)
            {
                copy.Row(row);
                count++;
                if (copy.used > BufferSize - RowRoom)
                {
                    await stream.WriteAsync(copy.buffer.AsMemory(0, copy.used), cancellation).ConfigureAwait(false);
                    copy.used = 0;
                }
            }

            copy.Int16(-1);
            await stream.WriteAsync(copy.buffer.AsMemory(0, copy.used), cancellation).ConfigureAwait(false);
            return count;
        }
    }

    private void Header()
    {
        // "PGCOPY\n", 0xFF, CR LF NUL: 0xFF cannot stand in a UTF-8 literal.
        "PGCOPY\n"u8.CopyTo(buffer);
        buffer[7] = 0xFF;
        "\r\n\0"u8.CopyTo(buffer.AsSpan(8));
        used = 11;
        Int32(0);
        Int32(0);
    }

    private void Row(in Dossier row)
    {
        Int16(Columns);
        Int32(8);
        Int64(row.DossierId);
        Text(row.DossierCode);
        Text(row.CitizenId);
        Text(row.ApplicantName);
        Text(row.ProcedureCode);
        Text(row.ProcedureName);
        Text(row.AgencyCode);
        Text(row.Status);
        Timestamp(row.ReceivedAt);
        Int32(4);
        Int32(row.DueDate.DayNumber - new DateOnly(1970, 1, 1).DayNumber - PostgresEpochDays);
        Timestamp(row.FinishedAt);
        Numeric(row.Fee);
        Int32(1);
        buffer[used++] = row.IsOnline ? (byte)1 : (byte)0;
        Text(row.Note);
    }

    private void Text(string? value)
    {
        if (value is null)
        {
            Int32(-1);
            return;
        }

        var length = Encoding.UTF8.GetBytes(value, buffer.AsSpan(used + 4));
        Int32(length);
        used += length;
    }

    private void Timestamp(DateTime? value)
    {
        if (value is null)
        {
            Int32(-1);
            return;
        }

        Int32(8);
        Int64((value.Value - PostgresEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
    }

    /// <summary>numeric with scale 2: groups of four decimal digits, the first of weight n stands for 10000^n.</summary>
    private void Numeric(decimal value)
    {
        Span<short> groups = stackalloc short[8];
        var cents = (long)(Math.Abs(value) * 100);
        var whole = cents / 100;
        var count = 0;
        for (var rest = whole; rest > 0; rest /= 10_000)
        {
            groups[count++] = (short)(rest % 10_000);
        }

        groups[..count].Reverse();
        var weight = Math.Max(count - 1, -1);
        if (cents % 100 != 0)
        {
            groups[count++] = (short)(cents % 100 * 100);
        }

        Int32(8 + (2 * count));
        Int16((short)count);
        Int16((short)(count == 0 ? 0 : weight));
        Int16((short)(value < 0 ? 0x4000 : 0));
        Int16(2);
        foreach (var group in groups[..count])
        {
            Int16(group);
        }
    }

    private void Int16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(buffer.AsSpan(used), value);
        used += 2;
    }

    private void Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(used), value);
        used += 4;
    }

    private void Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(buffer.AsSpan(used), value);
        used += 8;
    }
}
