using System.Buffers.Binary;
using Npgsql;

namespace DataHub.Storage.Copy;

/// <summary>Reads <c>COPY … TO STDOUT (FORMAT BINARY)</c> tuple by tuple out of one buffer, without an object a value.</summary>
internal sealed class CopyTupleReader(NpgsqlRawCopyStream stream) : IAsyncDisposable
{
    private const int HeaderLength = 19;

    private byte[] buffer = new byte[128 * 1024];
    private int start;
    private int end;
    private int next;
    private bool header;

    public static async Task<CopyTupleReader> BeginAsync(NpgsqlConnection connection, string copy, CancellationToken cancellation) =>
        new(await connection.BeginRawBinaryCopyAsync(copy, cancellation));

    /// <summary>Fields of the current tuple, each from its length on; read them with <see cref="Next"/>.</summary>
    public int Fields { get; private set; }

    /// <summary>Brings the next whole tuple into the buffer; false at the end.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        // Fields that nobody asked for are passed over.
        start = next;
        if (!header)
        {
            await FillAsync(HeaderLength, cancellation);
            start += HeaderLength;
            header = true;
        }

        await FillAsync(2, cancellation);
        Fields = BinaryPrimitives.ReadInt16BigEndian(buffer.AsSpan(start));
        if (Fields < 0)
        {
            return false;
        }

        var offset = 2;
        for (var i = 0; i < Fields; i++)
        {
            await FillAsync(offset + 4, cancellation);
            offset += 4 + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(start + offset)));
        }

        await FillAsync(offset, cancellation);
        next = start + offset;
        start += 2;
        return true;
    }

    /// <summary>The next field of the tuple; false when it is null.</summary>
    public bool Next(out ReadOnlySpan<byte> value)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(start));
        start += 4;
        value = length < 0 ? default : buffer.AsSpan(start, length);
        start += Math.Max(0, length);
        return length >= 0;
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private ValueTask FillAsync(int needed, CancellationToken cancellation) =>
        end - start >= needed ? ValueTask.CompletedTask : FillSlowlyAsync(needed, cancellation);

    private async ValueTask FillSlowlyAsync(int needed, CancellationToken cancellation)
    {
        if (start + needed > buffer.Length)
        {
            var target = needed > buffer.Length ? new byte[Math.Max(needed, buffer.Length * 2)] : buffer;
            Buffer.BlockCopy(buffer, start, target, 0, end - start);
            buffer = target;
            end -= start;
            start = 0;
        }

        while (end - start < needed)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(end), cancellation);
            end += read > 0 ? read : throw new EndOfStreamException("COPY ended in the middle of a tuple");
        }
    }
}
