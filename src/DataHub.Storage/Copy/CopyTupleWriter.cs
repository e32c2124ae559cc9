using System.Buffers.Binary;
using System.Threading.Channels;
using Npgsql;

namespace DataHub.Storage.Copy;

/// <summary>
/// Streams ready-made binary tuples into COPY. The caller encodes into a buffer while a second task sends the previous ones: Npgsql's importer, value by
/// value, was the bottleneck (157 against 240 thousand rows a second).
/// </summary>
internal sealed class CopyTupleWriter : IAsyncDisposable
{
    private const int BufferSize = 256 * 1024;
    private const int BuffersInFlight = 4;

    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly NpgsqlRawCopyStream stream;
    private readonly Channel<ArraySegment<byte>> full = Channel.CreateBounded<ArraySegment<byte>>(BuffersInFlight);
    private readonly Channel<byte[]> empty = Channel.CreateUnbounded<byte[]>();
    private readonly Task sending;
    private byte[] buffer = new byte[BufferSize + (BufferSize / 4)];
    private int length;
    private bool completed;

    private CopyTupleWriter(NpgsqlRawCopyStream stream, CancellationToken cancellation)
    {
        this.stream = stream;
        Header.CopyTo(Reserve(Header.Length));
        for (var i = 0; i < BuffersInFlight; i++)
        {
            empty.Writer.TryWrite(new byte[buffer.Length]);
        }

        sending = Task.Run(() => SendAsync(cancellation), cancellation);
    }

    /// <summary>Begins <c>COPY … FROM STDIN (FORMAT BINARY)</c> on a connection that this writer alone uses until it is disposed.</summary>
    public static async Task<CopyTupleWriter> BeginAsync(NpgsqlConnection connection, string copy, CancellationToken cancellation) =>
        new(await connection.BeginRawBinaryCopyAsync(copy, cancellation), cancellation);

    /// <summary>Tuples written so far.</summary>
    public long Tuples { get; private set; }

    /// <summary>Begins a tuple of <paramref name="fields"/> fields.</summary>
    public void BeginTuple(int fields)
    {
        Tuples++;
        BinaryPrimitives.WriteInt16BigEndian(Reserve(2), (short)fields);
    }

    /// <summary>Fields that are encoded already, with their lengths.</summary>
    public void Raw(ReadOnlySpan<byte> fields) => fields.CopyTo(Reserve(fields.Length));

    public void Null() => BinaryPrimitives.WriteInt32BigEndian(Reserve(4), -1);

    public void Int64(long value)
    {
        var room = Reserve(12);
        BinaryPrimitives.WriteInt32BigEndian(room, 8);
        BinaryPrimitives.WriteInt64BigEndian(room[4..], value);
    }

    public void Int32(int value)
    {
        var room = Reserve(8);
        BinaryPrimitives.WriteInt32BigEndian(room, 4);
        BinaryPrimitives.WriteInt32BigEndian(room[4..], value);
    }

    public void Byte(byte value)
    {
        var room = Reserve(5);
        BinaryPrimitives.WriteInt32BigEndian(room, 1);
        room[4] = value;
    }

    public void Uuid(UInt128 value)
    {
        var room = Reserve(20);
        BinaryPrimitives.WriteInt32BigEndian(room, 16);
        BinaryPrimitives.WriteUInt128BigEndian(room[4..], value);
    }

    /// <summary>Hands a full buffer to the sender; call it between tuples. Waits while the server is behind.</summary>
    public ValueTask FlushAsync(CancellationToken cancellation) => length < BufferSize ? ValueTask.CompletedTask : HandOverAsync(cancellation);

    /// <summary>Ends the COPY; the server has then taken every tuple.</summary>
    public async Task CompleteAsync(CancellationToken cancellation)
    {
        BinaryPrimitives.WriteInt16BigEndian(Reserve(2), -1);
        await HandOverAsync(cancellation);
        full.Writer.Complete();
        await sending;
        await stream.DisposeAsync();
        completed = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (completed)
        {
            return;
        }

        // Given up: the COPY is cancelled, so that nothing of it stays.
        full.Writer.TryComplete();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await stream.CancelAsync();
        }
        catch (Exception e) when (e is NpgsqlException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection died with the COPY: the server has dropped it already.
        }
    }

    private async ValueTask HandOverAsync(CancellationToken cancellation)
    {
        if (sending.IsFaulted)
        {
            await sending;
        }

        try
        {
            await full.Writer.WriteAsync(new ArraySegment<byte>(buffer, 0, length), cancellation);
            buffer = await empty.Reader.ReadAsync(cancellation);
            length = 0;
        }
        catch (ChannelClosedException)
        {
            // The sender closed them with its own error, which is the one to show.
            await sending;
            throw;
        }
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var segment in full.Reader.ReadAllAsync(cancellation))
            {
                await stream.WriteAsync(segment.Array!.AsMemory(segment.Offset, segment.Count), cancellation);
                empty.Writer.TryWrite(segment.Array!);
            }
        }
        catch (Exception e)
        {
            full.Writer.TryComplete(e);
            empty.Writer.TryComplete(e);
            throw;
        }
    }

    private Span<byte> Reserve(int size)
    {
        if (length + size > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(length + size, buffer.Length * 2));
        }

        var room = buffer.AsSpan(length, size);
        length += size;
        return room;
    }
}
