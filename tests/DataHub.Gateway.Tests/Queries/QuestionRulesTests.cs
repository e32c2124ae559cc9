using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DataHub.Gateway.Tests.BadInput;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Queries;

/// <summary>
/// What questions promise beside their records: totals, caching, walks that stay in their version, personal values in bodies alone.
/// </summary>
public sealed class QuestionRulesTests(QuestionHub hub) : IClassFixture<QuestionHub>
{
    [Fact]
    public async Task A_personal_value_is_asked_in_a_body_and_never_cached()
    {
        var two = new { cccd = new[] { "084000010007", "084000010009" } };
        using var answer = await hub.AskAsync(new { where = two, select = new[] { "ten", "xa" } });
        var page = await answer.JsonAsync();
        Assert.Equal("""[{"ten":"Người 7","xa":"X2"},{"ten":"Người 9","xa":"X4"}]""", page.GetProperty("value").GetRawText());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.False(page.TryGetProperty("next", out _));
        Assert.Equal(JsonValueKind.Null, page.GetProperty("cursor").ValueKind);
        Assert.DoesNotContain("next", string.Join(' ', answer.Headers.GetValues("Link")), StringComparison.Ordinal);

        // That a value is missing is no value.
        var nulls = await HubCalls.ReadAsync(await hub.Reader.GetAsync($"{HubCalls.Api}{QuestionHub.Records}?filter=ten eq null and xa eq 'X1'&select=cccd"), HttpStatusCode.OK);
        Assert.Equal(2, nulls.GetProperty("value").GetArrayLength());
        var where = new Dictionary<string, object?> { ["xa"] = "X1", ["ten"] = new string?[] { null } };
        using var body = await hub.AskAsync(new { where });
        Assert.Equal(2, (await body.JsonAsync()).GetProperty("value").GetArrayLength());
    }

    [Fact]
    public async Task A_column_named_like_a_parameter_is_filtered_by_filter()
    {
        var page = await HubCalls.ReadAsync(await hub.Reader.GetAsync($"{HubCalls.Api}{QuestionHub.Records}?filter=xa eq 'X3' and limit eq 'L8'&limit=5&select=limit"), HttpStatusCode.OK);
        Assert.Equal("""[{"limit":"L8"}]""", page.GetProperty("value").GetRawText());
    }

