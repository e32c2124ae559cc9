using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Runs;

/// <summary>What needs a look is there until somebody has seen it.</summary>
public sealed class NoticeTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private readonly HubServer hub = shared.Server;

    [Fact]
    public async Task Failed_held_and_paused_leave_a_notice_in_both_languages_that_one_person_acknowledges()
    {
        using var admin = await hub.AdminClientAsync();
        await SmallDataset.AddAsync(hub, "thong-bao");
        var file = Path.Combine(hub.Files, "small.csv");
        Assert.Equal("failed", (await admin.PullAsync("thong-bao")).State());
        await File.WriteAllTextAsync(file, "ma,ten,xa\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"{i:000},Nguyễn Văn {i},Lộc Vượng\n")));
        Assert.Equal("published", (await admin.PullAsync("thong-bao")).State());
        await File.WriteAllTextAsync(file, "ma,ten,xa\n");
        var held = await admin.PullAsync("thong-bao");
        Assert.Equal("held", held.State());
        await admin.PostAsJsonAsync(HubCalls.Api + "datasets/thong-bao/pause", new { reason = "Nguồn rỗng" });

        var notices = (await ListAsync(admin, "?dataset=thong-bao")).GetProperty("value");
        Assert.Equal(["dataset_paused requested", "run_held", "run_failed"],
            notices.EnumerateArray().Select(n => n.GetProperty("kind").GetString() + (n.GetProperty("kind").GetString() == "dataset_paused" ? " " + n.GetProperty("code").GetString() : "")));
        Assert.Equal(held.GetProperty("id").GetInt64(), notices[1].GetProperty("run").GetInt64());
        Assert.Contains(held.GetProperty("holds")[0].GetProperty("message").GetString()!, notices[1].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("thất bại", notices[2].GetProperty("message").GetString(), StringComparison.Ordinal);
        using var english = new HttpRequestMessage(HttpMethod.Get, HubCalls.Api + "notices?dataset=thong-bao&kind=run_failed") { Headers = { { "Accept-Language", "en" } } };
        Assert.Contains("failed", (await (await admin.SendAsync(english)).JsonAsync()).GetProperty("value")[0].GetProperty("message").GetString(), StringComparison.Ordinal);

        var id = notices[2].GetProperty("id").GetInt64();
        var seen = await (await admin.PostAsync($"{HubCalls.Api}notices/{id}/acknowledge", null)).JsonAsync();
        Assert.Equal(HubServer.AdminId, seen.GetProperty("acknowledgedBy").GetString());
        Assert.Equal(seen.GetRawText(), (await (await admin.PostAsync($"{HubCalls.Api}notices/{id}/acknowledge", null)).JsonAsync()).GetRawText());
        Assert.Equal(2, (await ListAsync(admin, "?dataset=thong-bao&acknowledged=false")).GetProperty("value").GetArrayLength());
        Assert.Equal(1, (await ListAsync(admin, "?dataset=thong-bao&acknowledged=true")).GetProperty("value").GetArrayLength());

        var page = await ListAsync(admin, "?dataset=thong-bao&limit=2");
        var next = await (await admin.GetAsync(page.GetProperty("next").GetString())).JsonAsync();
        Assert.Equal((2, 1, JsonValueKind.Null), (page.GetProperty("value").GetArrayLength(), next.GetProperty("value").GetArrayLength(), next.GetProperty("next").ValueKind));
    }

    [Theory]
    [InlineData("?kind=oops", "kind notice_kind_unknown")]
    [InlineData("?acknowledged=maybe&kind=oops", "kind notice_kind_unknown", "acknowledged flag_invalid")]
    [InlineData("?before=-1", "before number_invalid")]
    public async Task Refuses_questions_it_does_not_understand(string question, params string[] places)
    {
        using var admin = await hub.AdminClientAsync();

        Assert.Equal(places, (await (await admin.GetAsync(HubCalls.Api + "notices" + question)).ProblemAsync(400, "request_invalid")).Places());
    }

    [Fact]
    public async Task Is_for_administrators_and_notices_that_exist()
    {
        using var admin = await hub.AdminClientAsync();
        await (await admin.PostAsync(HubCalls.Api + "notices/999999/acknowledge", null)).ProblemAsync(404, "notice_not_found");
        await (await admin.GetAsync(HubCalls.Api + "notices?since=1")).ProblemAsync(400, "parameter_unknown");
        await (await admin.GetAsync(HubCalls.Api + "notices?limit=0")).ProblemAsync(400, "limit_out_of_range");
        using var anonymous = hub.CreateClient();
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync(HubCalls.Api + "notices")).StatusCode);
    }

    private static async Task<JsonElement> ListAsync(HttpClient admin, string question) =>
        await (await admin.GetAsync(HubCalls.Api + "notices" + question)).JsonAsync();
}
