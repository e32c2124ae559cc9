using DataHub.Core.Errors;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Runs;
using DataHub.Storage.Tests.Kit;
using DataHub.TestKit;
using Xunit;

namespace DataHub.Storage.Tests.Versions;

/// <summary>The brake, held candidates and what becomes of them, through the real pipeline.</summary>
public sealed class HeldRunTests
{
    [Fact]
    public async Task A_held_first_load_is_published_when_approved()
    {
        await using var lab = await PipelineLab.StartAsync();
        var run = await lab.RunAsync("a,1", "b,x");
        Assert.Equal(("held", "0 versions, no records"), (run.State, await lab.LineAsync()));
        Assert.Contains("rejected_share", run.Holds, StringComparison.Ordinal);
        Assert.Equal(1, await lab.ApproveAsync(run));
        run = await lab.ReadAsync(run);
        Assert.Equal(("published", 1, "approver", "1 versions, 1 records"), (run.State, run.VersionSeq, run.DecidedBy, await lab.LineAsync()));
        Assert.Equal("published", (await lab.RunAsync("a,1", "c,1")).State);
    }

    [Fact]
    public async Task A_held_delta_is_logged_and_an_ordinary_one_is_not()
    {
        await using var lab = await PipelineLab.StartAsync();
        await lab.RunAsync(PipelineLab.Records(50));
        var held = await lab.RunAsync(PipelineLab.Records(10));
        Assert.Equal("held", held.State);
        Assert.Equal("p", await lab.ScalarAsync<string>(
            $"SELECT relpersistence::text FROM pg_class WHERE relname = 'delta_r{held.Id}_{held.LeaseNumber}'"));
        Assert.Equal(2, await lab.ApproveAsync(held));
        Assert.Equal("2 versions, 10 records", await lab.LineAsync());
        Assert.Equal(0, await lab.WorkTablesAsync());
    }

    [Fact]
    public async Task An_ordinary_delta_is_unlogged()
    {
        await using var lab = await StoreLab.StartAsync();
        var dataset = await lab.AddAsync(StoreLab.Contract("1.0.0", "{name: k, logicalType: string, primaryKey: true}"));
        await lab.PublishAsync(dataset, ["a"]);
        var load = await lab.LoadAsync(dataset, Way.Compared, [["b"]]);
        Assert.Equal("u", await lab.ScalarAsync<string>($"SELECT relpersistence::text FROM pg_class WHERE oid = '{load.Candidate.Delta}'::regclass"));
    }

    [Fact]
    public async Task A_later_good_run_supersedes_a_held_one()
    {
        await using var lab = await PipelineLab.StartAsync();
        await lab.RunAsync(PipelineLab.Records(50));
        var held = await lab.RunAsync(PipelineLab.Records(10));
        Assert.Equal("published", (await lab.RunAsync(PipelineLab.Records(51))).State);
        Assert.Equal("superseded", (await lab.ReadAsync(held)).State);
        await RefusesAsync("candidate_outdated", () => lab.ApproveAsync(held));
        await RefusesAsync("candidate_outdated", () => lab.DiscardAsync(held));
        Assert.Equal("2 versions, 51 records", await lab.LineAsync());
    }

    [Fact]
    public async Task A_later_unchanged_run_supersedes_a_held_one()
    {
        await using var lab = await PipelineLab.StartAsync();
        await lab.RunAsync(PipelineLab.Records(50));
        var held = await lab.RunAsync(PipelineLab.Records(10));
        Assert.Equal("unchanged", (await lab.RunAsync(PipelineLab.Records(50))).State);
        Assert.Equal("superseded", (await lab.ReadAsync(held)).State);
        Assert.Equal("1 versions, 50 records", await lab.LineAsync());
    }

    [Fact]
    public async Task A_later_held_run_takes_the_place_of_the_older()
    {
        await using var lab = await PipelineLab.StartAsync();
        await lab.RunAsync(PipelineLab.Records(50));
        var older = await lab.RunAsync(PipelineLab.Records(10));
        var newer = await lab.RunAsync(PipelineLab.Records(9));
        Assert.Equal(("superseded", "held"), ((await lab.ReadAsync(older)).State, newer.State));
        Assert.Equal(2, await lab.ApproveAsync(newer));
        Assert.Equal("2 versions, 9 records", await lab.LineAsync());
    }

