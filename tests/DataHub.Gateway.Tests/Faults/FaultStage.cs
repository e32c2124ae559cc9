using System.Globalization;
using DataHub.Storage.Versions;
using DataHub.TestKit;
using Npgsql;

namespace DataHub.Gateway.Tests.Faults;

/// <summary>
/// A gateway without a worker, a sector's table of 6,000 records (three of them invalid), and worker processes that a test blocks from outside: by locks on the sector's
/// or the hub's tables, which no product code knows of.
/// </summary>
internal sealed class FaultStage : IAsyncDisposable
{
    public const string Dataset = "people";
    private const int Records = 6_000;
    private const int Gate = 77;
    private readonly List<HubProcess> workers = [];

    private FaultStage(HubServer hub, TestDatabase sector, HttpClient admin) => (Hub, Sector, Admin) = (hub, sector, admin);

    public HubServer Hub { get; }

    public TestDatabase Sector { get; }

    public HttpClient Admin { get; }

    /// <param name="store">The hub's database, where it is not on the run's server.</param>
    /// <param name="sector">The sector's, likewise.</param>
    public static async Task<FaultStage> StartAsync(TestDatabase? store = null, TestDatabase? sector = null)
    {
        var hub = await HubServer.StartAsync(
            new HubServerOptions { Settings = new Dictionary<string, string> { ["DATAHUB_ROLES"] = "gateway" } }, store);
        sector ??= await TestDatabase.CreateEmptyAsync();
        await sector.ExecuteAsync($$"""
            CREATE TABLE people (id int PRIMARY KEY, name text, amount numeric(12,2));
            INSERT INTO people SELECT i, CASE WHEN i % 2000 <> 7 THEN 'Nguyễn Thị ' || i END, i / 4.0 FROM generate_series(1, {{Records}}) i;
            CREATE FUNCTION gate(id int) RETURNS boolean LANGUAGE plpgsql VOLATILE AS
                'BEGIN IF id > 5000 THEN PERFORM pg_advisory_xact_lock_shared({{Gate}}); END IF; RETURN true; END';
            """);
        var stage = new FaultStage(hub, sector, await hub.AdminClientAsync());
        await stage.Admin.AddPostgresAsync("sector", sector.Name, "lockTimeout=3600", "silenceTimeout=3600", "connectTimeout=300",
            $"host={new NpgsqlConnectionStringBuilder(sector.ConnectionString).Host}");
        await stage.AddDatasetAsync(Dataset);
        return stage;
    }

    /// <summary>Registers a dataset over the sector's table, read past the gate.</summary>
    public Task AddDatasetAsync(string name) => Admin.AddDatasetAsync(TestContracts.Yaml(
        name, "sector", "query=SELECT id, name, amount FROM people WHERE gate(id)", "open", "id int32 key", "name text required", "amount decimal(12,2)"));

    /// <param name="settings">Of its environment, beside the usual ones.</param>
    public async Task<HubProcess> StartWorkerAsync(params (string Name, string Value)[] settings)
    {
        var worker = await HubProcess.StartAsync(Hub, settings);
        workers.Add(worker);
        return worker;
    }

    /// <summary>Changes, adds and (unless told not to) deletes records in the sector, staying below the brake.</summary>
    public Task ChangeSectorAsync(bool delete = true) => Sector.ExecuteAsync($"""
        UPDATE people SET amount = amount + 1 WHERE id % 50 = 3;
        INSERT INTO people SELECT i, 'Trần Văn ' || i, i FROM generate_series((SELECT max(id) FROM people) + 1, (SELECT max(id) FROM people) + 40) i;
        {(delete ? "DELETE FROM people WHERE id % 100 = 1 AND id < 6000" : "")}
        """);

    /// <summary>The gate in the sector: a reader stops after 5,000 records.</summary>
    public Task<Lock> CloseGateAsync() => Lock.TakeAsync(Sector, $"SELECT pg_advisory_xact_lock({Gate})");

    /// <summary>Keeps the dataset's publishing waiting.</summary>
    public async Task<Lock> LockPublishingAsync() => await Lock.TakeAsync(Hub.Database,
        $"SELECT pg_advisory_xact_lock({Publisher.LockClass}, (SELECT id FROM hub.datasets WHERE name = '{Dataset}'))");

    public Task<Lock> LockAsync(string table, string mode = "ACCESS EXCLUSIVE") => Lock.TakeAsync(Hub.Database, $"LOCK TABLE {table} IN {mode} MODE");

    public Task<string?> CurrentTableAsync() => Hub.Database.ScalarAsync<string>("SELECT current_table FROM hub.store_pairs LIMIT 1");

    /// <summary>Waits until a worker stands in a step, waiting for a lock in the database.</summary>
    public async Task BlockedAsync(long run, string step, TestDatabase database)
    {
        await Eventually.TrueAsync($"run {run} is blocked in {step}", async () =>
        {
            var now = await Admin.RunAsync(run);
            Assert.True(now.State() is "queued" or "running" or "published", now.GetRawText());
            return (step == "report" || now.GetProperty("step").GetString() == step) && await database.ScalarAsync<long>(
                $"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database.Name}' AND wait_event_type = 'Lock'") > 0;
        });
    }

