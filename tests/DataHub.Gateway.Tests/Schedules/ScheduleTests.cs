using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Schedules;

/// <summary>A schedule as its administrator sees it, and everything that is no schedule.</summary>
public sealed class ScheduleTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private readonly HubServer hub = shared.Server;

    [Fact]
    public async Task Answers_with_the_next_five_due_times_in_UTC_of_the_named_zone()
    {
        using var admin = await AddAsync("lich-a");
        var schedule = await (await PutAsync(admin, "lich-a", """{"cron":"30 1 * * *","lateAfterMinutes":45}""")).JsonAsync();

        Assert.Equal(("Asia/Ho_Chi_Minh", 45, true), (schedule.GetProperty("timeZone").GetString(), schedule.GetProperty("lateAfterMinutes").GetInt32(),
            schedule.GetProperty("enabled").GetBoolean()));
        var next = schedule.GetProperty("next").EnumerateArray().Select(t => t.GetString()!).ToList();
        Assert.Equal(5, next.Count);
        Assert.All(next, t => Assert.EndsWith("T18:30:00Z", t, StringComparison.Ordinal));
        Assert.Equal(schedule.GetRawText(), (await (await admin.GetAsync(Path("lich-a"))).JsonAsync()).GetRawText());
        Assert.Equal(next[0], (await hub.Database.ScalarAsync<DateTime>(
            "SELECT s.next_due FROM hub.schedules s JOIN hub.datasets d ON d.id = s.dataset_id WHERE d.name = 'lich-a'")).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));

        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync(Path("lich-a"))).StatusCode);
        await (await admin.GetAsync(Path("lich-a"))).ProblemAsync(404, "schedule_not_found");
        await (await admin.DeleteAsync(Path("lich-a"))).ProblemAsync(404, "schedule_not_found");
        Assert.Equal("schedule.changed schedule.deleted", await hub.Database.ScalarAsync<string>(
            "SELECT string_agg(event, ' ' ORDER BY id) FROM hub.ledger WHERE dataset = 'lich-a' AND event LIKE 'schedule.%'"));
    }

    [Fact]
    public async Task A_disabled_schedule_is_kept_and_nothing_is_due()
    {
        using var admin = await AddAsync("lich-b");
        var schedule = await (await PutAsync(admin, "lich-b", """{"interval":"PT6H","from":"2026-01-01T00:00:00Z","enabled":false}""")).JsonAsync();

        Assert.Equal(("PT6H", "2026-01-01T00:00:00Z", 0), (schedule.GetProperty("interval").GetString(), schedule.GetProperty("from").GetString(),
            schedule.GetProperty("next").GetArrayLength()));
        var enabled = await (await PutAsync(admin, "lich-b", """{"interval":"PT6H","from":"2026-01-01T00:00:00Z"}""")).JsonAsync();
        Assert.All(enabled.GetProperty("next").EnumerateArray(), t => Assert.Equal(0, t.GetDateTimeOffset().Hour % 6));
    }

    [Theory]
    [InlineData("""{}""", "/cron schedule_empty")]
    [InlineData("""{"after":[]}""", "/cron schedule_empty")]
    [InlineData("""{"cron":"* * * * *","interval":"PT1H"}""", "/cron schedule_ambiguous")]
    [InlineData("""{"cron":"61 * * * *"}""", "/cron cron_invalid")]
    [InlineData("""{"cron":"0 0 30 2 *"}""", "/cron cron_invalid")]
    [InlineData("""{"cron":"* * * * * *"}""", "/cron cron_invalid")]
    [InlineData("""{"interval":"PT30S"}""", "/interval interval_invalid")]
    [InlineData("""{"interval":"P1M"}""", "/interval interval_invalid")]
    [InlineData("""{"interval":"6h"}""", "/interval interval_invalid")]
    [InlineData("""{"interval":"PT1H","from":"2026-01-01"}""", "/from time_invalid")]
    [InlineData("""{"cron":"0 0 * * *","timeZone":"SE Asia Standard Time"}""", "/timeZone time_zone_unknown")]
    [InlineData("""{"cron":"0 0 * * *","timeZone":"Asia/Sai_Gon"}""", "/timeZone time_zone_unknown")]
    [InlineData("""{"cron":"0 0 * * *","mode":"backfill"}""", "/mode mode_unknown")]
    [InlineData("""{"cron":"0 0 * * *","mode":"incremental"}""", "/mode mode_unknown")]
    [InlineData("""{"cron":"0 0 * * *","lateAfterMinutes":0}""", "/lateAfterMinutes number_invalid")]
    [InlineData("""{"after":["khong-co",null]}""", "/after/0 dataset_unknown", "/after/1 dataset_unknown")]
    [InlineData("""{"after":["lich-c"]}""", "/after schedule_cycle")]
    [InlineData("""{"cron":"x","interval":"y","timeZone":"z","lateAfterMinutes":99999}""", "/cron schedule_ambiguous", "/cron cron_invalid",
        "/interval interval_invalid", "/timeZone time_zone_unknown", "/lateAfterMinutes number_invalid")]
    [InlineData("""{"cron":"0 0 * * *","every":"day"}""", "/every member_unknown")]
    public async Task Refuses_what_is_no_schedule_with_all_problems_at_once(string body, params string[] places)
    {
        using var admin = await AddAsync("lich-c");

        Assert.Equal(places, (await (await PutAsync(admin, "lich-c", body)).ProblemAsync(400, "request_invalid")).Places());
        await (await admin.GetAsync(Path("lich-c"))).ProblemAsync(404, "schedule_not_found");
    }

    [Fact]
    public async Task Names_the_circle_that_a_dependency_would_close()
    {
        using var admin = await AddAsync("vong-a");
        (await AddAsync("vong-b")).Dispose();
        (await AddAsync("vong-c")).Dispose();
        await (await PutAsync(admin, "vong-a", """{"after":["vong-b"]}""")).JsonAsync();
        await (await PutAsync(admin, "vong-b", """{"cron":"0 * * * *","after":["vong-c"]}""")).JsonAsync();

        var problem = await (await PutAsync(admin, "vong-c", """{"after":["vong-a"]}""")).ProblemAsync(400, "request_invalid");

        Assert.Contains("vong-c → vong-a → vong-b → vong-c", problem.GetProperty("errors")[0].GetProperty("message").GetString(), StringComparison.Ordinal);
        await (await PutAsync(admin, "vong-b", """{"cron":"0 * * * *"}""")).JsonAsync();
        await (await PutAsync(admin, "vong-c", """{"after":["vong-a"]}""")).JsonAsync();
    }

    [Fact]
    public async Task Is_for_administrators_and_datasets_that_exist()
    {
        using var admin = await hub.AdminClientAsync();
        await (await PutAsync(admin, "khong-co", """{"cron":"0 0 * * *"}""")).ProblemAsync(404, "dataset_not_found");
        using var anonymous = hub.CreateClient();
        Assert.Equal(HttpStatusCode.Unauthorized, (await PutAsync(anonymous, "khong-co", """{"cron":"0 0 * * *"}""")).StatusCode);
    }

    [Fact]
    public async Task The_server_itself_queues_and_pulls_what_is_due_and_what_waits_for_it()
    {
        using var admin = await AddAsync("that-a");
        (await AddAsync("that-b")).Dispose();
        await (await PutAsync(admin, "that-a", """{"cron":"0 0 1 1 *"}""")).JsonAsync();
        await (await PutAsync(admin, "that-b", """{"after":["that-a"]}""")).JsonAsync();
        await hub.Database.ExecuteAsync(
            "UPDATE hub.schedules SET next_due = now() WHERE dataset_id = (SELECT id FROM hub.datasets WHERE name = 'that-a')");

        JsonElement run = default;
        await Eventually.TrueAsync("the dataset that waits is published", async () =>
        {
            var runs = (await (await admin.GetAsync($"{HubCalls.Api}runs?dataset=that-b")).JsonAsync()).GetProperty("value");
            return runs.GetArrayLength() > 0 && (run = runs[0]).State() == "published";
        });
        Assert.Equal(("publication", "that-a", 1), (run.GetProperty("cause").GetProperty("kind").GetString(),
            run.GetProperty("cause").GetProperty("dataset").GetString(), run.GetProperty("cause").GetProperty("seq").GetInt32()));
        var first = (await (await admin.GetAsync($"{HubCalls.Api}runs?dataset=that-a")).JsonAsync()).GetProperty("value")[0];
        Assert.Equal(("schedule", "schedule", JsonValueKind.String), (first.GetProperty("requestedBy").GetString(),
            first.GetProperty("cause").GetProperty("kind").GetString(), first.GetProperty("dueAt").ValueKind));
    }

    private static string Path(string dataset) => $"{HubCalls.Api}datasets/{dataset}/schedule";

    private static Task<HttpResponseMessage> PutAsync(HttpClient client, string dataset, string body) =>
        client.PutAsync(Path(dataset), new StringContent(body, Encoding.UTF8, "application/json"));

    private async Task<HttpClient> AddAsync(string dataset)
    {
        var admin = await hub.AdminClientAsync();
        await File.WriteAllTextAsync(System.IO.Path.Combine(hub.Files, "small.csv"), "ma,ten,xa\n001,Nguyễn Văn An,Lộc Vượng\n");
        using var known = await admin.GetAsync($"{HubCalls.Api}sources/{dataset}");
        if (known.StatusCode == HttpStatusCode.NotFound)
        {
            await SmallDataset.AddAsync(hub, dataset);
        }

        return admin;
    }
}
