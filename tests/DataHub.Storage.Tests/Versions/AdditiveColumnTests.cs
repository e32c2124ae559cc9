using DataHub.Core.Contracts;
using DataHub.Storage.Connections;
using DataHub.Storage.Tests.Kit;
using DataHub.TestKit;
using Npgsql;
using Xunit;

namespace DataHub.Storage.Tests.Versions;

/// <summary>A minor revision: its first run publishes, old versions stay what they were, and readers are not stopped by the new column.</summary>
public sealed class AdditiveColumnTests
{
    private const string Key = "{name: k, logicalType: string, primaryKey: true}";
    private const string Value = "{name: a, logicalType: string}";
    private const string Added = "{name: z, logicalType: string, customProperties: [{property: hub.indexed, value: true}]}";

    [Fact]
    public async Task Unchanged_runs_publish_nothing_and_the_first_of_a_minor_publishes_without_a_change()
    {
        await using var lab = await PipelineLab.StartAsync();
        Assert.Equal("published", (await lab.RunAsync("a,1", "b,2")).State);
        var unchanged = await lab.RunAsync("b,2", "a,1");
        Assert.Equal(("unchanged", 2L, "1 versions, 2 records"), (unchanged.State, unchanged.Unchanged, await lab.LineAsync()));
        await lab.ReviseAsync("1.1.0", PipelineLab.ThreeColumns);
        var first = await lab.RunFileAsync("ma,gia,them", ["a,1,", "b,2,"]);
        Assert.Equal(("published", 0L, 2L, "2 versions, 2 records"), (first.State, first.Changed, first.Unchanged, await lab.LineAsync()));
        Assert.Equal("1.1.0", await lab.ScalarAsync<string>("SELECT major || '.' || minor || '.' || release FROM hub.versions WHERE seq = 2"));
        Assert.Equal("unchanged", (await lab.RunFileAsync("ma,gia,them", ["a,1,", "b,2,"])).State);
        await lab.ReviseAsync("1.1.1", PipelineLab.ThreeColumns);
        Assert.Equal("unchanged", (await lab.RunFileAsync("ma,gia,them", ["a,1,", "b,2,"])).State);
        await Eventually.TrueAsync("the working tables are swept", async () => await lab.WorkTablesAsync() == 0);
    }

    [Fact]
    public async Task Old_versions_keep_hashes_and_contents_and_new_nulls_change_no_record()
    {
        await using var lab = await StoreLab.StartAsync();
        var dataset = await lab.AddAsync(StoreLab.Contract("1.0.0", Key, Value));
        await lab.PublishAsync(dataset, ["a", "1"], ["b", "1"]);
        await lab.PublishAsync(dataset, ["a", "2"], ["b", "1"]);
        var pair = (await lab.LineAsync(dataset)).Pair!;
        var before = await RowsAsync(lab, pair.Current, pair.History);
        dataset = await lab.ReviseAsync(dataset, StoreLab.Contract("1.1.0", Key, Value, Added));
        foreach (var way in new[] { Way.Compared, Way.Staged })
        {
            var load = await lab.LoadAsync(dataset, way, [["a", "2", null], ["b", "1", null]]);
            Assert.Equal((2L, false), (load.Candidate.Counts.Unchanged, load.Candidate.Counts.IsChange));
            await lab.PublishAsync(dataset, load);
        }

        Assert.Equal(before, await RowsAsync(lab, pair.Current, pair.History));
        Assert.Single(await lab.TextsAsync("SELECT DISTINCT checksum FROM hub.versions WHERE seq >= 2"));
        await lab.PublishAsync(dataset, ["a", "2", "x"], ["b", "1", null]);
        Assert.Equal(["a|2|∅|2|5", "a|1|∅|1|2"], await lab.TextsAsync($"SELECT c1, c2, c3, v_from, v_to FROM {pair.History} ORDER BY v_from DESC"));
        Assert.Equal(2, await lab.ScalarAsync<long>($"SELECT count(*) FROM pg_indexes WHERE schemaname = 'store' AND indexdef LIKE '%(c3 NULLS FIRST, c1)'"));
    }

