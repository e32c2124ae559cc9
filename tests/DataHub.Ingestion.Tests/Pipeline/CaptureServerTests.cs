using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.Postgres;
using DataHub.TestKit;
using Npgsql;

namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>Servers whose settings stand in the way of capture: what a run says of it, and what the next one does.</summary>
public sealed class CaptureServerTests
{
    private static readonly string[] Log = ["hub.mode=log", "hub.mayBeEmpty=true", "hub.maxRemovedRecords=1000"];

    [Fact]
    public async Task Log_that_the_server_threw_away_makes_one_full_pull_and_a_new_slot()
    {
        await using var cluster = await TestCluster.StartAsync("wal_level=logical", "max_slot_wal_keep_size=1MB", "max_prepared_transactions=2", "max_replication_slots=1");
        await using var sector = await TestDatabase.CreateOnAsync(cluster, migrated: false);
        await using var lab = await StartAsync(sector, "giu");
        await sector.ExecuteAsync("INSERT INTO giu SELECT g, 'a' FROM generate_series(1, 20) g");
        await lab.WindowAsync();
        await sector.ExecuteAsync("DELETE FROM giu WHERE id = 3");
        for (var segment = 0; segment < 3; segment++)
        {
            await sector.ExecuteAsync("SELECT pg_logical_emit_message(true, 'x', 'y'); SELECT pg_switch_wal()");
        }

        await sector.ExecuteAsync("CHECKPOINT");
        Assert.Equal("lost", await sector.ScalarAsync<string>("SELECT wal_status FROM pg_replication_slots"));
        var run = await lab.RunAsync("incremental");
        Assert.Equal("published full: 0 new, 0 changed, 1 removed", PullLab.Say(run));
        var said = await lab.ScalarAsync<string>($"SELECT warnings::text FROM hub.runs WHERE id = {run.Id}");
        Assert.Contains("source_log_gap", said, StringComparison.Ordinal);
        Assert.Contains("đã bỏ phần nhật ký", said, StringComparison.Ordinal);
        Assert.Contains("max_slot_wal_keep_size", said, StringComparison.Ordinal);

        // A transaction in two phases belongs to the log from its second on.
        await sector.ExecuteAsync("BEGIN; INSERT INTO giu VALUES (100, 'hai pha'); PREPARE TRANSACTION 'hai_pha'");
        Assert.Equal("unchanged window: 0 new, 0 changed, 0 removed", await lab.WindowAsync());
        await sector.ExecuteAsync("COMMIT PREPARED 'hai_pha'");
        Assert.Equal("published window: 1 new, 0 changed, 0 removed", await lab.WindowAsync());

        // The one slot is taken: another dataset is refused in words, and the first goes on.
        await using var second = await StartAsync(sector, "thua");
        var refused = await second.RunAsync("full");
        var error = await second.ScalarAsync<string>($"SELECT error::text FROM hub.runs WHERE id = {refused.Id}");
        Assert.Equal(("failed", "source_capture_slots_full"), (refused.State, await second.ErrorAsync(refused)));
        Assert.Contains("tăng max_replication_slots", error, StringComparison.Ordinal);
        Assert.Contains("raise max_replication_slots", error, StringComparison.Ordinal);
        await sector.ExecuteAsync("UPDATE giu SET ten = 'b' WHERE id = 1");
        Assert.Equal("published window: 0 new, 1 changed, 0 removed", await lab.WindowAsync());
    }

