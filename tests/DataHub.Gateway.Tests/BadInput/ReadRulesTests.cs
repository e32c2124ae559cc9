using System.Net;
using System.Text.Json;

namespace DataHub.Gateway.Tests.BadInput;

/// <summary>What every read promises: which version, how fresh, how long it may be kept, and pages of one version while others are published.</summary>
public sealed class ReadRulesTests(SectorHub hub) : IClassFixture<SectorHub>
{
    [Fact]
    public async Task Open_data_says_its_version_and_may_be_kept_at_a_fixed_reference()
    {
        await PublishAsync("open-rules", "open", "id int32 key", "n int64", "d decimal(12,2)");
        using var reader = hub.Server.CreateClient();
        const string Versions = HubCalls.Api + "datasets/open-rules/versions/";
        using var latest = await reader.GetAsync(Versions + "latest/records?limit=1");
        using var one = await reader.GetAsync(Versions + "1/records?limit=1");

        foreach (var answer in new[] { latest, one })
        {
            Assert.Equal("v1.0.0", Header(answer, "Dataset-Version"));
            Assert.Equal("1", Header(answer, "Dataset-Seq"));
            Assert.Equal("1.0.0", Header(answer, "Contract-Version"));
            Assert.EndsWith("Z", Header(answer, "Data-As-Of"), StringComparison.Ordinal);
            Assert.Equal("Authorization, Accept, Accept-Encoding, Accept-Language, Data-Purpose", Header(answer, "Vary"));
            var links = string.Join(' ', answer.Headers.GetValues("Link"));
            Assert.All(["describedby", "version-history", "latest-version", "next"], r => Assert.Contains($"rel=\"{r}\"", links, StringComparison.Ordinal));
        }

        Assert.Equal("no-cache", Header(latest, "Cache-Control"));
        Assert.Equal("/api/v1/datasets/open-rules/versions/1/records?limit=1", latest.Content.Headers.ContentLocation?.OriginalString);
        Assert.EndsWith("Z", Header(latest, "Data-Checked-At"), StringComparison.Ordinal);
        Assert.Equal("public, max-age=86400", Header(one, "Cache-Control"));
        Assert.Null(one.Content.Headers.ContentLocation);
        Assert.False(one.Headers.Contains("Data-Checked-At"));
        Assert.Equal("""{"id":1,"n":9007199254740993,"d":1.50}""", (await BodyAsync(one)).GetProperty("value")[0].GetRawText());

        using var exact = new HttpRequestMessage(HttpMethod.Get, Versions + "1/records?limit=1");
        exact.Headers.TryAddWithoutValidation("Accept", "application/json;IEEE754Compatible=true");
        using var text = await reader.SendAsync(exact);
        Assert.Equal("""{"id":1,"n":"9007199254740993","d":"1.50"}""", (await BodyAsync(text)).GetProperty("value")[0].GetRawText());
        Assert.NotEqual(one.Headers.ETag, text.Headers.ETag);
    }

