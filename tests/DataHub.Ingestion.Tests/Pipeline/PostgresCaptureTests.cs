using DataHub.Ingestion.Pipeline;
using DataHub.Ingestion.Tests.Sources;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>Pulls that follow PostgreSQL's own log, against the table itself.</summary>
public sealed class PostgresCaptureTests(PostgresSource source) : IClassFixture<PostgresSource>
{
    private const string Slots = "SELECT count(*)::int FROM pg_replication_slots WHERE database = current_database()";
    private static readonly string[] Log = ["hub.mode=log", "hub.mayBeEmpty=true", "hub.maxRemovedRecords=1000"];

    [Fact]
    public async Task Every_kind_of_change_arrives_and_only_that_is_read()
    {
        await using var lab = await StartAsync("kinds");
        await source.Do("INSERT INTO kinds SELECT g, 'a' FROM generate_series(1, 50) g");
        Assert.Equal("published full: 50 new, 0 changed, 0 removed", await lab.WindowAsync());
        await source.Do("""
            INSERT INTO kinds VALUES (60, 'mới'), (61, 'tạm'); UPDATE kinds SET ten = 'b' WHERE id = 1; UPDATE kinds SET ten = 'c' WHERE id = 1;
            DELETE FROM kinds WHERE id IN (2, 61); UPDATE kinds SET id = 99 WHERE id = 3
            """);
        await source.Do("BEGIN; DELETE FROM kinds; ROLLBACK");

        var run = await lab.RunAsync("incremental");
        Assert.Equal("published window: 2 new, 1 changed, 2 removed", PullLab.Say(run));
        Assert.Equal((6L, 3L), (run.Read, run.Tombstones));
        Assert.Equal(await TableAsync("kinds"), await lab.RecordsAsync());
        Assert.Equal("unchanged window: 0 new, 0 changed, 0 removed", await lab.WindowAsync());
        Assert.Equal(0, (await lab.RunAsync("incremental")).Read);
        await DropSlotsAsync();
    }

    [Fact]
    public async Task A_large_value_that_an_update_left_alone_stays_what_it_is()
    {
        await using var lab = await StartAsync("toast");
        await source.Do("INSERT INTO toast SELECT 1, string_agg(md5(g::text), '') FROM generate_series(1, 1000) g");
        await lab.WindowAsync();
        await source.Do("UPDATE toast SET so = 7");

        Assert.Equal("published window: 0 new, 1 changed, 0 removed", await lab.WindowAsync());
        Assert.Equal(await TableAsync("toast"), await lab.RecordsAsync());
        await DropSlotsAsync();
    }

    [Theory]
    [InlineData("trunc", "TRUNCATE trunc; INSERT INTO trunc VALUES (7, 'sau')")]
    [InlineData("rewritten", "ALTER TABLE rewritten ALTER ten TYPE text USING ten || '!'")]
    [InlineData("made_again", "DROP TABLE made_again; CREATE TABLE made_again (id int PRIMARY KEY, ten text, sua_luc timestamptz, xoa boolean, so int); ALTER PUBLICATION datahub ADD TABLE made_again; INSERT INTO made_again VALUES (5, 'x')")]
    [InlineData("unpublished", "ALTER PUBLICATION datahub DROP TABLE unpublished; DELETE FROM unpublished WHERE id = 2; ALTER PUBLICATION datahub ADD TABLE unpublished")]
    [InlineData("slot_gone", "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database(); DELETE FROM slot_gone WHERE id = 2")]
    [InlineData("slot_moved", "DELETE FROM slot_moved WHERE id = 2; SELECT pg_replication_slot_advance(slot_name, pg_current_wal_flush_lsn()) FROM pg_replication_slots WHERE database = current_database()")]
    public async Task What_the_log_does_not_tell_makes_the_pull_a_full_one(string table, string change)
    {
        await using var lab = await StartAsync(table);
        await source.Do($"INSERT INTO {table} SELECT g, 'a' FROM generate_series(1, 5) g");
        await lab.WindowAsync();
        foreach (var statement in change.Split("; "))
        {
            await source.Do(statement);
        }

        Assert.StartsWith("published full:", await lab.WindowAsync(), StringComparison.Ordinal);
        Assert.Equal(await TableAsync(table), await lab.RecordsAsync());
        await source.Do($"INSERT INTO {table} VALUES (100, 'tiếp')");
        Assert.Equal("published window: 1 new, 0 changed, 0 removed", await lab.WindowAsync());
        await DropSlotsAsync();
    }

