using System.IO.Compression;
using System.IO.Hashing;
using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>
/// What comes out of an archive, counted while it comes: an archive that unpacks to more than is allowed ends in an error before more of it is
/// made, and a damaged or cut one never ends as if it were whole.
/// </summary>
internal sealed class UnpackedStream(Stream inner, ArchivedFile file, FileSourceOptions limits, IDisposable? archive = null) : ReadOnlyStream
{
    // Small texts repeat themselves more than a thousand times in all honesty.
    private const long RatioFrom = 16 << 20;

    private readonly Crc32 crc = new();
    private long made;

    public override long Position
    {
        get => made;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Took(buffer[..inner.Read(buffer)], buffer.Length);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(e);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            return Took(buffer.Span[..read], buffer.Length);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            archive?.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Took(ReadOnlySpan<byte> some, int room)
    {
        made += some.Length;
        if (made > limits.MaxUnpackedBytes || (made > RatioFrom && made / Math.Max(1, file.Packed) > limits.MaxUnpackedRatio))
        {
            throw HubErrors.SourceArchiveExplodes(
                file.Source, file.Name, limits.MaxUnpackedBytes >> 20, limits.MaxUnpackedRatio).ToException();
        }

        if (file.Checksum is { } expected)
        {
            // The library checks neither of an entry: what is missing or altered would pass for what was sent.
            crc.Append(some);
            if (made > file.Unpacked || (some.IsEmpty && room > 0 && (made != file.Unpacked || crc.GetCurrentHashAsUInt32() != expected)))
            {
                throw Damaged(null);
            }
        }

        return some.Length;
    }

    private HubErrorException Damaged(Exception? e) => HubErrors.SourceArchiveDamaged(file.Source, file.Name).ToException(e);
}

/// <summary>A packed file, as its archive describes it.</summary>
/// <param name="Packed">Bytes in the archive.</param>
/// <param name="Unpacked">Bytes that are said to come out; 0 where the archive does not say.</param>
/// <param name="Checksum">CRC-32 that they are said to have, or null where the unpacking checks it itself (gzip).</param>
internal sealed record ArchivedFile(string Source, string Name, long Packed, long Unpacked, uint? Checksum);
