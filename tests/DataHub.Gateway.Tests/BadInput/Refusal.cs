using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using DataHub.TestKit;
using Npgsql;

namespace DataHub.Gateway.Tests.BadInput;

/// <summary>A hub with a worker, a sector's database that is registered as <c>sector</c>, and the administrator.</summary>
public sealed class SectorHub : IAsyncLifetime
{
    public HubServer Server { get; private set; } = null!;

    public TestDatabase Sector { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await HubServer.StartAsync();
        Sector = await TestDatabase.CreateEmptyAsync();
        Admin = await Server.AdminClientAsync();
        await Admin.AddPostgresAsync("sector", Sector.Name);
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Server.DisposeAsync();
        await Sector.DisposeAsync();
    }

    /// <summary>Number of published versions.</summary>
    public Task<long> VersionsAsync() => Server.Database.ScalarAsync<long>("SELECT count(*) FROM hub.versions");
}

/// <summary>A refused call, asked once in each language, and what every refusal must have.</summary>
internal sealed partial record Refusal(JsonElement Vi, JsonElement En)
{
    public static Task<Refusal> OfGetAsync(HttpClient client, string path, HttpStatusCode status, string code) =>
        OfAsync(client, () => new HttpRequestMessage(HttpMethod.Get, HubCalls.Api + path), status, code);

    public static Task<Refusal> OfPostAsync(HttpClient client, string path, object body, HttpStatusCode status, string code) =>
        OfAsync(client, () => new HttpRequestMessage(HttpMethod.Post, HubCalls.Api + path) { Content = System.Net.Http.Json.JsonContent.Create(body) },
            status, code);

    public static async Task<Refusal> OfAsync(HttpClient client, Func<HttpRequestMessage> request, HttpStatusCode status, string code)
    {
        var refusal = new Refusal(await AskAsync(client, request(), "vi", status, code), await AskAsync(client, request(), "en", status, code));
        foreach (var member in new[] { "title", "detail", "hint" })
        {
            var (vi, en) = (refusal.Vi.GetProperty(member).GetString(), refusal.En.GetProperty(member).GetString());
            Assert.False(string.IsNullOrWhiteSpace(vi) || string.IsNullOrWhiteSpace(en), refusal.En.GetRawText());
            Assert.NotEqual(vi, en);
            Assert.Matches(Vietnamese(), vi!);
        }

        return refusal;
    }

    /// <summary>The error of a run that failed, in both languages.</summary>
    public static async Task<Refusal> OfRunAsync(HttpClient admin, long run, string code)
    {
        var end = await admin.EndAsync(run);
        Assert.True(end.State() == "failed", end.GetRawText());
        var errors = new List<JsonElement>();
        foreach (var language in new[] { "vi", "en" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{HubCalls.Api}runs/{run}") { Headers = { { "Accept-Language", language } } };
            var view = await HubCalls.ReadAsync(await admin.SendAsync(request), HttpStatusCode.OK);
            Scan(view.GetRawText());
            Assert.Equal(JsonValueKind.Null, view.GetProperty("version").ValueKind);
            errors.Add(view.GetProperty("error"));
            Assert.Equal(code, errors[^1].GetProperty("code").GetString());
            Assert.False(string.IsNullOrWhiteSpace(errors[^1].GetProperty("detail").GetString()));
            Assert.False(string.IsNullOrWhiteSpace(errors[^1].GetProperty("hint").GetString()));
        }

        Assert.NotEqual(errors[0].GetProperty("detail").GetString(), errors[1].GetProperty("detail").GetString());
        return new Refusal(errors[0], errors[1]);
    }

    public string Detail => En.GetProperty("detail").GetString()!;

    /// <summary>Pointers or parameters of the single problems with their codes: <c>/schema/0 column_name_invalid</c>.</summary>
    public IReadOnlyList<string> Errors =>
    [
        .. En.GetProperty("errors").EnumerateArray().Select(e =>
            $"{(e.TryGetProperty("pointer", out var p) ? p.GetString() : e.TryGetProperty("parameter", out var q) ? q.GetString() : "")} "
            + e.GetProperty("code").GetString()),
    ];

    /// <summary>No answer shows how the hub or a source works inside.</summary>
    public static void Scan(string body)
    {
        Assert.DoesNotMatch(Inside(), body);
        Assert.DoesNotContain(new NpgsqlConnectionStringBuilder(TestDatabase.Server).Host!, body, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> AskAsync(HttpClient client, HttpRequestMessage request, string language, HttpStatusCode status, string code)
    {
        request.Headers.Add("Accept-Language", language);
        using var answer = await client.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{request.RequestUri}: {(int)answer.StatusCode} {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(language, answer.Content.Headers.ContentLanguage.Single());
        Assert.True(answer.Headers.CacheControl?.NoStore);
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.True(problem.GetProperty("code").GetString() == code, body);
        Assert.Equal("urn:datahub:error:" + code, problem.GetProperty("type").GetString());
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.Matches("^(client|hub|source)$", problem.GetProperty("origin").GetString());
        Assert.NotEqual("", problem.GetProperty("traceId").GetString());
        Scan(body);
        return problem;
    }

    [GeneratedRegex(@"\b(select|insert|update|delete)\b[^""]*\b(from|into|set)\s|Npgsql|Exception|   at |\.cs:|hub\.runs|store\.d\d|work\.|Password=|s3cret", RegexOptions.IgnoreCase)]
    private static partial Regex Inside();

    [GeneratedRegex("[àáảãạăắằẳẵặâấầẩẫậèéẻẽẹêếềểễệìíỉĩịòóỏõọôốồổỗộơớờởỡợùúủũụưứừửữựỳýỷỹỵđ]", RegexOptions.IgnoreCase)]
    private static partial Regex Vietnamese();
}