    [Fact]
    public async Task A_discarded_run_leaves_nothing_and_cannot_be_approved()
    {
        await using var lab = await PipelineLab.StartAsync();
        await lab.RunAsync(PipelineLab.Records(50));
        var held = await lab.RunAsync(PipelineLab.Records(10));
        await lab.DiscardAsync(held);
        Assert.Equal(("discarded", 0), ((await lab.ReadAsync(held)).State, (int)await lab.WorkTablesAsync()));
        await RefusesAsync("run_not_held", () => lab.ApproveAsync(held));
        await RefusesAsync("run_not_held", () => lab.DiscardAsync(held));
        Assert.Equal(1, await lab.ScalarAsync<long>($"SELECT count(*) FROM hub.ledger WHERE event = 'run.discarded' AND run_id = {held.Id}"));
    }

    [Fact]
    public async Task A_held_run_is_approved_although_a_later_run_added_a_column_and_failed()
    {
        await using var lab = await PipelineLab.StartAsync();
        await lab.RunAsync(PipelineLab.Records(50));
        var held = await lab.RunAsync(PipelineLab.Records(10));
        await FailAfterAddingAColumnAsync(lab);
        Assert.Equal(2, await lab.ApproveAsync(held));
        var next = await lab.RunFileAsync("ma,gia,them", ["k000000,1,x", .. PipelineLab.Records(10).Skip(1).Select(r => r + ",")]);
        Assert.Equal(("published", "3 versions, 10 records", 1L), (next.State, await lab.LineAsync(), next.Changed));
    }

    [Fact]
    public async Task A_held_first_load_is_approved_although_a_later_run_knew_more_columns()
    {
        await using var lab = await PipelineLab.StartAsync();
        var held = await lab.RunAsync("a,1", "b,x");
        await FailAfterAddingAColumnAsync(lab);
        Assert.Equal(1, await lab.ApproveAsync(held));
        var next = await lab.RunFileAsync("ma,gia,them", ["a,1,x"]);
        Assert.Equal(("published", "2 versions, 1 records", 1L), (next.State, await lab.LineAsync(), next.Changed));
    }

    [Fact]
    public async Task Nothing_is_held_at_exactly_ten_records_and_at_a_tenth()
    {
        await using var lab = await PipelineLab.StartAsync();
        await lab.RunAsync(PipelineLab.Records(200));
        Assert.Equal("published", (await lab.RunAsync(PipelineLab.Records(180))).State);
        Assert.Equal("published", (await lab.RunAsync(PipelineLab.Records(170))).State);
        Assert.Equal("held", (await lab.RunAsync(PipelineLab.Records(152))).State);
        Assert.Equal("held", (await lab.RunAsync()).State);
        Assert.Equal("published", (await lab.RunAsync([.. PipelineLab.Records(198), "bad,x", "bad,y"])).State);
        Assert.Equal("held", (await lab.RunAsync([.. PipelineLab.Records(198), "bad,x", "bad,y", "bad,z"])).State);
    }

    private static async Task RefusesAsync(string code, Func<Task> action) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<HubErrorException>(action)).Error.Code);

    // The contract knows a third column, the file is cut in the middle: the run prepares the store and fails.
    private static async Task FailAfterAddingAColumnAsync(PipelineLab lab)
    {
        await lab.ReviseAsync("1.1.0", PipelineLab.ThreeColumns);
        await lab.ExecuteAsync("""
            CREATE FUNCTION work.stop_delta() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
                IF EXISTS (SELECT 1 FROM pg_event_trigger_ddl_commands() WHERE object_identity ~ '(delta|_cur$)' AND command_tag = 'CREATE TABLE') THEN
                    RAISE EXCEPTION 'stopped by the test';
                END IF; END $$;
            CREATE EVENT TRIGGER stop_delta ON ddl_command_end EXECUTE FUNCTION work.stop_delta();
            """);
        var failed = await lab.RunFileAsync("ma,gia,them", ["a,1,x"]);
        await lab.ExecuteAsync("DROP EVENT TRIGGER stop_delta");
        Assert.Equal("failed", failed.State);
    }
}