    [Fact]
    public async Task A_filtered_total_is_counted_when_asked_and_says_when_it_is_an_estimate()
    {
        const string Filtered = QuestionHub.Records + "?filter=xa eq 'X1'&limit=5";
        var none = await HubCalls.ReadAsync(await hub.Reader.GetAsync(HubCalls.Api + Filtered), HttpStatusCode.OK);
        Assert.False(none.TryGetProperty("total", out _));
        var exact = await HubCalls.ReadAsync(await hub.Reader.GetAsync(HubCalls.Api + Filtered + "&count=exact"), HttpStatusCode.OK);
        Assert.Equal(8, exact.GetProperty("total").GetInt32());
        Assert.False(exact.TryGetProperty("totalIsEstimate", out _));
        var second = await HubCalls.ReadAsync(await hub.Reader.GetAsync(exact.GetProperty("next").GetString()), HttpStatusCode.OK);
        Assert.Equal((8, 3), (second.GetProperty("total").GetInt32(), second.GetProperty("value").GetArrayLength()));
        var estimated = await HubCalls.ReadAsync(await hub.Reader.GetAsync(HubCalls.Api + Filtered + "&count=estimated"),
            HttpStatusCode.OK);
        Assert.InRange(estimated.GetProperty("total").GetInt32(), 0, 40);
        Assert.True(estimated.GetProperty("totalIsEstimate").GetBoolean());
        var whole = await HubCalls.ReadAsync(await hub.Reader.GetAsync($"{HubCalls.Api}{QuestionHub.Records}?limit=1&orderby=xa desc"), HttpStatusCode.OK);
        Assert.Equal(40, whole.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task An_entity_tag_belongs_to_the_whole_question()
    {
        await OpenAsync("the_hoi");
        using var reader = hub.Server.CreateClient();
        string[] questions = ["", "?filter=xa eq 'X1'", "?filter=xa eq 'X2'", "?xa=X1", "?xa=X2", "?select=id", "?orderby=xa",
            "?orderby=xa desc", "?filter=xa eq 'X1'&count=exact", "?limit=5"];
        var tags = new HashSet<string>();
        foreach (var question in questions)
        {
            using var answer = await reader.GetAsync($"{HubCalls.Api}datasets/the-hoi/versions/1/records{question}");
            Assert.True(tags.Add(answer.Headers.ETag!.Tag), question);
            using var again = new HttpRequestMessage(HttpMethod.Get, answer.RequestMessage!.RequestUri);
            again.Headers.TryAddWithoutValidation("If-None-Match", answer.Headers.ETag.Tag);
            using var same = await reader.SendAsync(again);
            Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        }

        using var body = await reader.PostAsJsonAsync(HubCalls.Api + "datasets/the-hoi/versions/1/query", new { });
        Assert.Null(body.Headers.ETag);
        Assert.True(body.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task A_filtered_walk_from_latest_stays_in_its_version_while_others_are_published()
    {
        await OpenAsync("duyet");
        using var reader = hub.Server.CreateClient();
        const string Question = "records?filter=not (xa eq 'X1') and xa in ('X2','X3',null)&orderby=xa desc&limit=4";
        var before = await WalkAsync(reader, "1/" + Question, () => Task.CompletedTask);
        var during = await WalkAsync(reader, "latest/" + Question, async () =>
        {
            await hub.Sector.ExecuteAsync("""
                UPDATE duyet SET xa = 'X' || (id % 4) WHERE id % 3 = 0; DELETE FROM duyet WHERE id % 10 = 1; UPDATE duyet SET xa = NULL WHERE id % 7 = 0;
                INSERT INTO duyet SELECT i, 'X2' FROM generate_series((SELECT max(id) + 1 FROM duyet), (SELECT max(id) + 5 FROM duyet)) i
                """);
            var run = await hub.Admin.PullAsync("duyet");
            Assert.True(run.State() is "published" or "unchanged", run.GetRawText());
        });
        Assert.Equal(before, during);
        Assert.Equal(during.Distinct(), during);
    }

    [Fact]
    public async Task A_column_counts_as_indexed_once_its_index_exists()
    {
        await OpenAsync("chi_muc");
        using var reader = hub.Server.CreateClient();
        const string Sorted = "datasets/chi-muc/versions/latest/records?orderby=tuoi desc&limit=3&select=tuoi";
        await Refusal.OfGetAsync(reader, Sorted, HttpStatusCode.BadRequest, "query_unindexed");
        using var revised = await hub.Admin.PutAsync(HubCalls.Api + "datasets/chi-muc/contract",
            HubCalls.Yaml(TestContracts.Yaml("chi-muc", "sector", "table=public.chi_muc", "open 1.1.0", "id int32 key",
                "xa text indexed", "tuoi int32 indexed")));
        Assert.True(revised.IsSuccessStatusCode, await revised.Content.ReadAsStringAsync());
        await Refusal.OfGetAsync(reader, Sorted, HttpStatusCode.BadRequest, "query_unindexed");
        Assert.Equal("published", (await hub.Admin.PullAsync("chi-muc")).State());
        await QuestionHub.IndexedAsync(reader, "chi-muc", "tuoi");
        var page = await HubCalls.ReadAsync(await reader.GetAsync(HubCalls.Api + Sorted), HttpStatusCode.OK);
        Assert.Equal("""[{"tuoi":6},{"tuoi":6},{"tuoi":6}]""", page.GetProperty("value").GetRawText());
    }

    [Fact]
    public async Task An_index_that_a_later_contract_takes_back_is_not_worth_waiting_for()
    {
        await OpenAsync("bo_chi_muc");
        using var revised = await hub.Admin.PutAsync(HubCalls.Api + "datasets/bo-chi-muc/contract",
            HubCalls.Yaml(TestContracts.Yaml("bo-chi-muc", "sector", "table=public.bo_chi_muc", "open 1.1.0", "id int32 key", "xa text", "tuoi int32")));
        Assert.True(revised.IsSuccessStatusCode, await revised.Content.ReadAsStringAsync());
        Assert.Equal("published", (await hub.Admin.PullAsync("bo-chi-muc")).State());
        using var reader = hub.Server.CreateClient();
        foreach (var version in new[] { "1", "latest" })
        {
            await Refusal.OfGetAsync(reader, $"datasets/bo-chi-muc/versions/{version}/records?orderby=xa", HttpStatusCode.BadRequest, "query_unindexed");
        }
    }

    [Fact]
    public async Task An_index_that_is_declared_and_not_made_yet_is_worth_waiting_for()
    {
        await OpenAsync("cho_chi_muc");
        await hub.Server.Database.ExecuteAsync("""
            DO $$ DECLARE made regclass; number int := (SELECT id FROM hub.datasets WHERE name = 'cho-chi-muc');
            BEGIN
                FOR made IN SELECT i.indexrelid FROM pg_index i
                    JOIN hub.store_pairs p ON i.indrelid IN (p.current_table::regclass, p.history_table::regclass)
                    WHERE p.dataset_id = number AND i.indexrelid::regclass::text LIKE '%low'
                LOOP EXECUTE format('DROP INDEX %s', made); END LOOP;
                PERFORM pg_notify('hub_changes', 'dataset:' || number);
            END $$
            """);
        using var reader = hub.Server.CreateClient();
        const string Sorted = "datasets/cho-chi-muc/versions/latest/records?orderby=xa";
        await Eventually.TrueAsync("the hub hears of it", async () =>
        {
            using var answer = await reader.GetAsync(HubCalls.Api + Sorted);
            return answer.StatusCode == HttpStatusCode.ServiceUnavailable && answer.Headers.RetryAfter?.Delta == TimeSpan.FromSeconds(10);
        });
        await Refusal.OfGetAsync(reader, Sorted, HttpStatusCode.ServiceUnavailable, "index_pending");
        await Refusal.OfGetAsync(reader, Sorted.Replace("xa", "tuoi", StringComparison.Ordinal), HttpStatusCode.BadRequest, "query_unindexed");
    }

    private async Task OpenAsync(string table)
    {
        await hub.Sector.ExecuteAsync($"""
            CREATE TABLE {table} (id int PRIMARY KEY, xa text, tuoi int);
            INSERT INTO {table} SELECT i, 'X' || i % 5, i % 7 FROM generate_series(1, 60) i
            """);
        var dataset = table.Replace('_', '-');
        await hub.Admin.AddDatasetAsync(TestContracts.Yaml(dataset, "sector", "table=public." + table, "open", "id int32 key",
            "xa text indexed", "tuoi int32"));
        Assert.Equal("published", (await hub.Admin.PullAsync(dataset)).State());
        using var reader = hub.Server.CreateClient();
        await QuestionHub.IndexedAsync(reader, dataset, "xa");
    }

    private static async Task<List<string>> WalkAsync(HttpClient reader, string question, Func<Task> between)
    {
        var records = new List<string>();
        for (var next = $"{HubCalls.Api}datasets/duyet/versions/{question}"; next is not null;)
        {
            var page = await HubCalls.ReadAsync(await reader.GetAsync(next), HttpStatusCode.OK);
            Assert.Equal(1, page.GetProperty("version").GetProperty("seq").GetInt32());
            records.AddRange(page.GetProperty("value").EnumerateArray().Select(r => r.GetRawText()));
            next = page.GetProperty("next").GetString();
            await between();
        }

        return records;
    }
}
