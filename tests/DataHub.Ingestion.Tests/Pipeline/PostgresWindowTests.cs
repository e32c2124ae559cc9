using DataHub.Core.Sources;
using DataHub.Ingestion.Tests.Sources;
using DataHub.Storage.Datasets;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>
/// Incremental pulls of PostgreSQL with transactions that really run beside them: what a window must not lose, what it cannot see, and
/// what finds that.
/// </summary>
public sealed class PostgresWindowTests(PostgresSource source) : IClassFixture<PostgresSource>
{
    private static readonly string[] NoLag = ["hub.mode=incremental", "hub.watermark=sua_luc", "hub.lag=PT0S"];

    // Where the account does not see other sessions, the numbers of transactions decide, and a busy server may make a pull of everything out of the window.
    [Theory]
    [InlineData("late_seen", true)]
    [InlineData("late_unseen", false)]
    public async Task A_transaction_that_commits_after_two_pulls_is_not_lost(string table, bool seesOthers)
    {
        await MakeAsync(table);
        var account = seesOthers ? source.Settings : await ReaderAsync(table);
        await using var lab = await PullLab.StartAsync(account, table, NoLag);
        await source.Do($"INSERT INTO {table} VALUES (1, 'a', now())");
        await lab.FullAsync();

        await using var slow = await source.OpenAsync();
        await using var transaction = await slow.BeginTransactionAsync();
        await ExecuteAsync(slow, $"INSERT INTO {table} VALUES (2, 'muộn', now())");
        await source.Do($"INSERT INTO {table} VALUES (3, 'c', now())");
        await AddsOneAsync();
        await source.Do($"INSERT INTO {table} VALUES (4, 'd', now())");
        await AddsOneAsync();
        await transaction.CommitAsync();

        await AddsOneAsync();
        Assert.Equal("1:a 2:muộn 3:c 4:d", await lab.RecordsAsync());
        Assert.Equal("unchanged", (await lab.RunAsync("incremental")).State);

        async Task AddsOneAsync()
        {
            var run = await lab.RunAsync("incremental");
            Assert.Equal(("published", 1L, 0L, 0L), (run.State, run.New, run.Changed, run.Removed));
            Assert.True(!seesOthers || run.Pulled == "window", run.Pulled);
        }
    }

    [Fact]
    public async Task Records_with_the_watermark_at_which_the_last_pull_stood_are_not_lost()
    {
        await MakeAsync("ties");
        await using var lab = await PullLab.StartAsync(source.Settings, "ties", NoLag);
        await source.Do("INSERT INTO ties VALUES (1, 'a', date_trunc('second', now()))");
        await lab.FullAsync();
        var taken = (await lab.KeptAsync())[0].Position.Position.Taken.ToString("O");
        await source.Do($"INSERT INTO ties SELECT g, 'b', date_trunc('second', '{taken}'::timestamptz) FROM generate_series(2, 4) g");

        Assert.Equal("published window: 3 new, 0 changed, 0 removed", await lab.WindowAsync());
    }

    [Fact]
    public async Task A_column_that_a_revision_adds_is_filled_in_records_that_no_window_touches()
    {
        await MakeAsync("revised");
        await using var lab = await PullLab.StartAsync(source.Settings, "revised", NoLag);
        await source.Do("INSERT INTO revised VALUES (1, 'a', now() - interval '1 day')");
        await lab.FullAsync();
        await source.Do("ALTER TABLE revised ADD COLUMN ghi_chu text DEFAULT 'có từ trước'");
        await lab.AddColumnAsync("revised", "ghi_chu", NoLag);

        Assert.Equal("published full: 0 new, 1 changed, 0 removed", await lab.WindowAsync());
        await source.Do("INSERT INTO revised VALUES (2, 'b', now())");
        Assert.Equal("published window: 1 new, 0 changed, 0 removed", await lab.WindowAsync());
    }

