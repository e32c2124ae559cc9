using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Runs;

/// <summary>A paused dataset starts no run, says why, and goes on where it stood when it is resumed.</summary>
public sealed class PauseTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private const string Reason = "Nguồn đang chuyển máy chủ, chờ Sở báo lại";

    [Fact]
    public async Task A_paused_dataset_refuses_a_run_with_the_reason_until_it_is_resumed()
    {
        using var admin = await AddAsync("tam-dung");
        var paused = (await (await PauseAsync(admin, "tam-dung", Reason)).JsonAsync()).GetProperty("paused");
        Assert.Equal(("requested", Reason, HubServer.AdminId),
            (paused.GetProperty("code").GetString(), paused.GetProperty("reason").GetString(), paused.GetProperty("by").GetString()));

        using var refused = await admin.PostAsJsonAsync(HubCalls.Api + "datasets/tam-dung/runs", new { mode = "full" });
        var problem = await refused.ProblemAsync(409, "dataset_paused");
        Assert.Contains(Reason, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("/api/v1/datasets/tam-dung/resume", problem.GetProperty("hint").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Object, (await StateAsync(admin, "tam-dung")).ValueKind);

        using var resumed = await admin.PostAsync(HubCalls.Api + "datasets/tam-dung/resume", null);
        Assert.Equal(JsonValueKind.Null, (await resumed.JsonAsync()).GetProperty("paused").ValueKind);
        Assert.Equal(JsonValueKind.Null, (await StateAsync(admin, "tam-dung")).ValueKind);
        Assert.Equal("published", (await admin.PullAsync("tam-dung")).State());
        Assert.Equal("dataset.paused requested|dataset.resumed requested", await shared.Server.Database.ScalarAsync<string>("""
            SELECT string_agg(event || ' ' || coalesce(body ->> 'code', body #>> '{paused,code}'), '|' ORDER BY id) FROM hub.ledger
            WHERE dataset = 'tam-dung' AND event IN ('dataset.paused', 'dataset.resumed')
            """));
    }

    [Fact]
    public async Task A_run_that_waited_when_its_dataset_was_paused_is_claimed_after_the_resumption_only()
    {
        using var admin = await AddAsync("cho-doi");
        await AddAsync("di-truoc");
        await (await PauseAsync(admin, "cho-doi", Reason)).JsonAsync();
        var waiting = await shared.Server.Database.ScalarAsync<long>("""
            INSERT INTO hub.runs (dataset_id, mode, state, requested_by, requested_at, contract_revision_id, lease_number, cancel_requested,
                read, "new", changed, unchanged, rejected, duplicate, tombstones, removed, stale)
            SELECT id, 'full', 'queued', 'test', now(), contract_revision_id, 0, false, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM hub.datasets WHERE name = 'cho-doi'
            RETURNING id
            """);

        // A later run of another dataset overtakes it: the worker looked at both.
        Assert.Equal("published", (await admin.PullAsync("di-truoc")).State());
        Assert.Equal("queued", (await admin.RunAsync(waiting)).State());

        await (await admin.PostAsync(HubCalls.Api + "datasets/cho-doi/resume", null)).JsonAsync();
        Assert.Equal("published", (await admin.EndAsync(waiting)).State());
    }

    [Fact]
    public async Task A_second_pause_is_refused_and_the_first_reason_stays()
    {
        using var admin = await AddAsync("hai-lan");
        await (await PauseAsync(admin, "hai-lan", Reason)).JsonAsync();

        using var again = await PauseAsync(admin, "hai-lan", "Lý do khác");
        var problem = await again.ProblemAsync(409, "dataset_paused");

        Assert.Contains(Reason, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(Reason, (await StateAsync(admin, "hai-lan")).GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("""{}""", "request_invalid", "/reason required")]
    [InlineData("""{"reason":"   "}""", "request_invalid", "/reason required")]
    [InlineData("""{"reason":null}""", "request_invalid", "/reason required")]
    [InlineData("""{"reason":1}""", "request_invalid", "/reason json_invalid")]
    [InlineData("""{"reason":"x","until":"2026-01-01"}""", "request_invalid", "/until member_unknown")]
    public async Task Refuses_a_pause_that_says_nothing_or_something_else(string body, string code, string place)
    {
        using var admin = await AddAsync("tu-choi");
        using var answer = await admin.PostAsync(HubCalls.Api + "datasets/tu-choi/pause", new StringContent(body, null, "application/json"));

        Assert.Equal([place], (await answer.ProblemAsync(400, code)).Places());
        Assert.Equal(JsonValueKind.Null, (await StateAsync(admin, "tu-choi")).ValueKind);
    }

    [Fact]
    public async Task Refuses_what_cannot_be_done_or_may_not_be_asked()
    {
        using var admin = await AddAsync("khong-the");
        using var tooLong = await PauseAsync(admin, "khong-the", new string('x', 1_001));
        Assert.Equal(["/reason too_long"], (await tooLong.ProblemAsync(400, "request_invalid")).Places());
        await (await admin.PostAsync(HubCalls.Api + "datasets/khong-the/resume", null)).ProblemAsync(409, "dataset_not_paused");
        await (await PauseAsync(admin, "khong-co", Reason)).ProblemAsync(404, "dataset_not_found");
        await (await admin.PostAsync(HubCalls.Api + "datasets/khong-co/resume", null)).ProblemAsync(404, "dataset_not_found");
        using var anonymous = shared.Server.CreateClient();
        Assert.Equal(HttpStatusCode.Unauthorized, (await PauseAsync(anonymous, "khong-the", Reason)).StatusCode);
        using var reader = await shared.Server.CallerAsync("000.00.12.H61");
        Assert.Equal(HttpStatusCode.Forbidden, (await PauseAsync(reader, "khong-the", Reason)).StatusCode);
    }

    private static Task<HttpResponseMessage> PauseAsync(HttpClient admin, string dataset, string reason) =>
        admin.PostAsJsonAsync($"{HubCalls.Api}datasets/{dataset}/pause", new { reason });

    private static async Task<JsonElement> StateAsync(HttpClient admin, string dataset) =>
        (await (await admin.GetAsync($"{HubCalls.Api}datasets/{dataset}/pause")).JsonAsync()).GetProperty("paused");

    private async Task<HttpClient> AddAsync(string dataset)
    {
        var admin = await shared.Server.AdminClientAsync();
        await File.WriteAllTextAsync(Path.Combine(shared.Server.Files, "small.csv"), "ma,ten,xa\n001,Nguyễn Văn An,Lộc Vượng\n");
        using var known = await admin.GetAsync($"{HubCalls.Api}sources/{dataset}");
        if (known.StatusCode == HttpStatusCode.NotFound)
        {
            await SmallDataset.AddAsync(shared.Server, dataset);
        }

        return admin;
    }
}
