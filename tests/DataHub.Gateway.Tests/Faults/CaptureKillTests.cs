using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Faults;

/// <summary>
/// Datasets that follow their source's log, worked off by processes that are killed or have little memory, and by the schedule: nothing is lost, nothing comes twice,
/// and a change is a version within seconds.
/// </summary>
public sealed class CaptureKillTests
{
    private const string Dataset = "theo-nhat-ky";

    [Fact]
    public async Task Killed_before_the_snapshot_between_reading_and_publishing_and_before_the_slot_moves()
    {
        await using var stage = await StartAsync();
        var worker = await stage.StartWorkerAsync();

        // The slot is there and nothing was read.
        long run;
        await using (await Lock.TakeAsync(stage.Sector, "LOCK TABLE people IN ACCESS EXCLUSIVE MODE"))
        {
            run = await QueueAsync(stage);
            await stage.BlockedAsync(run, "extract", stage.Sector);
            await worker.KillAsync();
        }

        worker = await RecoverAsync(stage, run);
        await AssertEqualAsync(stage);

        // The log was read and nothing is published.
        await stage.Sector.ExecuteAsync("UPDATE people SET amount = 1 WHERE id = 1; DELETE FROM people WHERE id = 2; INSERT INTO people VALUES (9001, 'mới', 1)");
        await using (await Lock.TakeAsync(stage.Hub.Database, $"SELECT pg_advisory_xact_lock({Storage.Versions.Publisher.LockClass}, (SELECT id FROM hub.datasets WHERE name = '{Dataset}'))"))
        {
            run = await QueueAsync(stage);
            await stage.BlockedAsync(run, "publish", stage.Hub.Database);
            await worker.KillAsync();
        }

        worker = await RecoverAsync(stage, run);
        await AssertRunAsync(stage, run, "window", read: 3, (1, 1, 1));

        // Published, and the slot stands where it stood: the next pull moves it, and reads only what is new.
        var before = await stage.Sector.ScalarAsync<string>("SELECT confirmed_flush_lsn::text FROM pg_replication_slots WHERE database = current_database()");
        await worker.KillAsync();
        Assert.Equal(before, await stage.Sector.ScalarAsync<string>("SELECT confirmed_flush_lsn::text FROM pg_replication_slots WHERE database = current_database()"));
        await stage.Sector.ExecuteAsync("DELETE FROM people WHERE id = 9001");
        await stage.StartWorkerAsync();
        run = await QueueAsync(stage);
        Assert.Equal("published", (await stage.Admin.EndAsync(run)).State());
        await AssertRunAsync(stage, run, "window", read: 1, (0, 0, 1));
        Assert.Equal(3, await stage.VersionsAsync(Dataset));
        await DropSlotsAsync(stage);
    }

    [Fact]
    public async Task Two_hundred_thousand_changes_of_one_transaction_in_little_memory()
    {
        await using var stage = await StartAsync("INSERT INTO people SELECT g, 'Nguyễn Văn ' || g, g FROM generate_series(10001, 210001) g");
        // 192 MB of managed heap for the whole process: log and keys must not be kept beside each other without bound.
        await stage.StartWorkerAsync(("DOTNET_GCHeapHardLimit", "C000000"));
        Assert.Equal("published", (await stage.Admin.EndAsync(await QueueAsync(stage))).State());
        await stage.Sector.ExecuteAsync("UPDATE people SET name = name || ' sửa' || repeat('x', 200) WHERE id BETWEEN 10001 AND 210000");
        var run = await QueueAsync(stage);
        Assert.Equal("published", (await stage.Admin.EndAsync(run)).State());
        await AssertRunAsync(stage, run, "window", read: 200_000, (0, 200_000, 0));

        // One more key, and the table is read: still one transaction and nothing lost.
        await stage.Sector.ExecuteAsync("UPDATE people SET amount = amount + 1 WHERE id > 10000");
        run = await QueueAsync(stage);
        var end = await stage.Admin.EndAsync(run);
        Assert.Equal("published", end.State());
        Assert.Contains("source_log_gap", end.GetRawText(), StringComparison.Ordinal);
        await AssertRunAsync(stage, run, "full", read: 206_001, (0, 200_001, 0));
        await DropSlotsAsync(stage);
    }