    [Fact]
    public async Task A_column_added_behind_a_long_reader_stops_no_other_reader()
    {
        await using var lab = await StoreLab.StartAsync();
        var dataset = await lab.AddAsync(StoreLab.Contract("1.0.0", Key, Value));
        await lab.PublishAsync(dataset, [["a", "1"]]);
        var pair = (await lab.LineAsync(dataset)).Pair!;
        dataset = await lab.ReviseAsync(dataset, StoreLab.Contract("1.1.0", Key, Value, Added));
        var run = await lab.NewRunAsync(dataset);

        await using var reader = await lab.Connections.Control.OpenConnectionAsync();
        var transaction = await reader.BeginTransactionAsync();
        await new NpgsqlCommand($"SELECT count(*) FROM {pair.History}", reader).ExecuteNonQueryAsync();
        var preparing = lab.Preparation.PrepareAsync(dataset.Id, dataset.Contract, run, 1, CancellationToken.None);
        for (var i = 0; i < 30; i++)
        {
            // A reader that queued behind the ALTER would wait for the long one, which ends only below.
            await lab.ExecuteAsync($"SET statement_timeout = '20s'; SELECT count(*) FROM {pair.Current}; SELECT count(*) FROM {pair.History}; RESET statement_timeout");
            Assert.False(preparing.IsCompleted);
        }

        await transaction.DisposeAsync();
        Assert.Equal(3, (await preparing).Layout.Columns.Count);
    }

    [Fact]
    public async Task The_index_of_a_new_column_is_built_without_the_lock_that_added_it()
    {
        await using var lab = await StoreLab.StartAsync();
        var dataset = await lab.AddAsync(StoreLab.Contract("1.0.0", Key, Value));
        await lab.PublishAsync(dataset, [["a", "1"]]);
        var pair = (await lab.LineAsync(dataset)).Pair!;
        dataset = await lab.ReviseAsync(dataset, StoreLab.Contract("1.1.0", Key, Value, Added));
        var run = await lab.NewRunAsync(dataset);
        await lab.ExecuteAsync("""
            CREATE TABLE work.locks (mode text);
            CREATE FUNCTION work.look() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO work.locks SELECT mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname ~ '_cur$' AND l.pid = pg_backend_pid();
            END $$;
            CREATE EVENT TRIGGER look ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION work.look();
            """);
        await lab.Preparation.PrepareAsync(dataset.Id, dataset.Contract, run, 1, CancellationToken.None);
        await lab.ExecuteAsync("DROP EVENT TRIGGER look");
        var modes = await lab.TextsAsync("SELECT DISTINCT mode FROM work.locks");
        Assert.NotEmpty(modes);
        Assert.DoesNotContain("AccessExclusiveLock", modes);
    }

    [Fact]
    public async Task A_pull_that_outgrows_the_memory_is_staged_with_the_same_result()
    {
        // A map begins with 1,024 slots of 37 bytes: room for few, not for all.
        await using var small = await PipelineLab.StartAsync(adjust: o => o.DiffMemory = 60_000);
        await using var large = await PipelineLab.StartAsync();
        foreach (var records in new[]
        {
            PipelineLab.Records(100), PipelineLab.Records(5_000).Concat(["k000001,1", "k000001,1", "k000002,7", "k000003,x", "k000050,2", "k000050,3"]),
            PipelineLab.Records(5_000, value: 2).Concat(["k000001,2", "k000005,9"]),
        }.Select(r => r.ToList()))
        {
            var (a, b) = (await small.RunAsync(records), await large.RunAsync(records));
            Assert.Equal(("published", "published"), (a.State, b.State));
            Assert.Equal((b.Read, b.New, b.Changed, b.Unchanged, b.Rejected, b.Duplicate), (a.Read, a.New, a.Changed, a.Unchanged, a.Rejected, a.Duplicate));
            Assert.Equal((b.Removed, b.Stale), (a.Removed, a.Stale));
            Assert.Equal(b.Rejected, await small.ScalarAsync<long>($"SELECT coalesce(sum(occurrences), 0)::bigint FROM hub.quarantine WHERE run_id = {a.Id}"));
            Assert.Equal(b.Rejected, await large.ScalarAsync<long>($"SELECT coalesce(sum(occurrences), 0)::bigint FROM hub.quarantine WHERE run_id = {b.Id}"));
        }

        const string Checksums = "SELECT string_agg(encode(checksum, 'hex') || encode(digest, 'hex'), ',' ORDER BY seq) FROM hub.versions";
        Assert.Equal(await large.ScalarAsync<string>(Checksums), await small.ScalarAsync<string>(Checksums));
        await Eventually.TrueAsync("the working tables are swept", async () => await small.WorkTablesAsync() + await large.WorkTablesAsync() == 0);
    }

    private static async Task<List<string>> RowsAsync(StoreLab lab, string current, string history) => await lab.TextsAsync($"""
        SELECT c1, c2, v_from, NULL::int, row_hash::text FROM {current} UNION ALL SELECT c1, c2, v_from, v_to, row_hash::text FROM {history} ORDER BY 1, 3
        """);
}
