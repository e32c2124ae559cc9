using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using DataHub.Ingestion.Sources.Files;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>
/// A file's content as UTF-8. What is in another encoding is transcoded piece by piece; what is not valid there becomes the byte 0xFF, which UTF-8 never
/// contains, so that the record it stands in is found broken and no other.
/// </summary>
internal sealed class CsvByteSource(FileInput input, CsvEncoding encoding) : IDisposable
{
    private const int HeadBytes = 64 << 10;

    private const byte Invalid = 0xFF;
    private readonly byte[] raw = encoding == CsvEncoding.Utf8 ? [] : new byte[64 << 10];
    private readonly CsvByteTable? table = encoding switch
    {
        CsvEncoding.Windows1258 => CsvByteTable.Windows1258,
        CsvEncoding.Tcvn => CsvByteTable.Tcvn,
        CsvEncoding.Viscii => CsvByteTable.Viscii,
        _ => null,
    };

    private Stream content = input.Open();
    private byte[] head = [];
    private int headRead;
    private int held;

    /// <summary>The first 64 KiB as they are, or all there is.</summary>
    public ReadOnlySpan<byte> Head => head;

    /// <summary>Passes over the first bytes of what was just begun.</summary>
    public void Pass(int count) => headRead = count;

    /// <summary>Begins, also once more, at a place in the head, counted in the file's own bytes.</summary>
    public async Task BeginAsync(int at, CancellationToken cancellation)
    {
        if (held > 0 || headRead > 0)
        {
            await content.DisposeAsync();
            content = input.Open();
        }

        head = new byte[HeadBytes];
        head = head[..await content.ReadAtLeastAsync(head, HeadBytes, throwOnEndOfStream: false, cancellation)];
        (headRead, held) = (at, 0);
    }

    /// <summary>Fills the beginning of <paramref name="into"/>; 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellation)
    {
        if (encoding == CsvEncoding.Utf8)
        {
            return await RawAsync(into, cancellation);
        }

        if (table is not null)
        {
            var some = await RawAsync(raw.AsMemory(0, Math.Min(raw.Length, into.Length / 3)), cancellation);
            return table.ToUtf8(raw.AsSpan(0, some), into.Span, Invalid);
        }

        while (true)
        {
            // Three bytes of UTF-8 for a code unit at most: never read more than is sure to fit.
            var room = Math.Min(raw.Length, into.Length / 3 * 2) & ~1;
            var read = await RawAsync(raw.AsMemory(held, room - held), cancellation);
            var filled = held + read;
            var written = Transcode(filled, read == 0, into.Span);
            if (written > 0 || read == 0)
            {
                return written;
            }
        }
    }

    public void Dispose() => content.Dispose();

    private ValueTask<int> RawAsync(Memory<byte> into, CancellationToken cancellation)
    {
        if (headRead == head.Length)
        {
            return content.ReadAsync(into, cancellation);
        }

        var some = head.AsMemory(headRead, Math.Min(into.Length, head.Length - headRead));
        some.CopyTo(into);
        headRead += some.Length;
        return new ValueTask<int>(some.Length);
    }

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
