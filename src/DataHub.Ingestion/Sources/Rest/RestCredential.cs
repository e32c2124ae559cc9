using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using DataHub.Core.Errors;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>
/// Puts the source's credential on a request, and fetches the token of OAuth 2 client credentials where that is the way. The only place
/// that touches the secret; a token lives as long as its session.
/// </summary>
internal sealed class RestCredential(SourceSettings source, RestAccessOptions options, TimeProvider time)
{
    private const int LongestToken = 64 * 1024;

    // A token is not used in its last minute, nor a short-lived one in its last tenth.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private readonly RestAuthOptions auth = options.Auth;
    private string? token;
    private DateTimeOffset tokenEnds;

    /// <summary>True when another attempt with a new token makes sense after a 401.</summary>
    public bool CanRenew => auth.Kind == RestAuth.OAuth2;

    /// <summary>Throws away a token that the API refused.</summary>
    public void Renew() => token = null;

    /// <summary>Adds what the API wants to see; the address may be changed by it.</summary>
    /// <param name="request">To the base address's own scheme, host and port.</param>
    /// <param name="send">Sends a request to the token endpoint.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task ApplyAsync(
        HttpRequestMessage request, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send, CancellationToken cancellation)
    {
        switch (auth.Kind)
        {
            case RestAuth.ApiKeyHeader:
                request.Headers.TryAddWithoutValidation(auth.KeyName, Secret(isHeader: true));
                break;
            case RestAuth.ApiKeyQuery:
                request.RequestUri = WithKey(request.RequestUri!);
                break;
            case RestAuth.Basic:
                request.Headers.Authorization = Basic(source.Username ?? "", Secret(isHeader: false));
                break;
            case RestAuth.Bearer:
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Secret(isHeader: true));
                break;
            case RestAuth.OAuth2:
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(send, cancellation));
                break;
        }
    }

    private string Secret(bool isHeader) =>
        source.Password is { Length: > 0 } secret && !(isHeader && secret.Any(c => c is < '!' or > '~'))
            ? secret
            : throw HubErrors.SourceCredentialsRejected(source.Id).ToException();

    private static AuthenticationHeaderValue Basic(string user, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{secret}")));

    private Uri WithKey(Uri address)
    {
        // The server's own link to the next page may have it already.
        var name = Uri.EscapeDataString(auth.KeyName) + "=";
        var query = address.Query.TrimStart('?');
        return query.Split('&').Any(p => p.StartsWith(name, StringComparison.Ordinal))
            ? address
            : new UriBuilder(address) { Query = $"{query}{(query.Length > 0 ? "&" : "")}{name}{Uri.EscapeDataString(Secret(isHeader: false))}" }.Uri;
    }

    private async Task<string> TokenAsync(
        Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send, CancellationToken cancellation)
    {
        if (token is not null && time.GetUtcNow() < tokenEnds)
        {
            return token;
        }

        using var request = TokenRequest();
        using var answer = await send(request, cancellation);
        // The endpoint says 400 or 401 for a client that it does not know (RFC 6749 §5.2).
        if (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw HubErrors.SourceCredentialsRejected(source.Id).ToException();
        }

        if (answer.StatusCode != HttpStatusCode.OK)
        {
            var code = FormattableString.Invariant($"OAuth 2, HTTP {(int)answer.StatusCode}");
            var mayPass = answer.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
            throw (mayPass ? HubErrors.SourceBusy(source.Id, code) : HubErrors.SourceFailed(source.Id, code)).ToException();
        }

        await answer.Content.LoadIntoBufferAsync(LongestToken, cancellation);
        return Keep(await answer.Content.ReadAsByteArrayAsync(cancellation));
    }

    private HttpRequestMessage TokenRequest()
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials" };
        if (auth.Scope is { } scope)
        {
            form["scope"] = scope;
        }

        var (client, secret) = (source.Username ?? "", Secret(isHeader: false));
        if (auth.SecretInBody)
        {
            (form["client_id"], form["client_secret"]) = (client, secret);
        }

        var request = new HttpRequestMessage(HttpMethod.Post, auth.TokenUrl) { Content = new FormUrlEncodedContent(form) };
        // RFC 6749 §2.3.1: both are form-encoded before they are joined.
        request.Headers.Authorization = auth.SecretInBody ? null : Basic(Uri.EscapeDataString(client), Uri.EscapeDataString(secret));
        request.Headers.Accept.ParseAdd("application/json");
        return request;
    }

    private string Keep(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var given = json.RootElement.GetProperty("access_token").GetString();
            var seconds = json.RootElement.TryGetProperty("expires_in", out var ends) && ends.TryGetInt32(out var number) ? number : 300;
            var life = TimeSpan.FromSeconds(Math.Max(seconds, 0));
            tokenEnds = time.GetUtcNow() + life - TimeSpan.FromTicks(Math.Min(Margin.Ticks, life.Ticks / 10));
            return token = given is { Length: > 0 } && !given.Any(c => c is < '!' or > '~') ? given : throw new JsonException();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Without the cause: its text may show what was sent.
            throw HubErrors.SourceProtocolUnexpected(source.Id, "OAuth 2").ToException();
        }
    }
}
