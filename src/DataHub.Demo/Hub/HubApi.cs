using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace DataHub.Demo.Hub;

/// <summary>
/// The hub's HTTP API as an ordinary client calls it. Every path and body that the demo relies on stands in this file.
/// </summary>
internal sealed class HubApi(HttpClient http) : IDisposable
{
    private const string Base = "api/v1/";
    private string? token;

    internal static HubApi At(Uri hub)
    {
        var root = new Uri(hub.AbsoluteUri.TrimEnd('/') + "/");
        var http = new HttpClient { BaseAddress = root, Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("vi");
        return new HubApi(http);
    }

    internal async Task SignInAsync(string clientId, string secret, string scope, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = clientId,
            ["client_secret"] = secret,
            ["scope"] = scope,
        });
        var answer = await SendAsync(HttpMethod.Post, "connect/token", form, null, cancellation);
        token = answer.Require("access_token").GetValue<string>();
    }

    /// <summary>False when it was there already.</summary>
    internal Task<bool> AddAgencyAsync(
        (string Code, string Name, string NameEn, string Contact) agency, CancellationToken cancellation) =>
        AddAsync("agencies", new JsonObject
        {
            ["code"] = agency.Code,
            ["name"] = agency.Name,
            ["nameEn"] = agency.NameEn,
            ["contact"] = agency.Contact,
        }, cancellation);

    internal async Task<bool> AddSourceAsync(SourceRegistration source, CancellationToken cancellation)
    {
        var settings = new JsonObject();
        foreach (var (name, value) in source.Settings)
        {
            settings[name] = value;
        }

        var body = new JsonObject
        {
            ["id"] = source.Id, ["kind"] = source.Kind, ["name"] = source.Name, ["settings"] = settings,
        };
        if (source.Username is not null)
        {
            body["username"] = source.Username;
            body["password"] = source.Password;
        }

        return await AddAsync("sources", body, cancellation);
    }

    internal Task ReplaceCredentialAsync(SourceRegistration source, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Put, $"{Base}sources/{source.Id}/credential",
            Json(new JsonObject { ["username"] = source.Username, ["password"] = source.Password }), null, cancellation);

    internal Task<HubAnswer> TestSourceAsync(string source, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, $"{Base}sources/{source}/test", null, null, cancellation);

    /// <summary>Registers a dataset by its contract; false when it was there already.</summary>
    internal async Task<bool> AddDatasetAsync(string contractYaml, CancellationToken cancellation)
    {
        var content = new StringContent(contractYaml, Encoding.UTF8, new MediaTypeHeaderValue("application/yaml", "utf-8"));
        var answer = await SendAsync(HttpMethod.Post, $"{Base}datasets", content, HttpStatusCode.Conflict, cancellation);
        return CreatedOrThere(answer);
    }

    /// <summary>Starts a full run; while another is under way, the address of that one, not started.</summary>
    internal async Task<(bool Started, string Run)> StartRunAsync(
        string dataset, CancellationToken cancellation, string mode = "full")
    {
        var answer = await SendAsync(HttpMethod.Post, $"{Base}datasets/{dataset}/runs",
            Json(new JsonObject { ["mode"] = mode }), HttpStatusCode.Conflict, cancellation);
        if (answer.Status == HttpStatusCode.Conflict && answer.Code != "run_in_progress")
        {
            throw answer.ToException();
        }

        var location = answer.Location ?? throw new DemoException(
            $"{answer.Request}: câu trả lời thiếu Location.", "The answer has no Location header.");
        return (answer.Status != HttpStatusCode.Conflict, location.Split('/')[^1]);
    }

    internal Task<HubAnswer> RunAsync(string run, CancellationToken cancellation) => GetAsync($"runs/{run}", cancellation);

    internal Task<HubAnswer> QuarantineAsync(string run, CancellationToken cancellation) =>
        GetAsync($"runs/{run}/quarantine", cancellation);

    internal Task<HubAnswer> VersionsAsync(string dataset, CancellationToken cancellation) =>
        GetAsync($"datasets/{dataset}/versions", cancellation);

    /// <summary>Makes the client, or a new secret for one that exists, and returns the secret.</summary>
    internal async Task<string> ClientSecretAsync(
        string clientId, string agency, string name, CancellationToken cancellation)
    {
        var body = new JsonObject
        {
            ["clientId"] = clientId, ["agencyCode"] = agency, ["name"] = name, ["scopes"] = new JsonArray("datahub.read"),
        };
        var answer = await SendAsync(HttpMethod.Post, $"{Base}clients", Json(body), HttpStatusCode.Conflict, cancellation);
        if (!CreatedOrThere(answer))
        {
            answer = await SendAsync(HttpMethod.Post, $"{Base}clients/{clientId}/secret", null, null, cancellation);
        }

        return answer.Require("secret").GetValue<string>();
    }

    internal Task<bool> AddAgreementAsync(AgreementRequest agreement, CancellationToken cancellation) =>
        AddAsync("agreements", new JsonObject
        {
            ["recipient"] = agreement.Recipient,
            ["dataset"] = agreement.Dataset,
            ["purpose"] = agreement.Purpose,
            ["columns"] = new JsonArray([.. agreement.Columns.Select(column => (JsonNode)column)]),
            ["from"] = Instant(agreement.From),
            ["until"] = Instant(agreement.Until),
        }, cancellation);

    /// <summary>Whether the recipient already has an agreement in force for the dataset.</summary>
    internal async Task<bool> HasAgreementAsync(AgreementRequest wanted, CancellationToken cancellation)
    {
        var answer = await GetAsync("agreements", cancellation);
        var now = DateTimeOffset.UtcNow;
        return answer.Values().Any(agreement =>
            agreement.Text("recipient") == wanted.Recipient && agreement.Text("dataset") == wanted.Dataset
            && agreement.Text("purpose") == wanted.Purpose && agreement.Text("endedAt") is null
            && DateTimeOffset.TryParse(agreement.Text("until"), System.Globalization.CultureInfo.InvariantCulture, out var until) && until > now);
    }

    /// <summary>A first page of the newest version, read for a stated purpose.</summary>
    internal Task<HubAnswer> RecordsAsync(string dataset, int limit, string purpose, CancellationToken cancellation) =>
        GetAsync($"datasets/{dataset}/versions/latest/records?limit={limit}", cancellation, purpose);

    public void Dispose() => http.Dispose();

    private Task<HubAnswer> GetAsync(string path, CancellationToken cancellation, string? purpose = null) =>
        SendAsync(HttpMethod.Get, Base + path, null, null, cancellation, purpose);

    private async Task<bool> AddAsync(string collection, JsonObject body, CancellationToken cancellation) =>
        CreatedOrThere(await SendAsync(
            HttpMethod.Post, Base + collection, Json(body), HttpStatusCode.Conflict, cancellation));

    // source_exists, dataset_exists, …: what a second start of the demo meets. Any other conflict is a failure.
    private static bool CreatedOrThere(HubAnswer answer) => answer.Status != HttpStatusCode.Conflict
        || (answer.Code?.EndsWith("_exists", StringComparison.Ordinal) == true ? false : throw answer.ToException());

    private static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString(
        "yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    private static StringContent Json(JsonObject body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");

    private async Task<HubAnswer> SendAsync(HttpMethod method, string path, HttpContent? content,
        HttpStatusCode? expected, CancellationToken cancellation, string? purpose = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (purpose is not null)
        {
            request.Headers.Add("Data-Purpose", purpose);
        }

        using var response = await http.SendAsync(request, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        var answer = new HubAnswer($"{method} /{path}", response.StatusCode, response.Headers.Location?.OriginalString, text);
        return response.IsSuccessStatusCode || response.StatusCode == expected ? answer : throw answer.ToException();
    }
}

/// <summary>A source to register.</summary>
internal sealed record SourceRegistration(string Id, string Kind, string Name, IReadOnlyDictionary<string, string> Settings)
{
    internal string? Username { get; init; }

    internal string? Password { get; init; }

    /// <summary>Names the account, never its secret.</summary>
    public override string ToString() => $"{Kind} source {Id} ({Username ?? "no account"})";
}

/// <summary>What a recipient may read, why and until when.</summary>
internal sealed record AgreementRequest(string Recipient, string Dataset, string Purpose, IReadOnlyList<string> Columns)
{
    internal DateTimeOffset From { get; init; }

    internal DateTimeOffset Until { get; init; }
}
