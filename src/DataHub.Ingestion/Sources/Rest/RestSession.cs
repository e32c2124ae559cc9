using System.Net;
using System.Net.Http.Headers;
using DataHub.Core.Errors;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>
/// Connections to one API for a single call of the adapter: signs in, follows redirects as far as they may lead, keeps the times. Nothing
/// but GET is sent, except to the token endpoint.
/// </summary>
internal sealed class RestSession : IDisposable
{
    private const int MostRedirects = 5;

    private readonly SourceNetworkPolicy network;
    private readonly HttpClient client;
    private readonly RestCredential credential;

    public RestSession(SourceSettings source, SourceNetworkPolicy network, TimeProvider time)
    {
        var check = new SettingsCheck(source);
        Options = RestSourceOptions.Read(source, check);
        check.ThrowIfAny();
        this.network = network;
        Source = source.Id;
        Errors = new RestErrors(source, Options.Limits);
        Pacing = new RestPacing(source.Id, Options.Limits, time);
        credential = new RestCredential(source, Options, time);
        client = new HttpClient(RestNetwork.Handler(network, Options, reasons => Errors.RefusedCertificate = reasons))
        {
            // Each wait has its own limit; a long answer that keeps coming is none.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("DataHub", "1.0"));
        client.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip, br");
        client.DefaultRequestHeaders.Accept.ParseAdd(Options.IsLines ? "application/x-ndjson, application/json;q=0.5" : "application/json");
    }

    public string Source { get; }

    public RestSourceOptions Options { get; }

    public RestErrors Errors { get; }

    public RestPacing Pacing { get; }

    /// <summary>Asks for an address until an answer is there that is no redirect; the caller disposes it, whatever its status.</summary>
    public async Task<HttpResponseMessage> GetAsync(Uri address, CancellationToken cancellation)
    {
        await Pacing.TurnAsync(cancellation);
        var answer = await FollowAsync(address, cancellation);
        if (answer.StatusCode == HttpStatusCode.Unauthorized && credential.CanRenew)
        {
            answer.Dispose();
            credential.Renew();
            answer = await FollowAsync(address, cancellation);
        }

        Pacing.Note(answer);
        return answer;
    }

    /// <summary>An address that the source itself gave, for its next page or a redirect; refused where it leads to a place nobody named.</summary>
    public Uri Allow(Uri from, string given)
    {
        if (!Uri.TryCreate(from, given, out var address) || address.UserInfo.Length > 0 || !Options.AllowsScheme(address)
            || (from.Scheme == Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttps)
            || !(IsHome(address) || Options.AlsoHosts.Contains(address.Host, StringComparer.OrdinalIgnoreCase)))
        {
            throw HubErrors.SourceRedirectDenied(Source).ToException();
        }

        return new UriBuilder(address) { Fragment = "" }.Uri;
    }

    public void Dispose() => client.Dispose();

    private async Task<HttpResponseMessage> FollowAsync(Uri address, CancellationToken cancellation)
    {
        for (var i = 0; i <= MostRedirects; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
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
                address = Allow(address, answer.Headers.Location?.OriginalString ?? "//");
            }
        }

        throw HubErrors.SourceRedirectDenied(Source).ToException();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(Options.Limits.ResponseSeconds));
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
    private bool IsHome(Uri address) => address.Scheme == Options.BaseUrl.Scheme && address.Port == Options.BaseUrl.Port
        && string.Equals(address.IdnHost, Options.BaseUrl.IdnHost, StringComparison.OrdinalIgnoreCase);
}
