using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>
/// A file's content as UTF-8. What is in another encoding is transcoded piece by piece; what is not valid there becomes the byte 0xFF, which UTF-8 never
/// contains, so that the record it stands in is found broken and no other.
/// </summary>
internal sealed class CsvByteSource(SafeFileHandle file, CsvEncoding encoding) : IDisposable
{
    private const byte Invalid = 0xFF;
    private readonly byte[] raw = encoding == CsvEncoding.Utf8 ? [] : new byte[64 << 10];
    private readonly CsvByteTable? table = encoding switch
    {
        CsvEncoding.Windows1258 => CsvByteTable.Windows1258,
        CsvEncoding.Tcvn => CsvByteTable.Tcvn,
        CsvEncoding.Viscii => CsvByteTable.Viscii,
        _ => null,
    };

    private readonly long length = RandomAccess.GetLength(file);
    private readonly DateTime written = File.GetLastWriteTimeUtc(file);
    private long position;
    private int held;

    public long Length => length;

    public DateTimeOffset Written => new(written, TimeSpan.Zero);

    /// <summary>True when the file was written to since it was opened.</summary>
    public bool Changed => RandomAccess.GetLength(file) != length || File.GetLastWriteTimeUtc(file) != written;

    /// <summary>The first bytes as they are, without moving on.</summary>
    public async Task<byte[]> PeekAsync(int count, CancellationToken cancellation)
    {
        var head = new byte[count];
        return head[..await RandomAccess.ReadAsync(file, head, 0, cancellation)];
    }

    /// <summary>Goes to a place in the file, counted in its own bytes; what was held of a piece is dropped.</summary>
    public void Seek(int bytes) => (position, held) = (bytes, 0);

    /// <summary>Fills the beginning of <paramref name="into"/>; 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellation)
    {
        if (encoding == CsvEncoding.Utf8)
        {
            var read = await RandomAccess.ReadAsync(file, into, position, cancellation);
            position += read;
            return read;
        }

        if (table is not null)
        {
            var some = await RandomAccess.ReadAsync(file, raw.AsMemory(0, Math.Min(raw.Length, into.Length / 3)), position, cancellation);
            position += some;
            return table.ToUtf8(raw.AsSpan(0, some), into.Span, Invalid);
        }

        while (true)
        {
            // Three bytes of UTF-8 for a code unit at most: never read more than is sure to fit.
            var room = Math.Min(raw.Length, into.Length / 3 * 2) & ~1;
            var read = await RandomAccess.ReadAsync(file, raw.AsMemory(held, room - held), position, cancellation);
            position += read;
            var filled = held + read;
            var written = Transcode(filled, read == 0, into.Span);
            if (written > 0 || read == 0)
            {
                return written;
            }
        }
    }

    public void Dispose() => file.Dispose();

    private int Transcode(int filled, bool final, Span<byte> into)
    {
        var units = MemoryMarshal.Cast<byte, ushort>(raw.AsSpan(0, filled & ~1));
        if (encoding == CsvEncoding.Utf16BigEndian)
        {
            BinaryPrimitives.ReverseEndianness(units, units);
        }

        var text = MemoryMarshal.Cast<ushort, char>(units);
        var (used, written) = (0, 0);
        while (used < text.Length)
        {
            var status = Utf8.FromUtf16(
                text[used..], into[written..], out var read, out var made, replaceInvalidSequences: false, final);
            used += read;
            written += made;
            if (status == OperationStatus.NeedMoreData)
            {
                break;
            }

            if (status == OperationStatus.InvalidData)
            {
                into[written++] = Invalid;
                used++;
            }
        }

        var rest = raw.AsSpan(used * 2, filled - (used * 2));
        if (final && rest.Length > 0)
        {
            into[written++] = Invalid;
            rest = default;
        }
        else if (encoding == CsvEncoding.Utf16BigEndian && rest.Length >= 2)
        {
            // A high surrogate waits for its other half: back to the order in which the next piece comes.
            rest[..2].Reverse();
        }

        rest.CopyTo(raw);
        held = rest.Length;
        return written;
    }
}
