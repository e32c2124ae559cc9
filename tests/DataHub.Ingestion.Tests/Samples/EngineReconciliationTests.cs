using DataHub.TestKit;

namespace DataHub.Ingestion.Tests.Samples;

/// <summary>
/// The same data from different engines, compared cell by cell as the hub published it. What differs in Chinook, and why:
/// integers are int64 | int32, because SQLite's INTEGER has 64 bits whatever it is called, while INT of the servers has 32 (the
/// values are equal); "Edinburgh " has lost its last blank in PostgreSQL, whose N'…' of the script is a bpchar and drops it on the
/// way into the varchar; four track names have lost their backslash in MySQL, to whose literals it is an escape, and whose
/// script does not double it. All three happened while the scripts were loaded: the hub published what each engine holds. Money
/// (kept by SQLite as floats), timestamps (kept by SQLite as text) and letters beyond ASCII are equal cell by cell.
/// </summary>
public sealed class EngineReconciliationTests
{
    private const string Folder = "tests/DataHub.Ingestion.Tests/Samples/";

    [Fact]
    public async Task Chinook_of_each_engine_differs_only_as_listed()
    {
        Assert.SkipWhen(SharedData.Root is null, SharedData.Missing);
        await using var lab = await SampleLab.StartAsync();
        File.Copy(SharedData.Path("sample-dbs", "chinook", "Chinook_Sqlite.sqlite"), Path.Combine(lab.Files, "chinook.db"));
        await using var database = await SampleDatabases.PostgresAsync(SharedData.Path("sample-dbs", "chinook", "Chinook_PostgreSql.sql"));

        var sqlite = await lab.PublishAsync("lite", "sqlite", null, null, "file=chinook.db");
        var postgres = await lab.PublishAsync("pg", "postgres", "postgres", null, SampleDatabases.Settings(database));

        SampleLab.Report(sqlite, SampleDatabases.CountSqlite(Path.Combine(lab.Files, "chinook.db")));
        SampleLab.Report(postgres, SampleDatabases.CountPostgres(database));
        Golden.Check(Folder + "chinook.sqlite-postgres.txt", Reconciliation.Report("SQLite", sqlite, "PostgreSQL", postgres));
    }

    [Fact]
    public async Task Chinook_of_MySQL_differs_only_as_listed()
    {
        Assert.SkipWhen(SharedData.Root is null, SharedData.Missing);
        Assert.SkipUnless(MariaDatabase.Available, MariaDatabase.Missing);
        await using var lab = await SampleLab.StartAsync();
        File.Copy(SharedData.Path("sample-dbs", "chinook", "Chinook_Sqlite.sqlite"), Path.Combine(lab.Files, "chinook.db"));
        var script = Path.Combine(lab.Files, "chinook.sql");
        File.WriteAllLines(script, File.ReadLines(SharedData.Path("sample-dbs", "chinook", "Chinook_MySql.sql"))
            .Where(l => !l.StartsWith("DROP DATABASE", StringComparison.Ordinal)
                && !l.StartsWith("CREATE DATABASE", StringComparison.Ordinal) && !l.StartsWith("USE ", StringComparison.Ordinal)));
        await using var database = await MariaDatabase.CreateAsync();
        await database.LoadAsync(script);

        var sqlite = await lab.PublishAsync("lite", "sqlite", null, null, "file=chinook.db");
        var mysql = await lab.PublishAsync(
            "my", "mysql", database.Reader, MariaDatabase.Password, [.. database.Settings.Select(s => $"{s.Key}={s.Value}")]);

        SampleLab.Report(mysql, table => database.ScalarAsync<long>($"SELECT count(*) FROM {table}").GetAwaiter().GetResult());
        Golden.Check(Folder + "chinook.sqlite-mysql.txt", Reconciliation.Report("SQLite", sqlite, "MySQL", mysql));
    }

    [Fact]
    public async Task Administrative_units_of_each_engine_differ_only_as_listed()
    {
        Assert.SkipWhen(SharedData.Root is null, SharedData.Missing);
        await using var lab = await SampleLab.StartAsync();
        var dumps = SharedData.Path("vn-admin", "dumps");
        File.Copy(Path.Combine(dumps, "vn-admin-34.sqlite"), Path.Combine(lab.Files, "units.db"));
        await using var database = await SampleDatabases.PostgresAsync(
            Path.Combine(dumps, "postgres_CreateTables_vn_units.sql"), Path.Combine(dumps, "postgres_ImportData_vn_units.sql"));

        var sqlite = await lab.PublishAsync("lite", "sqlite", null, null, "file=units.db");
        var postgres = await lab.PublishAsync("pg", "postgres", "postgres", null, SampleDatabases.Settings(database));

        SampleLab.Report(sqlite, SampleDatabases.CountSqlite(Path.Combine(lab.Files, "units.db")));
        SampleLab.Report(postgres, SampleDatabases.CountPostgres(database));
        Golden.Check(Folder + "vn-admin-34.txt", Reconciliation.Report("SQLite", sqlite, "PostgreSQL", postgres));
    }
}
