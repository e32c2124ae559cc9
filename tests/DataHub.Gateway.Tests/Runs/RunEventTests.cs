using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using DataHub.Gateway.Runs;
using DataHub.Gateway.Tests.Faults;
using DataHub.Storage.Runs;
using DataHub.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace DataHub.Gateway.Tests.Runs;

/// <summary>A run watched while a real worker process pulls it past a gate that the test opens.</summary>
public sealed class RunEventTests
{
    [Fact]
    public async Task Tells_the_steps_of_a_run_to_its_end_and_then_that_there_is_nothing_more()
    {
        await using var stage = await FaultStage.StartAsync();
        await stage.StartWorkerAsync();
        long run;
        List<SseItem<JsonElement>> events;
        await using (await stage.CloseGateAsync())
        {
            run = await stage.Admin.StartAsync(FaultStage.Dataset);
            await stage.BlockedAsync(run, "validate", stage.Sector);
        }

        using var answer = await stage.Admin.GetAsync($"{HubCalls.Api}runs/{run}/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(("text/event-stream", "no"), (answer.Content.Headers.ContentType?.MediaType, answer.Headers.GetValues("X-Accel-Buffering").Single()));
        events = await ReadAsync(answer);

        var last = events[^1];
        Assert.Equal(("end", "published"), (last.EventType, last.Data.State()));
        Assert.Equal(6_000, last.Data.GetProperty("read").GetInt64());
        Assert.All(events.SkipLast(1), e => Assert.Contains(e.EventType, new[] { "progress", "heartbeat" }));
        using var again = new HttpRequestMessage(HttpMethod.Get, $"{HubCalls.Api}runs/{run}/events") { Headers = { { "Last-Event-ID", last.EventId } } };
        Assert.Equal(HttpStatusCode.NoContent, (await stage.Admin.SendAsync(again)).StatusCode);
        var ended = (await ReadAsync(await stage.Admin.GetAsync($"{HubCalls.Api}runs/{run}/events"))).Single();
        Assert.Equal(("end", (await stage.Admin.RunAsync(run)).GetProperty("finishedAt").GetDateTimeOffset()),
            (ended.EventType, ended.Data.GetProperty("at").GetDateTimeOffset()));
    }

    [Fact]
    public async Task Begins_with_the_present_state_and_tells_a_watcher_who_comes_back_only_what_is_new()
    {
        await using var stage = await FaultStage.StartAsync();
        var run = await stage.Admin.StartAsync(FaultStage.Dataset);
        var seen = await FirstAsync(stage, run, null);
        Assert.Equal(("progress", "queued"), (seen.EventType, seen.Data.State()));

        var next = FirstAsync(stage, run, seen.EventId);
        using var cancelled = await stage.Admin.PostAsync($"{HubCalls.Api}runs/{run}/cancel", null);

        Assert.Equal(("end", "cancelled"), ((await next).EventType, (await next).Data.State()));
    }

    [Fact]
    public async Task All_watchers_of_a_node_share_one_question_and_are_bounded()
    {
        await using var stage = await FaultStage.StartAsync();
        var run = await stage.Admin.StartAsync(FaultStage.Dataset);
        var feed = stage.Hub.Services.GetRequiredService<RunFeed>();
        var watchers = Enumerable.Range(0, RunFeed.MostWatchers).Select(_ => feed.TryWatch(run)!).ToList();

        var before = feed.Questions;
        foreach (var watcher in watchers)
        {
            Assert.Equal(run, (await watcher.ReadAsync()).Id);
        }

        Assert.InRange(feed.Questions - before, 0, 20);
        using var refused = await stage.Admin.GetAsync($"{HubCalls.Api}runs/{run}/events");
        await refused.ProblemAsync(503, "watchers_busy");
        Assert.NotNull(refused.Headers.RetryAfter);
        watchers.ForEach(w => feed.Leave(run, w));
        Assert.Equal("progress", (await FirstAsync(stage, run, null)).EventType);
    }

    [Fact]
    public async Task Is_for_administrators_and_runs_that_exist()
    {
        await using var hub = await HubServer.StartAsync();
        using var admin = await hub.AdminClientAsync();
        await (await admin.GetAsync(HubCalls.Api + "runs/999/events")).ProblemAsync(404, "run_not_found");
        using var anonymous = hub.CreateClient();
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync(HubCalls.Api + "runs/999/events")).StatusCode);
    }

    [Fact]
    public void Rate_share_and_time_left_follow_from_what_was_read()
    {
        var begin = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        RunSnapshot At(int seconds, long read, long? expected, int attempt = 1) =>
            new(1, "running", "validate", attempt, begin, begin.AddSeconds(seconds), read, expected);
        var rate = new RunRate();

        Assert.Null(rate.Next(At(0, 0, 1_000)).RowsPerSecond);
        Assert.Equal((100.0, 0.2, 8.0), Of(rate.Next(At(2, 200, 1_000))));
        Assert.Equal((100.0, 0.4, 6.0), Of(rate.Next(At(4, 400, 1_000))));
        Assert.Equal((200.0, 1.0, 0.0), Of(rate.Next(At(14, 2_400, 1_000))));
        var again = rate.Next(At(20, 100, null, attempt: 2));
        Assert.Equal((5.0, null, null), (again.RowsPerSecond, again.Share, again.SecondsLeft));
    }

    private static (double?, double?, double?) Of(RunEvent e) => (e.RowsPerSecond, e.Share, e.SecondsLeft);

    private static async Task<SseItem<JsonElement>> FirstAsync(FaultStage stage, long run, string? last)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{HubCalls.Api}runs/{run}/events");
        if (last is not null)
        {
            request.Headers.Add("Last-Event-ID", last);
        }

        using var answer = await stage.Admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await foreach (var item in Parser(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            if (item.EventType != "heartbeat")
            {
                return item;
            }
        }

        throw new InvalidOperationException("the stream ended without an event");
    }

    private static async Task<List<SseItem<JsonElement>>> ReadAsync(HttpResponseMessage answer)
    {
        var events = new List<SseItem<JsonElement>>();
        await foreach (var item in Parser(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            events.Add(item);
        }

        return events;
    }

    private static SseParser<JsonElement> Parser(Stream stream) =>
        SseParser.Create(stream, (_, data) => JsonDocument.Parse(data.ToArray()).RootElement);
}