    /// <summary>Brings the lapse of a dead worker's lease forward. One test waits for the real one.</summary>
    public Task LapseAsync(long run) => Hub.Database.ExecuteAsync($"UPDATE hub.runs SET lease_until = now() WHERE id = {run} AND state = 'running'");

    /// <summary>What a reader gets now: the newest version's records, or null before the first.</summary>
    public async Task<IReadOnlyList<string>?> ReadAsync()
    {
        using var answer = await Admin.GetAsync($"{HubCalls.Api}datasets/{Dataset}/versions/latest");
        return answer.IsSuccessStatusCode ? await Admin.WalkAsync(Dataset, "latest", 1_000) : null;
    }

    public Task<long> VersionsAsync(string dataset = Dataset) => Hub.Database.ScalarAsync<long>(
        $"SELECT count(*) FROM hub.versions v JOIN hub.datasets d ON d.id = v.dataset_id WHERE d.name = '{dataset}'");

    /// <summary>
    /// Everything that must hold when a run has ended well: its version is the source, figure by figure; nothing is doubled; nothing is left behind.
    /// </summary>
    public async Task AssertPublishedAsync(long run, int seq, string dataset = Dataset)
    {
        var end = await Admin.EndAsync(run);
        Assert.True(end.State() == "published", end.GetRawText());
        Assert.Equal(seq, end.GetProperty("version").GetProperty("seq").GetInt32());
        Assert.Equal(seq, await VersionsAsync(dataset));
        var expected = await SourceAsync();
        Assert.Equal(expected, await Admin.WalkAsync(dataset, "latest", 1_700));
        long Figure(string name) => end.GetProperty(name).GetInt64();
        Assert.Equal(expected.Count + 3, Figure("read"));
        Assert.Equal(3, Figure("rejected"));
        Assert.Equal(Figure("read"), Figure("new") + Figure("changed") + Figure("unchanged") + Figure("rejected") + Figure("duplicate"));
        Assert.Equal(3L, await Hub.Database.ScalarAsync<long>($"SELECT count(*) FROM hub.quarantine WHERE run_id = {run}"));
        await AssertStoreAsync(dataset, seq);
        await Eventually.TrueAsync("no working table is left", async () => await OrphansAsync() == 0);
    }

    /// <summary>The version's figures equal what its tables hold.</summary>
    private async Task AssertStoreAsync(string dataset, int seq)
    {
        await using var source = NpgsqlDataSource.Create(Hub.Database.ConnectionString + ";Pooling=false");
        string current, history;
        byte[] checksum;
        long records;
        await using (var command = source.CreateCommand($"""
            SELECT p.current_table, p.history_table, v.checksum, v.records FROM hub.datasets d
            JOIN hub.store_pairs p ON p.dataset_id = d.id JOIN hub.versions v ON v.dataset_id = d.id AND v.seq = {seq} WHERE d.name = '{dataset}'
            """))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            Assert.True(await reader.ReadAsync());
            (current, history, checksum, records) = (reader.GetString(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2), reader.GetInt64(3));
        }

        var sum = UInt128.Zero;
        var count = 0L;
        await using (var command = source.CreateCommand($"SELECT row_hash::text, v_from FROM {current}"))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                count++;
                sum += UInt128.Parse(reader.GetString(0).Replace("-", "", StringComparison.Ordinal), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                Assert.InRange(reader.GetInt32(1), 1, seq);
            }
        }

        Assert.Equal(records, count);
        Assert.Equal(Convert.ToHexStringLower(checksum), sum.ToString("x32", CultureInfo.InvariantCulture));
        Assert.Equal(0L, await Hub.Database.ScalarAsync<long>($"SELECT count(*) FROM {history} WHERE v_to > {seq} OR v_from >= v_to"));
        Assert.Equal(1L, await Hub.Database.ScalarAsync<long>($"SELECT count(*) FROM hub.store_pairs p JOIN hub.datasets d ON d.id = p.dataset_id WHERE d.name = '{dataset}'"));
    }

    private async Task<IReadOnlyList<string>> SourceAsync()
    {
        var rows = new List<string>();
        await using var source = NpgsqlDataSource.Create(Sector.ConnectionString + ";Pooling=false");
        await using var command = source.CreateCommand(
            """SELECT format('{"id":%s,"name":"%s","amount":%s}', id, name, amount) FROM people WHERE name IS NOT NULL ORDER BY people.id""");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    private Task<long> OrphansAsync() => Hub.Database.ScalarAsync<long>("""
        SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('work', 'store') AND c.relkind = 'r'
            AND NOT EXISTS (SELECT 1 FROM hub.store_pairs p WHERE n.nspname || '.' || c.relname IN (p.current_table, p.history_table))
        """);

    public async ValueTask DisposeAsync()
    {
        workers.ForEach(w => w.Dispose());
        Admin.Dispose();
        await Hub.DisposeAsync();
        await Sector.DisposeAsync();
    }
}

/// <summary>A lock that a test holds in a transaction of its own until it is disposed.</summary>
internal sealed class Lock : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;

    private Lock(NpgsqlConnection connection) => this.connection = connection;

    public static async Task<Lock> TakeAsync(TestDatabase database, string sql)
    {
        var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false;Command Timeout=120");
        await connection.OpenAsync();
        await using var begin = new NpgsqlCommand("BEGIN; " + sql, connection);
        await begin.ExecuteNonQueryAsync();
        return new Lock(connection);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
