using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Sources;

/// <summary>Limits of a source: what is refused, what a waiting run says, and how the answering node gets on with the source.</summary>
public sealed class SourceLimitTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private const string Whole = "\"mon\",\"tue\",\"wed\",\"thu\",\"fri\",\"sat\",\"sun\"";

    private readonly HubServer hub = shared.Server;

    [Fact]
    public async Task A_run_waits_out_the_hours_of_its_source_and_says_until_when()
    {
        using var admin = await AddAsync("gio-cam");
        // From an hour ago to an hour ahead, whatever the hour is; on every day, so that midnight in between does not matter.
        var now = TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Asia/Ho_Chi_Minh"));
        var limits = await (await PutAsync(admin, "gio-cam",
            $$"""{"blackouts":[{"days":[{{Whole}}],"from":"{{now.AddHours(-1):HH:mm}}","until":"{{now.AddHours(1):HH:mm}}"}]}""")).JsonAsync();
        var until = limits.GetProperty("blackoutUntil").GetDateTimeOffset();
        Assert.InRange(until, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddHours(1));

        var waiting = (await admin.RunAsync(await admin.StartAsync("gio-cam"))).GetProperty("waiting");
        Assert.Equal(("source_blackout", until), (waiting.GetProperty("code").GetString(), waiting.GetProperty("until").GetDateTimeOffset()));
        using var other = await AddAsync("gio-khac");
        await admin.PullAsync("gio-khac");
        var runs = (await (await admin.GetAsync(HubCalls.Api + "runs?dataset=gio-cam")).JsonAsync()).GetProperty("value");
        Assert.Equal(("queued", "source_blackout"), (runs[0].State(), runs[0].GetProperty("waiting").GetProperty("code").GetString()));

        await (await PutAsync(admin, "gio-cam", "{}")).JsonAsync();
        var ended = await admin.EndAsync(runs[0].GetProperty("id").GetInt64());
        Assert.Equal(("published", JsonValueKind.Null), (ended.State(), ended.GetProperty("waiting").ValueKind));
    }

    [Theory]
    [InlineData("""{"maxConcurrentRuns":0,"runsPerHour":10001}""", "/maxConcurrentRuns number_invalid", "/runsPerHour number_invalid")]
    [InlineData("""{"pacing":{"maxReaders":33,"callsPerMinute":0,"callTimeoutSeconds":4,"openRetries":11,"circuitMinimumAttempts":1,"circuitBreakSeconds":0}}""",
        "/pacing/maxReaders number_invalid", "/pacing/callsPerMinute number_invalid", "/pacing/callTimeoutSeconds number_invalid",
        "/pacing/openRetries number_invalid", "/pacing/circuitMinimumAttempts number_invalid", "/pacing/circuitBreakSeconds number_invalid")]
    [InlineData("""{"blackouts":[{}]}""", "/blackouts/0/days required", "/blackouts/0/from required", "/blackouts/0/until required")]
    [InlineData("""{"blackouts":[null]}""", "/blackouts/0/days required", "/blackouts/0/from required", "/blackouts/0/until required")]
    [InlineData("""{"blackouts":[{"days":["mon","Thứ hai",null],"from":"7:30","until":"25:00","timeZone":"Asia/Hanoi"}]}""", "/blackouts/0/days/1 weekday_invalid",
        "/blackouts/0/days/2 weekday_invalid", "/blackouts/0/from time_of_day_invalid", "/blackouts/0/until time_of_day_invalid", "/blackouts/0/timeZone time_zone_unknown")]
    [InlineData("""{"blackouts":[{"days":["mon"],"from":"07:30","until":"07:30"}]}""", "/blackouts/0/until blackout_empty")]
    [InlineData("""{"blackouts":[{"days":["mon"],"from":"24:00","until":"00:00"}]}""", "/blackouts/0/from time_of_day_invalid", "/blackouts/0/until time_of_day_invalid")]
    [InlineData("""{"blackouts":[{"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"00:00","until":"24:00"}]}""", "/blackouts blackouts_leave_no_time")]
    [InlineData("""{"window":1}""", "/window member_unknown")]
    [InlineData("""{"blackouts":[{"days":["mon"],"from":"00:00","to":"07:00"}]}""", "/blackouts/0/to member_unknown")]
    [InlineData("""{"pacing":{"maxReader":2}}""", "/pacing/maxReader member_unknown")]
    public async Task Refuses_limits_that_are_none_with_all_problems_at_once(string body, params string[] places)
    {
        using var admin = await AddAsync("gioi-han");

        Assert.Equal(places, (await (await PutAsync(admin, "gioi-han", body)).ProblemAsync(400, "request_invalid")).Places());
        Assert.Equal(0, (await (await admin.GetAsync(HubCalls.Api + "sources/gioi-han/limits")).JsonAsync()).GetProperty("blackouts").GetArrayLength());
    }

    [Fact]
    public async Task Shows_what_was_set_and_refuses_sources_that_are_not_there()
    {
        using var admin = await AddAsync("da-dat");
        var set = await (await PutAsync(admin, "da-dat", """
            {"maxConcurrentRuns":1,"runsPerHour":20,"blackouts":[{"days":["fri","mon"],"from":"22:00","until":"06:00","timeZone":"Europe/Berlin"}],"pacing":{"maxReaders":1}}
            """)).JsonAsync();

        Assert.Equal(set.GetRawText(), (await (await admin.GetAsync(HubCalls.Api + "sources/da-dat/limits")).JsonAsync()).GetRawText());
        Assert.Equal("""{"days":["mon","fri"],"from":"22:00","until":"06:00","timeZone":"Europe/Berlin"}""", set.GetProperty("blackouts")[0].GetRawText());
        await (await PutAsync(admin, "khong-co", "{}")).ProblemAsync(404, "source_not_found");
        await (await admin.GetAsync(HubCalls.Api + "sources/khong-co/limits")).ProblemAsync(404, "source_not_found");
        await (await admin.GetAsync(HubCalls.Api + "sources/khong-co/state")).ProblemAsync(404, "source_not_found");
    }

    [Fact]
    public async Task Says_how_the_node_gets_on_with_a_source_that_refuses_connections()
    {
        using var admin = await hub.AdminClientAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = $"{((IPEndPoint)listener.LocalEndpoint).Port}";
        listener.Stop();
        await admin.AddSourceAsync(new { id = "tat-may", kind = "postgres", settings = new { host = "127.0.0.1", port, database = "x" } });
        await admin.AddDatasetAsync(TestContracts.Yaml("tat-may", "tat-may", "table=public.t", "open", "id int32 key"));
        await (await PutAsync(admin, "tat-may", """{"pacing":{"openRetries":1,"circuitMinimumAttempts":2,"circuitBreakSeconds":3600,"callsPerMinute":100}}""")).JsonAsync();
        Assert.Equal(JsonValueKind.Null, (await StateAsync(admin)).GetProperty("state").ValueKind);

        Assert.Equal("failed", (await admin.PullAsync("tat-may")).State());
        var refused = await admin.PullAsync("tat-may");

        Assert.Equal("source_circuit_open", refused.GetProperty("error").GetProperty("code").GetString());
        var state = (await StateAsync(admin)).GetProperty("state");
        Assert.Equal(("open", 1, 0, "source_unreachable"), (state.GetProperty("circuit").GetString(), state.GetProperty("retries").GetInt32(),
            state.GetProperty("readers").GetInt32(), state.GetProperty("lastError").GetString()));
        Assert.Equal(JsonValueKind.String, state.GetProperty("circuitSince").ValueKind);
    }

    private static async Task<JsonElement> StateAsync(HttpClient admin) => await (await admin.GetAsync(HubCalls.Api + "sources/tat-may/state")).JsonAsync();

    private static Task<HttpResponseMessage> PutAsync(HttpClient admin, string source, string body) =>
        admin.PutAsync($"{HubCalls.Api}sources/{source}/limits", new StringContent(body, Encoding.UTF8, "application/json"));

    private async Task<HttpClient> AddAsync(string dataset)
    {
        var admin = await hub.AdminClientAsync();
        await File.WriteAllTextAsync(Path.Combine(hub.Files, "small.csv"), "ma,ten,xa\n001,Nguyễn Văn An,Lộc Vượng\n");
        using var known = await admin.GetAsync($"{HubCalls.Api}sources/{dataset}");
        if (known.StatusCode == HttpStatusCode.NotFound)
        {
            await SmallDataset.AddAsync(hub, dataset);
        }

        return admin;
    }
}
