using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Faults;

/// <summary>
/// <c>kill -9</c> of a worker at each of the six steps: nothing is lost, nothing half is seen, and the next process gives the right version by itself.
/// </summary>
public sealed class KillTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Killed_while_extracting(int seq)
    {
        await using var stage = await PrepareAsync(seq);
        var before = await stage.ReadAsync();
        var worker = await stage.StartWorkerAsync();
        long run;
        await using (await Lock.TakeAsync(stage.Sector, "LOCK TABLE people IN ACCESS EXCLUSIVE MODE"))
        {
            run = await stage.Admin.StartAsync(FaultStage.Dataset);
            await stage.BlockedAsync(run, "extract", stage.Sector);
            await worker.KillAsync();
        }

        await AssertRecoversAsync(stage, run, seq, before);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Killed_while_validating_after_thousands_of_records(int seq)
    {
        await using var stage = await PrepareAsync(seq);
        var before = await stage.ReadAsync();
        var worker = await stage.StartWorkerAsync();
        long run;
        await using (await stage.CloseGateAsync())
        {
            run = await stage.Admin.StartAsync(FaultStage.Dataset);
            await stage.BlockedAsync(run, "validate", stage.Sector);
            await Eventually.TrueAsync("records were read", async () => (await stage.Admin.RunAsync(run)).GetProperty("read").GetInt64() > 0);
            await worker.KillAsync();
        }

        await AssertRecoversAsync(stage, run, seq, before);
    }

    [Fact]
    public async Task Killed_while_staging_a_first_load()
    {
        await using var stage = await PrepareAsync(1);
        // The load's tables are made in its own transaction; only the database itself can stop it there.
        await stage.Hub.Database.ExecuteAsync("""
            CREATE FUNCTION gate_history() RETURNS event_trigger LANGUAGE plpgsql AS
                'BEGIN IF EXISTS (SELECT 1 FROM pg_event_trigger_ddl_commands() WHERE object_identity LIKE ''store.%_hist'')
                THEN PERFORM pg_advisory_xact_lock_shared(78); END IF; END';
            CREATE EVENT TRIGGER gate_history ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION gate_history();
            """);
        var worker = await stage.StartWorkerAsync();
        long run;
        await using (await Lock.TakeAsync(stage.Hub.Database, "SELECT pg_advisory_xact_lock(78)"))
        {
            run = await stage.Admin.StartAsync(FaultStage.Dataset);
            await stage.BlockedAsync(run, "stage", stage.Hub.Database);
            await worker.KillAsync();
        }

        await AssertRecoversAsync(stage, run, 1, null);
    }

    [Theory]
    [InlineData("stage", true)]
    [InlineData("check", false)]
    public async Task Killed_while_comparing_a_later_load(string step, bool delete)
    {
        await using var stage = await PrepareAsync(2, delete);
        var before = await stage.ReadAsync();
        var worker = await stage.StartWorkerAsync();
        var gate = await stage.CloseGateAsync();
        var run = await stage.Admin.StartAsync(FaultStage.Dataset);
        await stage.BlockedAsync(run, "validate", stage.Sector);
        // With removed records the load looks at the current table again; without, the check's join is the first to do so.
        await using (await stage.LockAsync((await stage.CurrentTableAsync())!))
        {
            await gate.DisposeAsync();
            await stage.BlockedAsync(run, step, stage.Hub.Database);
            await worker.KillAsync();
        }

        await AssertRecoversAsync(stage, run, 2, before);
    }

    [Fact]
    public async Task Killed_while_checking_a_first_load()
    {
        await using var stage = await PrepareAsync(1);
        var worker = await stage.StartWorkerAsync();
        var gate = await stage.CloseGateAsync();
        var run = await stage.Admin.StartAsync(FaultStage.Dataset);
        await stage.BlockedAsync(run, "validate", stage.Sector);
        await using (await stage.LockAsync("hub.stored_columns"))
        {
            await gate.DisposeAsync();
            await stage.BlockedAsync(run, "check", stage.Hub.Database);
            await worker.KillAsync();
        }

        await AssertRecoversAsync(stage, run, 1, null);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Killed_while_publishing(int seq)
    {
        await using var stage = await PrepareAsync(seq);
        var before = await stage.ReadAsync();
        var worker = await stage.StartWorkerAsync();
        long run;
        await using (await stage.LockPublishingAsync())
        {
            run = await stage.Admin.StartAsync(FaultStage.Dataset);
            await stage.BlockedAsync(run, "publish", stage.Hub.Database);
            await worker.KillAsync();
        }

        await AssertRecoversAsync(stage, run, seq, before);
    }

    [Fact]
    public async Task Killed_in_the_middle_of_the_publish_transaction()
    {
        await using var stage = await PrepareAsync(2);
        var before = await stage.ReadAsync();
        var worker = await stage.StartWorkerAsync();
        long run;
        // The ledger is written after rows and head: everything but the version itself is done and nothing may be seen.
        await using (await stage.LockAsync("hub.ledger", "EXCLUSIVE"))
        {
            run = await stage.Admin.StartAsync(FaultStage.Dataset);
            await stage.BlockedAsync(run, "publish", stage.Hub.Database);
            Assert.Equal(before, await stage.ReadAsync());
            await worker.KillAsync();
        }

        await AssertRecoversAsync(stage, run, 2, before);
    }

    [Fact]
    public async Task Killed_while_reporting_keeps_the_version_that_was_published()
    {
        await using var stage = await PrepareAsync(2);
        var worker = await stage.StartWorkerAsync();
        var publishing = await stage.LockPublishingAsync();
        var run = await stage.Admin.StartAsync(FaultStage.Dataset);
        await stage.BlockedAsync(run, "publish", stage.Hub.Database);
        await using (await stage.LockAsync($"work.delta_r{run}_1", "ACCESS SHARE"))
        {
            await publishing.DisposeAsync();
            await Eventually.TrueAsync("the version is published", async () => await stage.VersionsAsync() == 2);
            await stage.BlockedAsync(run, "report", stage.Hub.Database);
            await worker.KillAsync();
        }

        await stage.StartWorkerAsync();
        await stage.AssertPublishedAsync(run, 2);
        Assert.Equal("unchanged", (await stage.Admin.PullAsync(FaultStage.Dataset)).State());
    }

    [Fact]
    public async Task The_next_worker_waits_for_the_lease_and_then_takes_over_by_itself()
    {
        await using var stage = await PrepareAsync(1);
        var worker = await stage.StartWorkerAsync();
        var next = await stage.StartWorkerAsync();
        long run;
        await using (await stage.CloseGateAsync())
        {
            run = await stage.Admin.StartAsync(FaultStage.Dataset);
            await stage.BlockedAsync(run, "validate", stage.Sector);
            var owner = await stage.Hub.Database.ScalarAsync<string>($"SELECT lease_owner FROM hub.runs WHERE id = {run}");
            await (owner!.Contains($":{worker.Id}:", StringComparison.Ordinal) ? worker : next).KillAsync();
        }

        await stage.AssertPublishedAsync(run, 1);
        Assert.Equal(2, await stage.Hub.Database.ScalarAsync<int>($"SELECT lease_number FROM hub.runs WHERE id = {run}"));
    }

    /// <summary>A dataset before its version <paramref name="seq"/>: the earlier ones published, the sector changed since.</summary>
    private static async Task<FaultStage> PrepareAsync(int seq, bool delete = true)
    {
        var stage = await FaultStage.StartAsync();
        if (seq == 2)
        {
            var worker = await stage.StartWorkerAsync();
            await stage.AssertPublishedAsync(await stage.Admin.StartAsync(FaultStage.Dataset), 1);
            Assert.Equal(0, await worker.TerminateAsync());
            await stage.ChangeSectorAsync(delete);
        }

        return stage;
    }

    private static async Task AssertRecoversAsync(FaultStage stage, long run, int seq, IReadOnlyList<string>? before)
    {
        Assert.Equal(seq - 1, await stage.VersionsAsync());
        Assert.Equal(before, await stage.ReadAsync());
        await stage.LapseAsync(run);
        await stage.StartWorkerAsync();
        await stage.AssertPublishedAsync(run, seq);
        Assert.Equal("unchanged", (await stage.Admin.PullAsync(FaultStage.Dataset)).State());
    }
}