    [Fact]
    public async Task Each_kind_of_change_is_a_version_by_the_schedule_alone()
    {
        await using var stage = await StartAsync();
        await (await PutAsync("PT5S")).ProblemAsync(400, "request_invalid");
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("PT10S")).StatusCode);
        await stage.StartWorkerAsync();
        await ArrivesAsync(null, 1);
        await ArrivesAsync("INSERT INTO people VALUES (9001, 'mới', 1)", 2);
        await ArrivesAsync("UPDATE people SET amount = 77 WHERE id = 9001", 3);
        await ArrivesAsync("DELETE FROM people WHERE id = 9001", 4);
        await ArrivesAsync("TRUNCATE people; INSERT INTO people VALUES (1, 'sau', 1)", 5);
        await stage.Hub.Database.ExecuteAsync("UPDATE hub.schedules SET enabled = false, next_due = NULL");
        await Eventually.TrueAsync("no run is open", async () => await stage.Hub.Database.ScalarAsync<long>("SELECT count(*) FROM hub.runs WHERE state IN ('queued', 'running')") == 0);
        await DropSlotsAsync(stage);

        Task<HttpResponseMessage> PutAsync(string interval) => stage.Admin.PutAsync(
            $"{HubCalls.Api}datasets/{Dataset}/schedule", new StringContent(JsonSerializer.Serialize(new { interval }), System.Text.Encoding.UTF8, "application/json"));

        async Task ArrivesAsync(string? change, int seq)
        {
            if (change is not null)
            {
                await stage.Sector.ExecuteAsync(change);
            }

            var started = TimeProvider.System.GetTimestamp();
            await Eventually.TrueAsync($"version {seq} is there", async () => await stage.VersionsAsync(Dataset) == seq);
            TestContext.Current.TestOutputHelper?.WriteLine($"version {seq} after {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F1} s");
            await AssertEqualAsync(stage);
        }
    }

    private static async Task<FaultStage> StartAsync(string more = "SELECT 1")
    {
        var stage = await FaultStage.StartAsync();
        await stage.Sector.ExecuteAsync("UPDATE people SET name = 'đủ ' || id WHERE name IS NULL; CREATE PUBLICATION datahub FOR TABLE people; " + more);
        await stage.Admin.AddDatasetAsync(
            TestContracts.Yaml(Dataset, "sector", "table=public.people", "open", "id int32 key", "name text required", "amount decimal(12,2)")
            + "\n  - {property: hub.mode, value: log}\n  - {property: hub.maxRemovedRecords, value: 100000}\n  - {property: hub.maxRemoved, value: 100}");
        return stage;
    }

    // In the contract's own mode: what the log says.
    private static async Task<long> QueueAsync(FaultStage stage) => (await HubCalls.ReadAsync(
        await stage.Admin.PostAsJsonAsync($"{HubCalls.Api}datasets/{Dataset}/runs", new { }), HttpStatusCode.Accepted)).GetProperty("id").GetInt64();

    private static async Task<HubProcess> RecoverAsync(FaultStage stage, long run)
    {
        await stage.LapseAsync(run);
        var worker = await stage.StartWorkerAsync();
        Assert.Equal("published", (await stage.Admin.EndAsync(run)).State());
        return worker;
    }

    private static async Task AssertRunAsync(FaultStage stage, long run, string pulled, long read, (long New, long Changed, long Removed) counts)
    {
        Assert.Equal($"{pulled} {read} {counts.New} {counts.Changed} {counts.Removed}", await stage.Hub.Database.ScalarAsync<string>(
            $"""SELECT concat_ws(' ', pulled, read, "new", changed, removed) FROM hub.runs WHERE id = {run}"""));
        await AssertEqualAsync(stage);
    }

    // The newest version by its figures, and by its records against the table.
    private static async Task AssertEqualAsync(FaultStage stage)
    {
        static string Digest(string columns, string? table) => $"SELECT count(*) || ' ' || coalesce(sum(hashtext(concat_ws('|', {columns}))::bigint), 0) FROM {table}";
        var current = await stage.Hub.Database.ScalarAsync<string>(
            $"SELECT p.current_table FROM hub.store_pairs p JOIN hub.datasets d ON d.id = p.dataset_id WHERE d.name = '{Dataset}'");
        Assert.Equal(
            await stage.Sector.ScalarAsync<string>(Digest("id, name, trim_scale(amount)", "people")),
            await stage.Hub.Database.ScalarAsync<string>(Digest("c1, c2, trim_scale(c3)", current)));
    }

    private static Task DropSlotsAsync(FaultStage stage) => stage.Sector.ExecuteAsync(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()");
}
