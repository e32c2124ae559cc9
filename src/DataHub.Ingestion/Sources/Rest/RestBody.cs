using System.IO.Compression;
using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>
/// The bytes of one answer: as they come from the wire with a limit on silence, decompressed with limits on size and growth. Read-only
/// and asynchronous, for one reader.
/// </summary>
internal sealed class RestBody : ReadOnlyStream
{
    // Real JSON grows up to some fifty times; deflate itself allows a thousand.
    private const int MostGrowth = 200;
    private const long GrowthFree = 16 << 20;

    private readonly Wire wire;
    private readonly Stream decoded;
    private readonly long mostBytes;
    private readonly Func<HubError> tooLarge;
    private long made;

    private RestBody(Wire wire, Stream decoded, long mostBytes, Func<HubError> tooLarge) =>
        (this.wire, this.decoded, this.mostBytes, this.tooLarge) = (wire, decoded, mostBytes, tooLarge);

    /// <summary>Null for a coding that the hub did not ask for.</summary>
    public static async Task<RestBody?> OpenAsync(
        HttpResponseMessage answer, RestLimits limits, Func<HubError> tooLarge, CancellationToken cancellation)
    {
        var wire = new Wire(await answer.Content.ReadAsStreamAsync(cancellation), TimeSpan.FromSeconds(limits.SilenceSeconds));
        Stream? decoded = answer.Content.Headers.ContentEncoding.Select(c => c.ToUpperInvariant()).Where(c => c != "IDENTITY").ToArray() switch
        {
            [] => wire,
            ["GZIP" or "X-GZIP"] => new GZipStream(wire, CompressionMode.Decompress),
            ["BR"] => new BrotliStream(wire, CompressionMode.Decompress),
            _ => null,
        };
        return decoded is null ? null : new RestBody(wire, decoded, limits.PageBytes, tooLarge);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await decoded.ReadAsync(buffer, cancellationToken);
        }
        catch (InvalidOperationException e) when (decoded is BrotliStream)
        {
            // What gzip calls by its name.
            throw new InvalidDataException("br", e);
        }

        made += read;
        return made > mostBytes || (made > GrowthFree && made / MostGrowth > wire.Count) ? throw tooLarge().ToException() : read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            decoded.Dispose();
            wire.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Counts what came, and gives up on a server that says nothing any more.</summary>
    private sealed class Wire(Stream inner, TimeSpan silence) : ReadOnlyStream
    {
        public long Count { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(silence);
            var read = await inner.ReadAsync(buffer, limit.Token);
            Count += read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