    [Fact]
    public async Task A_clock_that_lags_within_the_declared_lag_loses_nothing()
    {
        await MakeAsync("skew");
        await using var lab = await PullLab.StartAsync(source.Settings, "skew", "hub.mode=incremental", "hub.watermark=sua_luc", "hub.lag=PT15M");
        await source.Do("INSERT INTO skew VALUES (1, 'a', now())");
        await lab.FullAsync();
        await source.Do("INSERT INTO skew VALUES (2, 'chậm mười phút', now() - interval '10 minutes')");

        Assert.Equal("published window: 1 new, 0 changed, 0 removed", await lab.WindowAsync());
    }

    [Fact]
    public async Task A_source_whose_clock_was_set_back_is_read_whole()
    {
        await MakeAsync("back_in_time");
        await using var lab = await PullLab.StartAsync(source.Settings, "back_in_time", NoLag);
        await source.Do("INSERT INTO back_in_time VALUES (1, 'a', now())");
        await lab.FullAsync();
        await lab.DoAsync("""
            UPDATE hub.watermarks SET position = jsonb_set(position, '{position,taken}',
                to_jsonb((position->'position'->>'taken')::timestamptz + interval '2 hours'))
            """);
        await source.Do("INSERT INTO back_in_time VALUES (2, 'b', now())");

        Assert.Equal("published full: 1 new, 0 changed, 0 removed", await lab.WindowAsync());
        await source.Do("INSERT INTO back_in_time VALUES (3, 'c', now())");
        Assert.Equal("published window: 1 new, 0 changed, 0 removed", await lab.WindowAsync());
    }

    [Fact]
    public async Task What_a_window_cannot_see_is_found_by_the_next_full_pull()
    {
        await MakeAsync("blind");
        await using var lab = await PullLab.StartAsync(source.Settings, "blind", NoLag);
        await source.Do("INSERT INTO blind SELECT g, 'a', now() - interval '1 hour' FROM generate_series(1, 40) g");
        await lab.FullAsync();
        await source.Do("UPDATE blind SET ten = 'lùi ngày' WHERE id = 1; DELETE FROM blind WHERE id = 2; INSERT INTO blind VALUES (50, 'không có', NULL)");

        Assert.Equal("unchanged window: 0 new, 0 changed, 0 removed", await lab.WindowAsync());
        Assert.Equal("published full: 1 new, 1 changed, 1 removed", PullLab.Say(await lab.FullAsync()));
    }

    [Fact]
    public async Task A_full_pull_comes_by_itself_when_the_last_one_is_too_old()
    {
        await MakeAsync("due");
        await using var lab = await PullLab.StartAsync(source.Settings, "due", [.. NoLag, "hub.fullRefresh=P1D"]);
        await source.Do("INSERT INTO due VALUES (1, 'a', now())");
        Assert.Equal("published full: 1 new, 0 changed, 0 removed", await lab.WindowAsync());
        await source.Do("INSERT INTO due VALUES (2, 'b', now())");
        Assert.Equal("published window: 1 new, 0 changed, 0 removed", await lab.WindowAsync());
        await lab.DoAsync("UPDATE hub.runs SET finished_at = now() - interval '25 hours' WHERE pulled = 'full'");

        Assert.Equal("unchanged full: 0 new, 0 changed, 0 removed", await lab.WindowAsync());
    }

    [Fact]
    public async Task The_watermark_moves_with_a_publication_and_with_nothing_else()
    {
        await MakeAsync("moves");
        await using var lab = await PullLab.StartAsync(source.Settings, "moves", NoLag);
        await source.Do("INSERT INTO moves SELECT g, 'a', now() FROM generate_series(1, 100) g");
        await lab.FullAsync();
        await lab.WindowAsync();
        await source.Do("UPDATE moves SET xoa = true, ten = NULL WHERE id < 60; DELETE FROM moves WHERE id < 60");
        Assert.Equal("held full: 0 new, 0 changed, 59 removed", PullLab.Say(await lab.FullAsync()));
        Assert.Equal("held keys: 0 new, 0 changed, 59 removed", PullLab.Say(await lab.RunAsync("reconcile")));
        Assert.Single(await lab.KeptAsync());

        var announced = await lab.RunAsync("full", r => r.ExpectRemoved = 59);
        Assert.Equal("published full: 0 new, 0 changed, 59 removed", PullLab.Say(announced));
        var kept = await lab.KeptAsync();
        Assert.Equal(announced.Id, kept[0].Run);
        Assert.Equal(2, kept.Count);
    }

