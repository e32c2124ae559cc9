using System.Net;
using System.Net.Http.Headers;
using DataHub.Core.Errors;
using DataHub.Ingestion.Sources.Rest;
using Microsoft.Win32.SafeHandles;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>
/// One file on its way into a spool. What broke off goes on where it stood only under the condition that the file is still the same; a server that
/// cannot promise it, or whose file is another one by then, is asked for all of it again, so that two contents never meet in one file.
/// </summary>
internal sealed class HttpDownload(HttpSession session, RestLimits waits, FileSourceOptions limits, string name, Uri address)
{
    private const int Piece = 256 << 10, LookedAt = 1024, MostAttempts = 100;

    private readonly SafeFileHandle spool = Spool.Create();
    private HttpFileVersion version = new(null, null, null);
    private DateTimeOffset? written;
    private bool isHtml;
    private long at;

    public async Task<TakenFile> RunAsync(CancellationToken cancellation)
    {
        try
        {
            await BringAsync(cancellation);
            RefuseWebPage();
            return new TakenFile(session.Source, name, spool, written) { Stamp = version.Stamp(address) };
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    /// <summary>Attempts that brought something on do not count towards the source's <c>retries</c>.</summary>
    private async Task BringAsync(CancellationToken cancellation)
    {
        var (furthest, inVain) = (0L, 0);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await AttemptAsync(cancellation);
                return;
            }
            catch (HubErrorException e) when (e.Error.IsTransient && attempt < MostAttempts)
            {
                (furthest, inVain) = at > furthest ? (at, 0) : (furthest, inVain + 1);
                if (inVain > waits.Retries)
                {
                    throw;
                }

                await session.Pacing.PauseAsync(e.Error, inVain + 1, cancellation);
            }
        }
    }

    private async Task AttemptAsync(CancellationToken cancellation)
    {
        using var answer = await session.AskAsync(Request, cancellation);
        switch (answer.StatusCode)
        {
            case HttpStatusCode.OK:
                Begin(answer);
                break;
            case HttpStatusCode.PartialContent when at > 0 && answer.Content.Headers.ContentRange?.From == at
                && HttpFileVersion.Of(answer).MayBe(version):
                break;
            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable:
                Forget();
                throw HubErrors.SourceChangedWhileReading(session.Source, name).ToException();
            case HttpStatusCode.NotFound or HttpStatusCode.Gone:
                throw HubErrors.SourceFileMissing(session.Source, name).ToException();
            default:
                throw session.Errors.Of(answer.StatusCode, name, isFirst: false, session.Pacing.RetryAfter(answer)).ToException();
        }

        RefuseEncoded(answer);
        await CopyAsync(answer, cancellation);
    }

    private HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.AcceptEncoding.ParseAdd("identity");
        if (at > 0 && version.Condition is { } condition)
        {
            (request.Headers.Range, request.Headers.IfRange) = (new RangeHeaderValue(at, null), condition);
        }

        return request;
    }

    /// <summary>All of the file comes, whatever came before.</summary>
    private void Begin(HttpResponseMessage answer)
    {
        Forget();
        version = HttpFileVersion.Of(answer);
        written = answer.Content.Headers.LastModified ?? answer.Headers.Date;
        isHtml = answer.Content.Headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml";
        // An answer that only ends with its connection does not tell its end from a connection that broke.
        if (version.Length is null && answer.Headers.TransferEncodingChunked != true && answer.Version.Major < 2)
        {
            throw HubErrors.SourceProtocolUnexpected(session.Source, "HTTP (Content-Length)").ToException();
        }

        RefuseLarge(version.Length ?? 0);
    }

    private void Forget()
    {
        RandomAccess.SetLength(spool, at = 0);
        version = new HttpFileVersion(null, null, null);
    }

    private async Task CopyAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
            var buffer = new byte[Piece];
            for (int read; (read = await ReadAsync(body, buffer, cancellation)) > 0;)
            {
                RefuseLarge(at + read);
                await RandomAccess.WriteAsync(spool, buffer.AsMemory(0, read), at, cancellation);
                at += read;
            }
        }
        catch (Exception e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw session.Errors.WhileReading(e);
        }

        if (version.Length is { } all && at != all)
        {
            throw HubErrors.SourceConnectionLost(session.Source).ToException();
        }
    }

    private async Task<int> ReadAsync(Stream body, byte[] buffer, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(waits.SilenceSeconds));
        return await body.ReadAsync(buffer, limit.Token);
    }

    private void RefuseLarge(long bytes)
    {
        if (bytes > limits.MaxFetchedBytes)
        {
            throw HubErrors.SourceFileTooLarge(session.Source, name, limits.MaxFetchedBytes >> 20).ToException();
        }
    }

    /// <summary>A part of an encoded answer is no part of the file. Servers also say so of files that are packed as such.</summary>
    private void RefuseEncoded(HttpResponseMessage answer)
    {
        var isPacked = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        if (answer.Content.Headers.ContentEncoding.Any(e => e != "identity" && !(isPacked && e is "gzip" or "x-gzip")))
        {
            throw HubErrors.SourceProtocolUnexpected(session.Source, "HTTP (Content-Encoding)").ToException();
        }
    }

    private void RefuseWebPage()
    {
        Span<byte> buffer = stackalloc byte[LookedAt];
        var start = System.Text.Encoding.UTF8.GetString(buffer[..RandomAccess.Read(spool, buffer, 0)]).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
            || (isHtml && start.StartsWith('<')))
        {
            throw HubErrors.SourceFileIsWebPage(session.Source, name).ToException();
        }
    }
}
