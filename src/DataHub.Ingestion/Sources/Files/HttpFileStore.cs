using System.Net;
using System.Net.Http.Headers;
using DataHub.Core.Errors;
using DataHub.Ingestion.Sources.Rest;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>Files of a web server, at the addresses that the source declares. Each is brought into a spool of bounded size before it is read.</summary>
internal sealed class HttpFileStore(HttpSession session, FilePlaceOptions place, FileSourceOptions limits) : IFileStore
{
    public string Source => session.Source;

    public FileSourceOptions Limits => limits;

    public Task<IReadOnlyList<FoundFile>> FindAsync(FileTarget target, CancellationToken cancellation)
    {
        var found = Found(f => FileTarget.MatchesPath(target.Path, f));
        return found.Count > 0 ? Task.FromResult(found) : throw HubErrors.SourceFileMissing(Source, target.Text).ToException();
    }

    /// <summary>
    /// All that are declared: whoever names a file means it, whatever it ends in. The first one stands for the server: it is asked for a byte.
    /// </summary>
    public async Task<IReadOnlyList<FoundFile>> ListAsync(IReadOnlyCollection<string> extensions, CancellationToken cancellation)
    {
        var first = place.Files[0];
        using var answer = await session.AskAsync(() => new HttpRequestMessage(HttpMethod.Get, Address(first))
        {
            Headers = { Range = new RangeHeaderValue(0, 0) },
        }, cancellation);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            throw HubErrors.SourceFileMissing(Source, first).ToException();
        }

        // 416: the file is there and empty.
        return answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable
            ? Found(_ => true)
            : throw session.Errors.Of(answer.StatusCode, first, isFirst: false, session.Pacing.RetryAfter(answer)).ToException();
    }

    public async Task<string?> StampAsync(string name, CancellationToken cancellation)
    {
        try
        {
            var address = Address(name);
            using var answer = await session.AskAsync(() => new HttpRequestMessage(HttpMethod.Head, address), cancellation);
            return answer.StatusCode == HttpStatusCode.OK ? HttpFileVersion.Of(answer).Stamp(address) : null;
        }
        catch (HubErrorException)
        {
            // The download that follows says why, or shows that only HEAD is not to be had.
            return null;
        }
    }

    public Task<TakenFile> TakeAsync(string name, CancellationToken cancellation) =>
        new HttpDownload(session, place.Access!.Limits, limits, name, Address(name)).RunAsync(cancellation);

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        return ValueTask.CompletedTask;
    }

    private IReadOnlyList<FoundFile> Found(Func<string, bool> isMeant) =>
        [.. place.Files.Where(isMeant).Order(StringComparer.Ordinal).Select(f => new FoundFile(f, DateTimeOffset.MinValue))];

    private Uri Address(string name)
    {
        var path = string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
        return new Uri($"{place.Access!.BaseUrl.AbsoluteUri.TrimEnd('/')}/{path}");
    }
}