    [Fact]
    public async Task Reconciling_finds_deletions_and_moves_no_watermark()
    {
        await MakeAsync("keys");
        await using var lab = await PullLab.StartAsync(source.Settings, "keys", NoLag);
        await source.Do("INSERT INTO keys SELECT g, 'a', now() FROM generate_series(1, 30) g");
        await lab.FullAsync();
        await source.Do("DELETE FROM keys WHERE id IN (7, 9); UPDATE keys SET ten = 'khác' WHERE id = 8");

        Assert.Equal("published keys: 0 new, 0 changed, 2 removed", PullLab.Say(await lab.RunAsync("reconcile")));
        Assert.Contains("8:a 10:a", await lab.RecordsAsync(), StringComparison.Ordinal);
        Assert.Single(await lab.KeptAsync());
        await source.Do("UPDATE keys SET sua_luc = now() WHERE id = 8");
        Assert.Equal("published window: 0 new, 1 changed, 0 removed", await lab.WindowAsync());
    }

    [Fact]
    public async Task A_tombstone_removes_its_key_in_a_window_and_in_a_full_pull()
    {
        await MakeAsync("tomb");
        await using var lab = await PullLab.StartAsync(source.Settings, "tomb", [.. NoLag, "hub.tombstone=xoa"]);
        await source.Do("INSERT INTO tomb SELECT g, 'a', now(), g = 5 FROM generate_series(1, 20) g");
        var first = await lab.FullAsync();
        Assert.Equal((20, 19, 1), (first.Read, first.New, first.Tombstones));
        await source.Do("UPDATE tomb SET xoa = true, sua_luc = now() WHERE id IN (1, 2)");

        var window = await lab.RunAsync("incremental");
        Assert.Equal("published window: 0 new, 0 changed, 2 removed", PullLab.Say(window));
        Assert.True(window.Tombstones >= 2);
        await source.Do("UPDATE tomb SET xoa = true WHERE id = 3");
        Assert.Equal("published full: 0 new, 0 changed, 1 removed", PullLab.Say(await lab.FullAsync()));
        await source.Do("UPDATE tomb SET xoa = false, sua_luc = now() WHERE id = 1");
        Assert.Equal("published window: 1 new, 0 changed, 0 removed", await lab.WindowAsync());
    }

    [Fact]
    public async Task A_backfill_reads_its_range_alone_and_moves_no_watermark()
    {
        await MakeAsync("back");
        await using var lab = await PullLab.StartAsync(source.Settings, "back", NoLag);
        await source.Do("INSERT INTO back SELECT g, 'a', '2026-03-01T00:00:00Z'::timestamptz + g * interval '1 day' FROM generate_series(0, 9) g");
        await lab.FullAsync();
        await source.Do("UPDATE back SET ten = 'sửa'");

        var run = await lab.RunAsync("backfill", r => (r.WindowFrom, r.WindowTo) = ("2026-03-03T00:00:00Z", "2026-03-05T00:00:00Z"));
        Assert.Equal("published window: 0 new, 2 changed, 0 removed", PullLab.Say(run));
        Assert.Equal(2, run.Read);
        Assert.Contains("1:a 2:sửa 3:sửa 4:a", await lab.RecordsAsync(), StringComparison.Ordinal);
        Assert.Single(await lab.KeptAsync());
    }

