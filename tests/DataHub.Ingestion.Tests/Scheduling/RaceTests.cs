using DataHub.Ingestion.Scheduling;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Schedules;
using DataHub.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;
using static DataHub.Ingestion.Tests.Scheduling.ScheduleLab;

namespace DataHub.Ingestion.Tests.Scheduling;

/// <summary>Two whole nodes, each with schedules and a worker, on one store.</summary>
public sealed class RaceTests
{
    private static readonly string[] Names = ["xa", "phuong"];

    [Fact]
    public async Task Two_nodes_race_through_a_day_and_each_due_time_is_one_run_and_one_version()
    {
        await using var sector = await TestDatabase.CreateEmptyAsync();
        await sector.ExecuteAsync("CREATE TABLE xa (id int PRIMARY KEY, lan int); INSERT INTO xa SELECT i, 0 FROM generate_series(1, 20) i; CREATE TABLE phuong AS TABLE xa; ALTER TABLE phuong ADD PRIMARY KEY (id)");
        await using var first = await TestHub.StartAsync();
        var second = await TestHub.StartAsync(database: first.Database);
        var datasets = await AddAsync(first, sector);

        for (var hour = 0; hour < 24; hour++)
        {
            await sector.ExecuteAsync($"UPDATE xa SET lan = {hour + 1} WHERE id = 1; UPDATE phuong SET lan = {hour + 1} WHERE id <= 2");
            var at = Time("2026-03-01T00:00:01Z").AddHours(hour);
            var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(i =>
                (i % 2 == 0 ? first : second).Services.GetRequiredService<DueRuns>().TickAsync(at, CancellationToken.None)));
            Assert.Equal(2, results.Sum(r => r.Queued));
            await Eventually.TrueAsync($"the runs of hour {hour} end", async () =>
                await first.Database.ScalarAsync<long>("SELECT count(*) FROM hub.runs WHERE state IN ('queued', 'running')") == 0);
        }

        await second.StopAsync();
        foreach (var dataset in datasets)
        {
            await using var db = await first.OpenAsync();
            var runs = await db.Runs.Where(r => r.DatasetId == dataset.Id).OrderBy(r => r.Id).ToListAsync();
            Assert.Equal(Enumerable.Range(0, 24).Select(h => (DateTimeOffset?)Time("2026-03-01T00:00Z").AddHours(h)), runs.Select(r => r.DueAt));
            Assert.All(runs, r => Assert.Equal(("published", 1), (r.State, r.LeaseNumber)));
            Assert.Equal(Enumerable.Range(1, 24), runs.Select(r => r.VersionSeq!.Value));
            Assert.Equal([20L, .. Enumerable.Repeat(dataset.Name == "xa" ? 1L : 2L, 23)], runs.Select(r => r.New + r.Changed));
        }

        var workers = await first.Database.ScalarAsync<long>("SELECT count(DISTINCT lease_owner) FROM hub.runs");
        Assert.InRange(workers, 1, 2);
    }

    [Fact]
    public async Task Two_clustered_schedulers_make_one_run_a_due_time_and_the_one_that_is_left_goes_on()
    {
        var every = new SchedulingOptions { TickSeconds = 1 };
        await using var first = await TestHub.StartAsync(worker: false, scheduling: every);
        await first.AddSourceAsync("kho", "csv", null, null, "folder=.");
        var dataset = await first.AddDatasetAsync(Contract("moi-giay", "hub.file=t.csv"));
        var second = await TestHub.StartAsync(database: first.Database, worker: false, scheduling: every);
        try
        {
            await Eventually.TrueAsync("both schedulers have checked in", async () =>
                await first.Database.ScalarAsync<long>("SELECT count(*) FROM quartz.qrtz_scheduler_state") == 2);
            Assert.Equal(1, await first.Database.ScalarAsync<long>("SELECT count(*) FROM quartz.qrtz_triggers"));
            await first.Database.ExecuteAsync($"""
                INSERT INTO hub.schedules (dataset_id, every_seconds, anchor, time_zone, enabled, late_after_minutes, next_due, updated_by, updated_at)
                VALUES ({dataset.Id}, 1, '2026-01-01', 'UTC', true, 10, date_trunc('second', now()), 'test', now())
                """);
            await RunsAsync(first, 4);
        }
        finally
        {
            await second.StopAsync();
        }

        await RunsAsync(first, 7);
        Assert.Equal(0, await first.Database.ScalarAsync<long>("SELECT count(*) - count(DISTINCT due_at) FROM hub.runs"));
    }

    // A worker that ends what is queued; each time a tick finds the dataset free again.
    private static Task RunsAsync(TestHub hub, int wanted) => Eventually.TrueAsync($"{wanted} runs were queued", async () =>
    {
        await hub.Database.ExecuteAsync("UPDATE hub.runs SET state = 'unchanged' WHERE state = 'queued'");
        return await hub.Database.ScalarAsync<long>("SELECT count(*) FROM hub.runs") >= wanted;
    });

    private static async Task<List<Dataset>> AddAsync(TestHub hub, TestDatabase sector)
    {
        var server = new NpgsqlConnectionStringBuilder(TestDatabase.Server);
        await hub.AddSourceAsync("kho", "postgres", server.Username, null, $"host={server.Host}", $"port={server.Port}", $"database={sector.Name}");
        var datasets = new List<Dataset>();
        foreach (var name in Names)
        {
            var dataset = await hub.AddDatasetAsync(Contract(name, $"hub.table=public.{name}"));
            await hub.Services.GetRequiredService<ScheduleStore>().ReplaceAsync(dataset.Id, name,
                new DatasetSchedule("Asia/Ho_Chi_Minh", null, true) { Cron = "0 * * * *" }, "test", CancellationToken.None);
            datasets.Add(dataset);
        }

        await hub.Database.ExecuteAsync("UPDATE hub.schedules SET next_due = '2026-03-01T00:00Z'");
        return datasets;
    }

    private static string Contract(string name, string place) => LabContract.Yaml(
        name, ["name: id, logicalType: integer, primaryKey: true", "name: lan, logicalType: integer"], ["hub.source=kho", place]);
}
