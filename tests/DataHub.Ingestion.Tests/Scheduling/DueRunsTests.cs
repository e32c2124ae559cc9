using Xunit;
using static DataHub.Ingestion.Tests.Scheduling.ScheduleLab;

namespace DataHub.Ingestion.Tests.Scheduling;

/// <summary>What schedules make: one run a due time whoever looks, at most one for all that was missed, none where one is open or the dataset paused.</summary>
public sealed class DueRunsTests : IAsyncLifetime
{
    private ScheduleLab lab = null!;

    public async ValueTask InitializeAsync() => lab = await StartAsync();

    public ValueTask DisposeAsync() => lab.DisposeAsync();

    [Fact]
    public async Task Each_due_time_of_a_day_gives_one_run_though_six_look_at_a_time()
    {
        var datasets = new[] { await lab.AddAsync("aa"), await lab.AddAsync("bb"), await lab.AddAsync("cc") };
        foreach (var dataset in datasets)
        {
            await lab.ScheduleAsync(dataset, "0 * * * *", "2026-03-01T00:00Z");
        }

        for (var hour = 0; hour < 24; hour++)
        {
            var at = Time("2026-03-01T00:00:03Z").AddHours(hour);
            var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => lab.TickAsync(at)));
            Assert.Equal((3, 0), (results.Sum(r => r.Queued), results.Sum(r => r.Skipped + r.Late)));
            await lab.EndRunsAsync();
        }

        var expected = string.Join(", ", Enumerable.Range(0, 24).Select(h => $"01 {h:00}:00 schedule"));
        foreach (var dataset in datasets)
        {
            Assert.Equal(expected, await lab.RunsAsync(dataset));
        }

        Assert.Equal(0, (await lab.TickAsync("2026-03-01T23:59:59Z")).Queued);
    }

    [Fact]
    public async Task What_was_missed_while_no_node_ran_becomes_one_run_that_says_so()
    {
        var dataset = await lab.AddAsync("aa");
        await lab.ScheduleAsync(dataset, "0 * * * *", "2026-03-01T00:00Z");

        Assert.Equal(1, (await lab.TickAsync("2026-03-01T05:20Z")).Queued);

        Assert.Equal("01 05:00 schedule 5", await lab.RunsAsync(dataset));
        Assert.Equal(("queued", 5), ((await lab.LastAsync(dataset))!.Outcome, (await lab.LastAsync(dataset))!.Missed));
        Assert.StartsWith("schedule_missed aa", await lab.NoticesAsync(), StringComparison.Ordinal);
        Assert.Equal(Time("2026-03-01T06:00Z"), await lab.Hub.Database.ScalarAsync<DateTime>("SELECT next_due FROM hub.schedules"));
    }

    [Fact]
    public async Task An_open_run_is_no_error_the_due_time_is_noted_and_skipped()
    {
        var dataset = await lab.AddAsync("aa");
        await lab.ScheduleAsync(dataset, "0 * * * *", "2026-03-01T00:00Z");
        var open = await lab.Hub.QueueAsync(dataset);

        var result = await lab.TickAsync("2026-03-01T00:00:01Z");

        Assert.Equal((0, 1), (result.Queued, result.Skipped));
        var last = (await lab.LastAsync(dataset))!;
        Assert.Equal((Time("2026-03-01T00:00Z"), "open_run", open), (last.Due, last.Outcome, last.Run));
        await lab.EndRunsAsync();
        Assert.Equal(1, (await lab.TickAsync("2026-03-01T01:00Z")).Queued);
    }

    [Theory]
    [InlineData("append", "incremental")]
    [InlineData("log", "incremental")]
    [InlineData("full", "full")]
    public async Task A_schedule_without_a_mode_runs_as_the_contract_says(string mode, string run)
    {
        var dataset = await lab.AddAsync($"mode-{mode}", mode == "append" ? "hub.file=t.csv" : "hub.table=t", $"hub.mode={mode}");
        await lab.ScheduleAsync(dataset, "0 * * * *", "2026-03-01T00:00Z");
        await lab.TickAsync("2026-03-01T00:00Z");
        Assert.Equal(run, await lab.Hub.Database.ScalarAsync<string>($"SELECT mode FROM hub.runs WHERE dataset_id = {dataset.Id}"));
    }

    [Fact]
    public async Task A_paused_dataset_gets_no_run_and_is_not_made_up_for_when_it_goes_on()
    {
        var dataset = await lab.AddAsync("aa");
        await lab.ScheduleAsync(dataset, "0 * * * *", "2026-03-01T00:00Z");
        await lab.Hub.Database.ExecuteAsync("""UPDATE hub.datasets SET paused = '{"code":"x","vi":"Nguồn đổi","en":"The source changed","by":"hub","at":"2026-03-01T00:00:00Z"}'""");

        Assert.Equal(1, (await lab.TickAsync("2026-03-01T00:00:01Z")).Skipped);
        Assert.Equal("paused", (await lab.LastAsync(dataset))!.Outcome);
        await lab.Hub.Database.ExecuteAsync("UPDATE hub.datasets SET paused = NULL");
        Assert.Equal(0, (await lab.TickAsync("2026-03-01T00:30:00Z")).Queued);
        Assert.Equal("", await lab.RunsAsync(dataset));
        Assert.Equal("dataset_paused aa", await lab.NoticesAsync());
    }

    [Fact]
    public async Task A_dataset_runs_after_another_was_published_and_again_when_that_happened_in_its_middle()
    {
        var (a, b, c) = (await lab.AddAsync("aa"), await lab.AddAsync("bb"), await lab.AddAsync("cc"));
        await lab.ScheduleAsync(c, null, null, "aa", "bb");
        Assert.Equal(0, (await lab.TickAsync("2026-03-01T00:00Z")).Queued);

        await lab.PublishAsync(a);
        await lab.PublishAsync(b);
        Assert.Equal(1, (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => lab.TickAsync("2026-03-01T00:01Z")))).Sum(r => r.Queued));
        Assert.Equal("publication aa 1", await lab.RunsAsync(c));

        await lab.PublishAsync(b);
        Assert.Equal(0, (await lab.TickAsync("2026-03-01T00:02Z")).Queued);
        await lab.EndRunsAsync();
        Assert.Equal(1, (await lab.TickAsync("2026-03-01T00:03Z")).Queued);
        await lab.EndRunsAsync();
        Assert.Equal(0, (await lab.TickAsync("2026-03-01T00:04Z")).Queued);
        Assert.Equal("publication aa 1, publication bb 2", await lab.RunsAsync(c));
    }

    [Fact]
    public async Task A_run_that_has_not_begun_in_time_is_noticed_once()
    {
        var dataset = await lab.AddAsync("aa");
        await lab.ScheduleAsync(dataset, "0 * * * *", "2026-03-01T00:00Z");
        await lab.TickAsync("2026-03-01T00:00:01Z");
        Assert.Equal(0, (await lab.TickAsync("2026-03-01T00:09:59Z")).Late);

        var late = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => lab.TickAsync("2026-03-01T00:10Z")));

        Assert.Equal(1, late.Sum(l => l.Late));
        Assert.Equal(0, (await lab.TickAsync("2026-03-01T00:20Z")).Late);
        Assert.Equal("run_late aa", await lab.NoticesAsync());
    }
}
