using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Loads;
using DataHub.Storage.Runs;
using DataHub.Storage.Tests.Kit;
using DataHub.Storage.Versions;
using Npgsql;
using Xunit;

namespace DataHub.Storage.Tests.Versions;

/// <summary>Publishing: all or nothing, by the right worker, against the right head, in strictly growing time.</summary>
public sealed class PublishTests : IAsyncLifetime
{
    private static readonly DataContract Contract = StoreLab.Contract(
        "1.0.0", "{name: k, logicalType: string, primaryKey: true}", "{name: a, logicalType: string}");

    private StoreLab lab = null!;
    private LabDataset dataset = null!;

    public async ValueTask InitializeAsync()
    {
        lab = await StoreLab.StartAsync();
        dataset = await lab.AddAsync(Contract);
    }

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Fact]
    public async Task Refuses_a_candidate_whose_head_has_moved()
    {
        await lab.PublishAsync(dataset, ["a", "1"]);
        var late = await lab.LoadAsync(dataset, Way.Compared, [["a", "2"]]);
        await lab.ExecuteAsync($"UPDATE hub.runs SET state = 'held' WHERE id = {late.Run}");
        await lab.PublishAsync(dataset, ["a", "3"]);
        await lab.ExecuteAsync($"UPDATE hub.runs SET state = 'running' WHERE id = {late.Run}");
        await RefusesAsync("candidate_outdated", late);
    }

    [Fact]
    public async Task Refuses_a_worker_whose_lease_was_taken_over()
    {
        await lab.PublishAsync(dataset, ["a", "1"]);
        var load = await lab.LoadAsync(dataset, Way.Compared, [["a", "2"]]);
        await lab.ExecuteAsync($"UPDATE hub.runs SET lease_number = 2 WHERE id = {load.Run}");
        await RefusesAsync("run_lost", load);
        await lab.ExecuteAsync($"UPDATE hub.runs SET lease_number = 1, cancel_requested = true WHERE id = {load.Run}");
        await RefusesAsync("run_lost", load);
    }

    [Theory]
    [InlineData("DELETE FROM {0} WHERE op = 'i'")]
    [InlineData("DELETE FROM {0} WHERE op = 'd'")]
    [InlineData("UPDATE {0} SET c1 = 'unknown' WHERE op = 'u'")]
    [InlineData("UPDATE {0} SET op = 'd' WHERE op = 'u'")]
    public async Task Changes_nothing_when_the_difference_does_not_match_its_counts(string damage)
    {
        await lab.PublishAsync(dataset, ["a", "1"], ["b", "1"]);
        var load = await lab.LoadAsync(dataset, Way.Staged, [["a", "2"], ["c", "1"]]);
        await lab.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, damage, load.Candidate.Delta));
        var before = await StateAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => lab.PublishAsync(dataset, load));
        Assert.Equal(before, await StateAsync());
        Assert.Equal("running", await lab.ScalarAsync<string>($"SELECT state FROM hub.runs WHERE id = {load.Run}"));
    }

    [Fact]
    public async Task Publishing_times_grow_although_the_clock_went_back()
    {
        await lab.PublishAsync(dataset, ["a", "1"]);
        await lab.ExecuteAsync($"UPDATE hub.versions SET published_at = now() + interval '1 year' WHERE dataset_id = {dataset.Id}");
        await lab.PublishAsync(dataset, ["a", "2"]);
        await lab.PublishAsync(dataset, ["a", "3"]);
        Assert.Equal(["True", "True"], await lab.TextsAsync($"""
            SELECT published_at > (SELECT published_at FROM hub.versions w WHERE w.dataset_id = v.dataset_id AND w.seq = v.seq - 1)
            FROM hub.versions v WHERE dataset_id = {dataset.Id} AND seq > 1 ORDER BY seq
            """));
    }

    [Fact]
    public async Task The_version_row_is_written_last()
    {
        await lab.PublishAsync(dataset, ["a", "1"]);
        var load = await lab.LoadAsync(dataset, Way.Compared, [["a", "2"]]);

        // Whatever fails at the last statement takes all of it back; and the trigger sees everything else done.
        await lab.ExecuteAsync($"""
            CREATE FUNCTION work.look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION 'seen % % %', (SELECT seq FROM hub.heads WHERE dataset_id = {dataset.Id}), (SELECT state FROM hub.runs WHERE id = {load.Run}),
                    (SELECT count(*) FROM hub.ledger WHERE run_id = {load.Run});
            END $$;
            CREATE TRIGGER look BEFORE INSERT ON hub.versions FOR EACH ROW EXECUTE FUNCTION work.look()
            """);
        var before = await StateAsync();
        var seen = await Assert.ThrowsAsync<PostgresException>(() => lab.PublishAsync(dataset, load));
        Assert.Equal("seen 2 published 1", seen.MessageText);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task Delete_and_insert_of_one_key_keep_its_lives_apart()
    {
        await lab.PublishAsync(dataset, ["a", "1"], ["b", "1"]);
        await lab.PublishAsync(dataset, [["b", "1"]]);
        await lab.PublishAsync(dataset, ["a", "1"], ["b", "1"]);
        await lab.PublishAsync(dataset, [["b", "1"]]);
        await lab.PublishAsync(dataset, ["a", "2"], ["b", "1"]);
        var line = await lab.LineAsync(dataset);
        Assert.Equal(["1|2", "3|4"], await lab.TextsAsync($"SELECT v_from, v_to FROM {line.Pair!.History} WHERE c1 = 'a' ORDER BY v_from"));
        Assert.Equal(["5|2"], await lab.TextsAsync($"SELECT v_from, c2 FROM {line.Pair.Current} WHERE c1 = 'a'"));
    }

    [Fact]
    public async Task Changed_and_changed_back_is_two_lives_and_no_net_difference()
    {
        foreach (var value in new[] { "1", "2", "1" })
        {
            await lab.PublishAsync(dataset, [["a", value]]);
        }

        var sql = new DifferenceSql(await lab.LineAsync(dataset), compound: false);
        var nets = (await lab.TextsAsync(sql.AllNets(3))).Select(r => r.Split('#')[0]).Order(StringComparer.Ordinal);
        Assert.Equal(["0,1", "0,2", "0,3", "1,2", "2,3"], nets);
        Assert.Empty(await sql.WalkNetAsync(lab, 1, 3, page: 1));
        Assert.Equal(2, (await lab.TextsAsync(sql.Log(3))).Count);
    }

    [Fact]
    public async Task Net_of_a_row_that_came_and_went_is_nothing()
    {
        await lab.PublishAsync(dataset, [["a", "1"]]);
        await lab.PublishAsync(dataset, ["a", "1"], ["b", "1"]);
        await lab.PublishAsync(dataset, [["a", "1"]]);
        var sql = new DifferenceSql(await lab.LineAsync(dataset), compound: false);
        Assert.DoesNotContain(await lab.TextsAsync(sql.AllNets(3)), r => r.StartsWith("1,3#", StringComparison.Ordinal));
        Assert.Empty(await sql.WalkNetAsync(lab, 1, 3, page: 1));
    }

    [Fact]
    public async Task A_copy_whose_connection_is_cut_leaves_nothing()
    {
        await lab.PublishAsync(dataset, [["a", "1"]]);
        var run = await lab.NewRunAsync(dataset);
        var target = await lab.Preparation.PrepareAsync(dataset.Id, Contract, run, 1, CancellationToken.None);
        await using (var staged = await StagedLoad.BeginAsync(lab.Connections, target, CancellationToken.None))
        {
            Assert.Equal(1, await lab.ScalarAsync<long>(
                "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY work.stage%' AND datname = current_database()) t"));
            await Assert.ThrowsAnyAsync<Exception>(() => staged.CompleteAsync(null!, CancellationToken.None));
        }

        Assert.Equal(0, await lab.ScalarAsync<long>($"SELECT count(*) FROM work.stage_r{run}_1"));
        await lab.ExecuteAsync($"UPDATE hub.runs SET state = 'failed' WHERE id = {run}");
        Assert.Equal([$"work.stage_r{run}_1"], await new Janitor(lab.Connections).SweepAsync(CancellationToken.None));
        Assert.Equal(2, await lab.PublishAsync(dataset, [["a", "2"]]));
    }

    [Fact]
    public async Task A_first_load_whose_connection_is_cut_leaves_no_table()
    {
        var run = await lab.NewRunAsync(dataset);
        var target = await lab.Preparation.PrepareAsync(dataset.Id, Contract, run, 1, CancellationToken.None);
        await using (var direct = await DirectLoad.BeginAsync(lab.Connections, target, long.MaxValue, CancellationToken.None))
        {
            await lab.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY store.%' AND datname = current_database()");
            await Assert.ThrowsAnyAsync<Exception>(() => direct.CompleteAsync(null!, CancellationToken.None));
        }

        Assert.Equal(0, await lab.ScalarAsync<long>("SELECT count(*) FROM pg_tables WHERE schemaname = 'store'"));
    }

    [Theory]
    [InlineData("UPDATE hub.ledger SET actor = 'x'")]
    [InlineData("UPDATE hub.ledger SET actor = 'x' WHERE false")]
    [InlineData("DELETE FROM hub.ledger")]
    [InlineData("TRUNCATE hub.ledger")]
    public async Task The_ledger_refuses_every_change(string sql)
    {
        await lab.PublishAsync(dataset, [["a", "1"]]);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => lab.ExecuteAsync(sql));
        Assert.Equal(PostgresErrorCodes.RestrictViolation, refused.SqlState);
        Assert.Equal(1, await lab.ScalarAsync<long>("SELECT count(*) FROM hub.ledger WHERE actor = 'lab'"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Records_counted_as_equal_before_the_memory_ended_are_rejected_with_a_later_contradiction(bool conflictKnown)
    {
        // Batches of three: the map is given up behind the first.
        string?[][] first = conflictKnown ? [["a", "1"], ["a", "1"], ["a", "2"]] : [["a", "1"], ["a", "1"], ["b", "1"]];
        string?[][] records = [.. first, ["a", "2"], ["a", "1"], ["c", "1"], ["c", "1"]];
        var plan = Core.Versioning.ChangePlanner.Plan(new Dictionary<string, UInt128>(),
            [.. records.Select(r => new Core.Versioning.PlannedRecord<string>(r[0], (UInt128)int.Parse(r[1]!, System.Globalization.CultureInfo.InvariantCulture)))]);
        var load = await lab.LoadAsync(dataset, Way.DirectLosingMemory, records, batchSize: 3);
        Assert.Equal(plan.Counts, load.Candidate.Counts);
        Assert.Equal(plan.Counts.Rejected, await lab.ScalarAsync<long>($"SELECT sum(occurrences)::bigint FROM hub.quarantine WHERE run_id = {load.Run}"));
    }

    private async Task RefusesAsync(string code, LabLoad load)
    {
        var before = await StateAsync();
        Assert.Equal(code, (await Assert.ThrowsAsync<HubErrorException>(() => lab.PublishAsync(dataset, load))).Error.Code);
        Assert.Equal(before, await StateAsync());
    }

    private async Task<string> StateAsync()
    {
        var pair = (await lab.LineAsync(dataset)).Pair!;
        return string.Join('\n', (await lab.TextsAsync($"SELECT c1, c2, v_from, NULL FROM {pair.Current} UNION ALL SELECT c1, c2, v_from, v_to FROM {pair.History} ORDER BY 1, 3"))
            .Concat(await lab.TextsAsync("SELECT seq, digest::text FROM hub.versions ORDER BY seq"))
            .Concat(await lab.TextsAsync("SELECT seq FROM hub.heads"))
            .Concat(await lab.TextsAsync("SELECT count(*) FROM hub.ledger")));
    }
}