    [Fact]
    public async Task Where_records_are_only_added_a_changed_one_is_rejected_and_the_published_stays()
    {
        await MakeAsync("log");
        await using var lab = await PullLab.StartAsync(source.Settings, "log", "hub.mode=append", "hub.watermark=so", "hub.lag=5", "hub.maxRejected=50");
        await source.Do("INSERT INTO log SELECT g, 'a', now(), false, g FROM generate_series(1, 20) g");
        await lab.FullAsync();
        await source.Do("INSERT INTO log VALUES (21, 'b', now(), false, 21), (22, 'b', now(), false, 16); UPDATE log SET ten = 'x' WHERE id = 18; DELETE FROM log WHERE id = 17");

        var run = await lab.RunAsync("incremental");
        Assert.Equal("published window: 2 new, 0 changed, 0 removed", PullLab.Say(run));
        Assert.Equal(1, run.Rejected);
        Assert.True(run.WindowFrom is "15" or null, run.WindowFrom);
        Assert.Equal("record_changed", await lab.ScalarAsync<string>($"SELECT violations->0->>'code' FROM hub.quarantine WHERE run_id = {run.Id}"));
        Assert.Contains("17:a 18:a 19:a", await lab.RecordsAsync(), StringComparison.Ordinal);
        Assert.Equal("21", (await lab.KeptAsync())[0].Position.Position.High);
    }

    [Fact]
    public async Task A_restored_source_is_not_read_until_somebody_says_that_it_is_right()
    {
        await MakeAsync("restored");
        await using var lab = await PullLab.StartAsync(source.Settings, "restored", NoLag);
        await source.Do("INSERT INTO restored VALUES (1, 'a', now())");
        await lab.FullAsync();
        await lab.DoAsync("UPDATE hub.watermarks SET position = jsonb_set(position, '{position,identity}', '\"another/1/5\"')");
        await source.Do("INSERT INTO restored VALUES (2, 'b', now())");

        foreach (var mode in new[] { "incremental", "full", "reconcile" })
        {
            var refused = await lab.RunAsync(mode);
            Assert.Equal(("failed", "source_identity_changed"), (refused.State, await lab.ErrorAsync(refused)));
            var pauses = lab.Hub.Services.GetRequiredService<DatasetPauses>();
            Assert.Equal("source_identity_changed", (await pauses.FindAsync(lab.Dataset.Id, CancellationToken.None))?.Code);
            await pauses.ResumeAsync(lab.Dataset.Id, "test", CancellationToken.None);
        }

        Assert.Equal("published full: 1 new, 0 changed, 0 removed", PullLab.Say(await lab.RunAsync("full", r => r.AcceptSource = true)));
        Assert.Equal("unchanged window: 0 new, 0 changed, 0 removed", await lab.WindowAsync());
    }

    [Fact]
    public async Task Times_without_a_zone_are_windows_by_the_contracts_zone()
    {
        await source.Do("CREATE TABLE local (id int PRIMARY KEY, ten text, sua_luc timestamp, xoa boolean, so int)");
        await using var lab = await PullLab.StartAsync(source.Settings, "local", NoLag);
        await source.Do("INSERT INTO local VALUES (1, 'a', now() AT TIME ZONE 'Asia/Ho_Chi_Minh')");
        await lab.FullAsync();
        await source.Do("INSERT INTO local VALUES (2, 'b', now() AT TIME ZONE 'Asia/Ho_Chi_Minh'), (3, 'cũ', now() AT TIME ZONE 'Asia/Ho_Chi_Minh' - interval '30 minutes')");

        var run = await lab.RunAsync("incremental");
        Assert.Equal("published window: 1 new, 0 changed, 0 removed", PullLab.Say(run));
        Assert.True(run.Read <= 2);
    }

    private Task MakeAsync(string table) =>
        source.Do($"CREATE TABLE {table} (id int PRIMARY KEY, ten text, sua_luc timestamptz, xoa boolean, so int)");

    private async Task<SourceSettings> ReaderAsync(string table)
    {
        await source.Do(source.MakeRole);
        await source.Do($"GRANT SELECT ON {table} TO {source.Role}");
        return source.Settings with { Username = source.Role, Password = "x" };
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
