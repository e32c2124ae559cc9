using System.Buffers.Binary;
using Npgsql;

namespace DataHub.Storage.Copy;

/// <summary>Reads <c>COPY … TO STDOUT (FORMAT BINARY)</c> tuple by tuple out of one buffer, without an object a value.</summary>
internal sealed class CopyTupleReader(NpgsqlRawCopyStream stream) : IAsyncDisposable
{
    private const int HeaderLength = 19;

    /// <summary>Least room for one reading; a server sends a tuple at a time.</summary>
    private const int LeastRoom = 16 * 1024;

    private byte[] buffer = new byte[128 * 1024];
    private int[] offsets = [];
    private int[] lengths = [];
    private int start;
    private int end;
    private int field;
    private bool header;

    public static async Task<CopyTupleReader> BeginAsync(NpgsqlConnection connection, string copy, CancellationToken cancellation) =>
        new(await connection.BeginRawBinaryCopyAsync(copy, cancellation));

    /// <summary>Fields of the current tuple; read them in order with <see cref="Next"/>, or any with <see cref="Value"/>.</summary>
    public int Fields { get; private set; }

    /// <summary>Brings the next whole tuple into the buffer; false at the end.</summary>
    public ValueTask<bool> ReadAsync(CancellationToken cancellation) =>
        TryScan() ? ValueTask.FromResult(Fields >= 0) : ReadSlowlyAsync(cancellation);

    /// <summary>The next field of the tuple; false when it is null.</summary>
    public bool Next(out ReadOnlySpan<byte> value)
    {
        var known = !IsNull(field);
        value = known ? Value(field) : default;
        field++;
        return known;
    }

    public bool IsNull(int index) => lengths[index] < 0;

    /// <summary>Bytes of a field that is not null.</summary>
    public ReadOnlySpan<byte> Value(int index) => buffer.AsSpan(offsets[index], lengths[index]);

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    // True when a whole tuple, or the end, stands in the buffer; nothing is consumed before.
    private bool TryScan()
    {
        var at = start + (header ? 0 : HeaderLength);
        if (end - at < 2)
        {
            return false;
        }

        int fields = BinaryPrimitives.ReadInt16BigEndian(buffer.AsSpan(at));
        at += 2;
        if (fields > offsets.Length)
        {
            (offsets, lengths) = (new int[fields], new int[fields]);
        }

        for (var i = 0; i < fields; i++)
        {
            if (end - at < 4)
            {
                return false;
            }

            var length = BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(at));
            (offsets[i], lengths[i]) = (at + 4, length);
            at += 4 + Math.Max(0, length);
            if (at > end)
            {
                return false;
            }
        }

        (Fields, field, start, header) = (fields, 0, at, true);
        return true;
    }

    private async ValueTask<bool> ReadSlowlyAsync(CancellationToken cancellation)
    {
        do
        {
            MakeRoom();
            var read = await stream.ReadAsync(buffer.AsMemory(end), cancellation);
            end += read > 0 ? read : throw new EndOfStreamException("COPY ended in the middle of a tuple");
        }
        while (!TryScan());
        return Fields >= 0;
    }

    private void MakeRoom()
    {
        if (buffer.Length - end >= LeastRoom)
        {
            return;
        }

        // What is left of the last reading moves to the front; a tuple larger than the buffer makes it grow.
        var left = end - start;
        var target = left > buffer.Length / 2 ? new byte[buffer.Length * 2] : buffer;
        Buffer.BlockCopy(buffer, start, target, 0, left);
        (buffer, start, end) = (target, 0, left);
    }
}