    [Fact]
    public async Task A_server_without_logical_log_and_an_account_without_the_right_are_told_apart()
    {
        await using var cluster = await TestCluster.StartAsync("wal_level=replica");
        await using var sector = await TestDatabase.CreateOnAsync(cluster, migrated: false);
        await using var lab = await StartAsync(sector, "muc");
        var first = await lab.RunAsync("full");
        Assert.Equal("source_capture_not_ready", await lab.ErrorAsync(first));
        var error = await lab.ScalarAsync<string>($"SELECT error::text FROM hub.runs WHERE id = {first.Id}");
        Assert.Contains("ALTER SYSTEM SET wal_level = 'logical';", error, StringComparison.Ordinal);
        Assert.Contains("khởi động lại máy chủ", error, StringComparison.Ordinal);
        Assert.Contains("a restart follows", error, StringComparison.Ordinal);
        Assert.DoesNotContain("REPLICATION;", error, StringComparison.Ordinal);

        await sector.ExecuteAsync("CREATE ROLE doc LOGIN; GRANT SELECT ON muc TO doc");
        await lab.DoAsync("UPDATE hub.sources SET username = 'doc'");
        var second = await lab.RunAsync("full");
        Assert.Contains("ALTER ROLE \\\"doc\\\" REPLICATION;", await lab.ScalarAsync<string>($"SELECT error::text FROM hub.runs WHERE id = {second.Id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slot_that_cannot_begin_or_be_read_gives_up_in_time_and_leaves_none_behind()
    {
        await using var sector = await TestDatabase.CreateEmptyAsync();
        await MakeAsync(sector, "cho");
        var adapter = new PostgresSourceAdapter(new SourceNetworkPolicy());
        var settings = Settings(sector, ("lockTimeout", "2"), ("silenceTimeout", "1"));
        var contract = ContractReader.Read(LabContract.Yaml("lab", ["name: id, logicalType: integer, primaryKey: true"], ["hub.source=kho", "hub.table=cho", .. Log])).Contract!;
        var request = new PullRequest(contract) { Capture = "datahub_cho_1" };
        await using (await HoldAsync(sector, "INSERT INTO cho VALUES (1)"))
        {
            Assert.Contains(await CodeAsync(request), new[] { "source_capture_waits", "source_timeout" });
        }

        Assert.Equal(0L, await SlotsAsync());
        SourcePosition position;
        await using (var reader = await adapter.OpenAsync(settings, request, CancellationToken.None))
        {
            position = reader.Position!;
        }

        // Reading the log looks at this catalogue, which nothing else of a pull does.
        await sector.ExecuteAsync("INSERT INTO cho VALUES (2)");
        var next = request with { Last = position, ChangesOnly = true };
        await using (await HoldAsync(sector, "LOCK TABLE pg_catalog.pg_publication_namespace IN ACCESS EXCLUSIVE MODE"))
        {
            Assert.Equal("source_capture_broken", await CodeAsync(next));
        }

        Assert.Equal(0L, await SlotsAsync());
        await using (var again = await adapter.OpenAsync(settings, next, CancellationToken.None))
        {
            Assert.True(again.IsWhole);
            Assert.Contains("no longer at the source", Assert.Single(again.Drift).Message.En, StringComparison.Ordinal);
        }

        // Whatever ends a first pull before it could read takes its slot back.
        await sector.ExecuteAsync("SELECT pg_drop_replication_slot('datahub_cho_1'); ALTER TABLE cho RENAME id TO ma");
        Assert.NotEqual("", await CodeAsync(request));
        Assert.Equal(0L, await SlotsAsync());

        async Task<string> CodeAsync(PullRequest asked) =>
            (await Assert.ThrowsAsync<HubErrorException>(() => adapter.OpenAsync(settings, asked, CancellationToken.None))).Error.Code;

        Task<long> SlotsAsync() => sector.ScalarAsync<long>("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()");
    }

    [Fact]
    public async Task A_slot_that_is_dropped_under_a_pull_is_made_again_by_the_same_run()
    {
        await using var sector = await TestDatabase.CreateEmptyAsync();
        await using var lab = await StartAsync(sector, "giua");
        await sector.ExecuteAsync("INSERT INTO giua VALUES (1, 'a'), (2, 'b')");
        await lab.WindowAsync();
        await sector.ExecuteAsync("DELETE FROM giua WHERE id = 1");
        long run;
        await using (await HoldAsync(sector, "LOCK TABLE giua IN ACCESS EXCLUSIVE MODE"))
        {
            run = await lab.Hub.QueueAsync(lab.Dataset, r => r.Mode = "incremental");
            await Eventually.TrueAsync("the pull waits for the table", async () => await sector.ScalarAsync<long>(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'giua'::regclass") > 0);
            await sector.ExecuteAsync("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()");
        }

        Assert.Equal("published full: 0 new, 0 changed, 1 removed", PullLab.Say(await lab.Hub.WaitAsync(run)));
        await sector.ExecuteAsync("INSERT INTO giua VALUES (3, 'c')");
        Assert.Equal("published window: 1 new, 0 changed, 0 removed", await lab.WindowAsync());
        await sector.ExecuteAsync("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()");
    }

    private static async Task<PullLab> StartAsync(TestDatabase sector, string table)
    {
        await MakeAsync(sector, table);
        return await PullLab.StartAsync(Settings(sector), table, Log);
    }

    private static Task MakeAsync(TestDatabase sector, string table) => sector.ExecuteAsync($"""
        CREATE TABLE {table} (id int PRIMARY KEY, ten text, sua_luc timestamptz, xoa boolean, so int);
        DO $$ BEGIN CREATE PUBLICATION datahub; EXCEPTION WHEN duplicate_object THEN NULL; END $$; ALTER PUBLICATION datahub ADD TABLE {table}
        """);

    private static SourceSettings Settings(TestDatabase sector, params (string Name, string Value)[] more)
    {
        var server = new NpgsqlConnectionStringBuilder(sector.ConnectionString);
        var settings = new Dictionary<string, string> { ["host"] = server.Host!, ["port"] = $"{server.Port}", ["database"] = sector.Name };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return new SourceSettings("kho", "postgres", settings, server.Username, server.Password);
    }

    private static async Task<NpgsqlConnection> HoldAsync(TestDatabase sector, string sql)
    {
        var connection = new NpgsqlConnection(sector.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("BEGIN; " + sql, connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