    [Fact]
    public async Task A_change_is_read_again_until_it_is_published()
    {
        await using var lab = await StartAsync("again");
        await source.Do("INSERT INTO again SELECT g, 'a' FROM generate_series(1, 5) g");
        await lab.WindowAsync();
        await source.Do("INSERT INTO again VALUES (6, 'b')");
        await lab.WindowAsync();

        // As after a crash between the publication and everything that follows it: the older position.
        await lab.DoAsync("DELETE FROM hub.watermarks WHERE id = (SELECT max(id) FROM hub.watermarks)");
        var again = await lab.RunAsync("incremental");
        Assert.Equal(("unchanged window: 0 new, 0 changed, 0 removed", 1L), (PullLab.Say(again), again.Read));
        await DropSlotsAsync();
    }

    [Fact]
    public async Task A_source_that_lacks_what_capture_needs_says_all_of_it_and_keeps_no_slot()
    {
        await source.Do("CREATE TABLE bare (id int, ten text, sua_luc timestamptz, xoa boolean, so int)");
        await source.Do(source.MakeRole);
        await source.Do($"GRANT SELECT ON bare TO {source.Role}");
        await using var lab = await PullLab.StartAsync(source.Settings with { Username = source.Role, Password = "x" }, "bare", [.. Log]);
        var run = await lab.RunAsync("full");

        Assert.Equal(("failed", "source_capture_not_ready"), (run.State, await lab.ErrorAsync(run)));
        var said = await lab.ScalarAsync<string>($"SELECT error::text FROM hub.runs WHERE id = {run.Id}");
        foreach (var statement in new[] { "REPLICATION;", "PUBLICATION", "REPLICA IDENTITY FULL" })
        {
            Assert.Contains(statement, said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Any_sessions_in_any_order_leave_the_table_itself()
    {
        await using var lab = await StartAsync("any");
        await source.Do("INSERT INTO \"any\" SELECT g, 'a' FROM generate_series(1, 30) g");
        await lab.WindowAsync();
        var random = new Random(20261124);
        var open = new List<(NpgsqlConnection Connection, NpgsqlTransaction Transaction)>();
        for (var step = 0; step < 60; step++)
        {
            if (open.Count < 3)
            {
                var connection = await source.OpenAsync();
                open.Add((connection, await connection.BeginTransactionAsync()));
            }

            // Each session has its own keys, so that none waits for another.
            var at = random.Next(open.Count);
            await ExecuteAsync(open[at].Connection, Change(random, open[at].Connection.ProcessID));
            if (random.Next(3) == 0)
            {
                var (connection, transaction) = open[at];
                await (random.Next(4) == 0 ? transaction.RollbackAsync() : transaction.CommitAsync());
                await connection.DisposeAsync();
                open.RemoveAt(at);
            }

            if (step % 8 == 7)
            {
                await lab.WindowAsync();
                Assert.Equal(await TableAsync("\"any\""), await lab.RecordsAsync());
            }
        }

        foreach (var (connection, transaction) in open)
        {
            await transaction.CommitAsync();
            await connection.DisposeAsync();
        }

        await lab.WindowAsync();
        Assert.Equal(await TableAsync("\"any\""), await lab.RecordsAsync());
        Assert.Equal(1, await ScalarAsync<int>(Slots));
        await lab.DoAsync("UPDATE hub.datasets SET paused = jsonb_build_object('code', 'requested', 'vi', '', 'en', '', 'by', 'x', 'at', now() - interval '8 days')");
        var sweep = lab.Hub.Services.GetRequiredService<CaptureSweep>();
        Assert.Single(await sweep.SweepAsync(CancellationToken.None));
        Assert.Equal(0, await ScalarAsync<int>(Slots));
    }

    private static string Change(Random random, int session)
    {
        var key = (session % 1_000_000 * 100) + random.Next(8);
        return random.Next(5) switch
        {
            0 => $"DELETE FROM \"any\" WHERE id = {key}",
            1 => $"DELETE FROM \"any\" WHERE id = {key + 50}; UPDATE \"any\" SET id = {key + 50} WHERE id = {key}",
            _ => $"INSERT INTO \"any\" VALUES ({key}, 'v{random.Next()}') ON CONFLICT (id) DO UPDATE SET ten = excluded.ten",
        };
    }

    private async Task<PullLab> StartAsync(string table)
    {
        await source.Do($"CREATE TABLE \"{table}\" (id int PRIMARY KEY, ten text, sua_luc timestamptz, xoa boolean, so int)");
        await source.Do($"""
            DO $$ BEGIN CREATE PUBLICATION datahub; EXCEPTION WHEN duplicate_object THEN NULL; END $$; ALTER PUBLICATION datahub ADD TABLE "{table}"
            """);
        return await PullLab.StartAsync(source.Settings, table, [.. Log]);
    }

    private Task<string> TableAsync(string table) =>
        ScalarAsync<string>($"SELECT coalesce(string_agg(id || ':' || coalesce(ten, '∅'), ' ' ORDER BY id), '') FROM {table}");

    private Task DropSlotsAsync() =>
        source.Do("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()");

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = await source.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
