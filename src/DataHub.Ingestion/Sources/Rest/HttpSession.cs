using System.Net;
using System.Net.Http.Headers;
using DataHub.Core.Errors;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>
/// Connections to one web server for a single call of the adapter: signs in, follows redirects as far as they may lead, keeps the times. Nothing
/// but GET and HEAD is sent, except to the token endpoint.
/// </summary>
internal class HttpSession : IDisposable
{
    private const int MostRedirects = 5;

    private readonly SourceNetworkPolicy network;
    private readonly HttpClient client;
    private readonly RestCredential credential;

    private readonly RestAccessOptions access;

    public HttpSession(SourceSettings source, RestAccessOptions access, SourceNetworkPolicy network, TimeProvider time)
    {
        (this.access, this.network) = (access, network);
        Source = source.Id;
        Errors = new RestErrors(source, access.Limits);
        Pacing = new RestPacing(source.Id, access.Limits, time);
        credential = new RestCredential(source, access, time);
        client = new HttpClient(RestNetwork.Handler(network, access, reasons => Errors.RefusedCertificate = reasons))
        {
            // Each wait has its own limit; a long answer that keeps coming is none.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("DataHub", "1.0"));
    }

    public string Source { get; }

    public RestErrors Errors { get; }

    public RestPacing Pacing { get; }

    /// <summary>What every request of the session asks for.</summary>
    protected HttpRequestHeaders Defaults => client.DefaultRequestHeaders;

    /// <summary>Asks for an address until an answer is there that is no redirect; the caller disposes it, whatever its status.</summary>
    public Task<HttpResponseMessage> GetAsync(Uri address, CancellationToken cancellation) =>
        AskAsync(() => new HttpRequestMessage(HttpMethod.Get, address), cancellation);

    /// <summary>The same for a request with headers of its own; it is made anew for every step.</summary>
    public async Task<HttpResponseMessage> AskAsync(Func<HttpRequestMessage> make, CancellationToken cancellation)
    {
        await Pacing.TurnAsync(cancellation);
        var answer = await FollowAsync(make, cancellation);
        if (answer.StatusCode == HttpStatusCode.Unauthorized && credential.CanRenew)
        {
            answer.Dispose();
            credential.Renew();
            answer = await FollowAsync(make, cancellation);
        }

        Pacing.Note(answer);
        return answer;
    }

    /// <summary>An address that the source itself gave, for its next page or a redirect; refused where it leads to a place nobody named.</summary>
    public Uri Allow(Uri from, string given)
    {
        if (!Uri.TryCreate(from, given, out var address) || address.UserInfo.Length > 0 || !access.AllowsScheme(address)
            || (from.Scheme == Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttps)
            || !(IsHome(address) || access.AlsoHosts.Contains(address.Host, StringComparer.OrdinalIgnoreCase)))
        {
            throw HubErrors.SourceRedirectDenied(Source).ToException();
        }

        return new UriBuilder(address) { Fragment = "" }.Uri;
    }

    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<HttpResponseMessage> FollowAsync(Func<HttpRequestMessage> make, CancellationToken cancellation)
    {
        Uri? moved = null;
        for (var i = 0; i <= MostRedirects; i++)
        {
            using var request = make();
            var address = request.RequestUri = moved ?? request.RequestUri!;
            if (IsHome(address))
            {
                await credential.ApplyAsync(request, SendAsync, cancellation);
            }

            var answer = await SendAsync(request, cancellation);
            if ((int)answer.StatusCode is not (301 or 302 or 303 or 307 or 308))
            {
                return answer;
            }

            using (answer)
            {
                moved = Allow(address, answer.Headers.Location?.OriginalString ?? "//");
            }
        }

        throw HubErrors.SourceRedirectDenied(Source).ToException();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(access.Limits.ResponseSeconds));
        try
        {
            // The handler looks again at the moment of connecting; here a denied address and an unknown name are told apart.
            await network.ResolveAsync(Source, request.RequestUri!.IdnHost, limit.Token);
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        }
        catch (Exception e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw Errors.WhileAsking(e);
        }
    }

    /// <summary>The base address's own scheme, host and port: the only place that gets the credential.</summary>
    private bool IsHome(Uri address) => address.Scheme == access.BaseUrl.Scheme && address.Port == access.BaseUrl.Port
        && string.Equals(address.IdnHost, access.BaseUrl.IdnHost, StringComparison.OrdinalIgnoreCase);
}