    [Fact]
    public async Task A_conditional_read_is_304_until_something_is_published()
    {
        await PublishAsync("tagged", "open", "id int32 key", "n int64", "d decimal(12,2)");
        using var reader = hub.Server.CreateClient();
        string[] paths = ["latest", "latest/records", "latest/records/1", "1", "1/records", "1/records/1"];
        var tags = new Dictionary<string, string>();
        foreach (var path in paths)
        {
            using var answer = await reader.GetAsync($"{HubCalls.Api}datasets/tagged/versions/{path}");
            tags[path] = answer.Headers.ETag!.Tag;
            Assert.Equal(HttpStatusCode.NotModified, await AskAsync(reader, path, tags[path]));
            Assert.Equal(HttpStatusCode.NotModified, await AskAsync(reader, path, $"\"other\", W/{tags[path]}"));
            Assert.Equal(HttpStatusCode.OK, await AskAsync(reader, path, "\"other\""));
        }

        using var head = await reader.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"{HubCalls.Api}datasets/tagged/versions/latest"));
        Assert.Equal("1", Header(head, "Dataset-Seq"));
        await hub.Sector.ExecuteAsync("UPDATE tagged SET d = d + 1");
        Assert.Equal("published", (await hub.Admin.PullAsync("tagged")).State());
        foreach (var path in paths)
        {
            Assert.Equal(path[0] == 'l' ? HttpStatusCode.OK : HttpStatusCode.NotModified, await AskAsync(reader, path, tags[path]));
        }
    }

    [Fact]
    public async Task The_headers_of_a_record_are_answered_without_it()
    {
        await PublishAsync("headed", "open", "id int32 key", "n int64", "d decimal(12,2)");
        using var reader = hub.Server.CreateClient();
        const string Record = HubCalls.Api + "datasets/headed/versions/latest/records/";
        using var whole = await reader.GetAsync(Record + "7");
        using var head = await reader.SendAsync(new HttpRequestMessage(HttpMethod.Head, Record + "7"));

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        Assert.Equal(whole.Content.Headers.ContentType, head.Content.Headers.ContentType);
        foreach (var name in new[] { "ETag", "Dataset-Seq", "Dataset-Version", "Data-As-Of", "Cache-Control", "Vary" })
        {
            Assert.Equal(Header(whole, name), Header(head, name));
        }

        using var conditional = new HttpRequestMessage(HttpMethod.Head, Record + "7");
        conditional.Headers.IfNoneMatch.Add(whole.Headers.ETag!);
        using var same = await reader.SendAsync(conditional);
        using var missing = await reader.SendAsync(new HttpRequestMessage(HttpMethod.Head, Record + "77777"));
        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.NotFound), (same.StatusCode, missing.StatusCode));
        Assert.Empty(await missing.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Shared_and_personal_data_are_kept_by_nobody_else_and_ungranted_columns_are_absent()
    {
        await PublishAsync("shared-rules", "shared", "id int32 key", "n int64", "d decimal(12,2) personal");
        using var open = hub.Server.CreateClient();
        await Refusal.OfGetAsync(open, "datasets/shared-rules/versions/1/records", HttpStatusCode.Unauthorized, "token_missing");
        using var stranger = await hub.Server.CallerAsync("G01");
        await Refusal.OfGetAsync(stranger, "datasets/shared-rules/versions/1/records", HttpStatusCode.Forbidden, "agreement_required");
        using var plain = await hub.Server.RecipientAsync("G02", "shared-rules", "thong ke");
        using var page = await plain.GetAsync(HubCalls.Api + "datasets/shared-rules/versions/1/records?limit=1");
        Assert.True(page.Headers.CacheControl is { Private: true, NoCache: true });
        Assert.NotNull(page.Headers.ETag);
        Assert.Equal("""{"id":1,"n":9007199254740993}""", (await BodyAsync(page)).GetProperty("value")[0].GetRawText());

        using var trusted = await hub.Server.RecipientAsync("G03", "shared-rules", "xac minh", "id", "d");
        await Refusal.OfGetAsync(trusted, "datasets/shared-rules/versions/1/records", HttpStatusCode.Forbidden, "purpose_required");
        trusted.DefaultRequestHeaders.Add("Data-Purpose", "xac minh");
        using var personal = await trusted.GetAsync(HubCalls.Api + "datasets/shared-rules/versions/1/records?limit=1");
        Assert.Equal("no-store", Header(personal, "Cache-Control"));
        Assert.Null(personal.Headers.ETag);
        Assert.Equal("""{"id":1,"d":1.50}""", (await BodyAsync(personal)).GetProperty("value")[0].GetRawText());
    }

    [Fact]
    public async Task A_walk_stays_in_its_version_while_others_are_published()
    {
        await PublishAsync("walked", "open", "id int32 key", "n int64", "d decimal(12,2)");
        using var reader = hub.Server.CreateClient();
        var before = await reader.WalkAsync("walked", "1");
        var seen = new List<string>();
        var next = HubCalls.Api + "datasets/walked/versions/latest/records?limit=70";
        while (next is not null)
        {
            var page = await HubCalls.ReadAsync(await reader.GetAsync(next), HttpStatusCode.OK);
            Assert.Equal((300, 1), (page.GetProperty("total").GetInt32(), page.GetProperty("version").GetProperty("seq").GetInt32()));
            seen.AddRange(page.GetProperty("value").EnumerateArray().Select(r => r.GetRawText()));
            next = page.GetProperty("next").GetString();
            await hub.Sector.ExecuteAsync("""
                UPDATE walked SET n = n + 1 WHERE id % 3 = 0; DELETE FROM walked WHERE id % 50 = 1;
                INSERT INTO walked SELECT i, i, i FROM generate_series((SELECT max(id) + 1 FROM walked), (SELECT max(id) + 20 FROM walked)) i
                """);
            Assert.Equal("published", (await hub.Admin.PullAsync("walked")).State());
        }

        Assert.Equal(before, seen);
        Assert.Equal(300, seen.Distinct().Count());
    }

    private async Task PublishAsync(string dataset, string access, params string[] columns)
    {
        var table = dataset.Replace('-', '_');
        await hub.Sector.ExecuteAsync($"""
            CREATE TABLE {table} (id int PRIMARY KEY, n bigint, d numeric(12,2));
            INSERT INTO {table} SELECT i, 9007199254740992 + i, i + 0.5 FROM generate_series(1, 300) i
            """);
        await hub.Server.AddAgencyAsync("000.00.12.H61");
        await hub.Admin.AddDatasetAsync(TestContracts.Yaml(dataset, "sector", "table=public." + table, access, columns));
        var run = await hub.Admin.PullAsync(dataset);
        Assert.True(run.State() == "published", run.GetRawText());
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient reader, string path, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{HubCalls.Api}datasets/tagged/versions/{path}");
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        using var answer = await reader.SendAsync(request);
        return answer.StatusCode;
    }

    private static string Header(HttpResponseMessage answer, string name) => string.Join(", ", answer.Headers.GetValues(name));

    private static async Task<JsonElement> BodyAsync(HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
}
