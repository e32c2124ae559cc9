using System.Buffers.Binary;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using Npgsql;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>
/// Reads PostgreSQL's binary COPY stream by hand into batches, without an object a cell. A tuple is an int16 field count, then
/// for each field an int32 length (-1: null) and its bytes; count -1 ends the stream. Owns the session.
/// </summary>
internal sealed class PostgresRecordReader(PostgresSession session, NpgsqlRawCopyStream stream, string what, bool isQuery)
    : DatabaseRecordReader
{
    private const int HeaderBytes = 19;
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource silence = new();
    private byte[] buffer = new byte[128 << 10];
    private int start;
    private int end;
    private long ordinal;
    private bool begun;
    private bool atEnd;

    /// <summary>A last field more than there are columns says of a record that it is not there any more.</summary>
    public bool SaysDeleted { get; init; }

    public required PostgresCell[] Cells { get; init; }

    public override async ValueTask<bool> ReadAsync(RecordBatch batch, CancellationToken cancellation)
    {
        batch.Clear();
        try
        {
            // One registration a batch, not a row: rows come as one message each.
            using var registration = cancellation.Register(static s => ((CancellationTokenSource)s!).Cancel(), silence);
            await FillBatchAsync(batch);
        }
        catch (Exception e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw session.Errors.WhileReading(e, what, isQuery);
        }

        return batch.Count > 0 || batch.Broken.Count > 0;
    }

    public override async ValueTask DisposeAsync()
    {
        if (!atEnd)
        {
            await GiveUpAsync();
        }

        try
        {
            // On another thread: while rows keep coming Npgsql never yields, and no timeout would be looked at.
            await Task.Run(async () => await stream.DisposeAsync()).WaitAsync(Parting);
        }
        catch (Exception)
        {
            // The cancelled COPY reports itself once more, or the server is gone: either way the reading is over.
        }

        await session.DisposeAsync();
        silence.Dispose();
    }

    private async ValueTask FillBatchAsync(RecordBatch batch)
    {
        if (!begun)
        {
            await NeedAsync(HeaderBytes);
            var extension = BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(start + 15));
            await NeedAsync(HeaderBytes + extension);
            start += HeaderBytes + extension;
            begun = true;
        }

        long bytes = 0;
        while (!atEnd && batch.Count < batch.Capacity && batch.Broken.Count < batch.Capacity
            && bytes < RecordBatch.TargetBytes)
        {
            var length = Frame(out var needed);
            if (length > 0)
            {
                Decode(batch);
                start += length;
                bytes += length;
            }
            else if (length == 0)
            {
                await FinishAsync();
            }
            else if (needed > RecordBatch.MaxRecordBytes)
            {
                await SkipTupleAsync(batch);
            }
            else
            {
                await NeedAsync(needed);
            }
        }
    }

    /// <summary>Length of the tuple at the start; 0 at the end of the stream; -1 when more is needed.</summary>
    private int Frame(out int needed)
    {
        var span = buffer.AsSpan(start, end - start);
        needed = 2;
        if (span.Length < 2)
        {
            return -1;
        }

        int count = BinaryPrimitives.ReadInt16BigEndian(span);
        if (count < 0)
        {
            return 0;
        }

        if (count != Cells.Length + (SaysDeleted ? 1 : 0))
        {
            throw new InvalidDataException("The tuple has another number of fields than was selected.");
        }

        for (var i = 0; i < count; i++)
        {
            var at = needed;
            needed += 4;
            if (span.Length < needed)
            {
                return -1;
            }

            needed = (int)Math.Min(
                needed + (long)Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(span[at..])), int.MaxValue - 4);
            if (span.Length < needed)
            {
                return -1;
            }
        }

        return needed;
    }

    private void Decode(RecordBatch batch)
    {
        var span = buffer.AsSpan(start + 2, end - start - 2);
        var columns = batch.Columns;
        for (var i = 0; i < Cells.Length; i++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(span);
            span = span[4..];
            if (length < 0)
            {
                columns[i].AppendNull();
                continue;
            }

            Cells[i].Append(columns[i], span[..length]);
            span = span[length..];
        }

        // A boolean: its length, and one byte.
        batch.EndRecord(++ordinal, SaysDeleted && span[4] != 0);
    }

    /// <summary>A record too wide for memory is noted and passed over piece by piece.</summary>
    private async ValueTask SkipTupleAsync(RecordBatch batch)
    {
        start += 2;
        for (var i = 0; i < Cells.Length + (SaysDeleted ? 1 : 0); i++)
        {
            await NeedAsync(4);
            var left = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(start)));
            start += 4;
            while (left > 0)
            {
                await NeedAsync(1);
                var passed = Math.Min(left, end - start);
                start += passed;
                left -= passed;
            }
        }

        batch.BreakRecord(BrokenRecord.TooLarge(++ordinal));
    }

    /// <summary>Reads past the trailer, so that an error that the server reports at the very end is not missed.</summary>
    private async ValueTask FinishAsync()
    {
        start = end = 0;
        while (await ReadSomeAsync() > 0)
        {
            end = 0;
        }

        atEnd = true;
    }

    private async ValueTask NeedAsync(int length)
    {
        if (start == end)
        {
            start = end = 0;
        }
        else if (start + length > buffer.Length)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (length > buffer.Length)
        {
            Array.Resize(ref buffer, (int)Math.Min(Math.Max(length, buffer.Length * 2L), RecordBatch.MaxRecordBytes));
        }

        while (end - start < length)
        {
            if (await ReadSomeAsync() == 0)
            {
                throw new EndOfStreamException("COPY ended inside a tuple.");
            }
        }
    }

    private ValueTask<int> ReadSomeAsync()
    {
        var read = stream.ReadAsync(buffer.AsMemory(end), silence.Token);
        if (!read.IsCompletedSuccessfully)
        {
            return WaitForAsync(read);
        }

        var count = read.Result;
        end += count;
        return new ValueTask<int>(count);
    }

    /// <summary>Only a wait that really waits starts the silence timer.</summary>
    private async ValueTask<int> WaitForAsync(ValueTask<int> read)
    {
        var limit = TimeSpan.FromSeconds(session.Options.SilenceSeconds);
        silence.CancelAfter(limit);
        var count = await read.AsTask().WaitAsync(limit + Parting);
        silence.CancelAfter(Timeout.InfiniteTimeSpan);
        end += count;
        return count;
    }

    /// <summary>
    /// Asks the server to stop and drains what is under way; a token breaks the connection of one that does not answer.
    /// Without the request, disposing would read the whole rest of the table.
    /// </summary>
    private async ValueTask GiveUpAsync()
    {
        try
        {
            // A token of its own: that of the reading may be what ended it, with the server still sending.
            using var parting = new CancellationTokenSource(Parting);
            await Task.Run(stream.CancelAsync).WaitAsync(Parting);
            while (await stream.ReadAsync(buffer, parting.Token) > 0)
            {
            }
        }
        catch (Exception)
        {
            // Expected: the server reports the cancelled COPY.
        }
    }
}
