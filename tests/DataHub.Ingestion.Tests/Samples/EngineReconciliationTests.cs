using DataHub.TestKit;

namespace DataHub.Ingestion.Tests.Samples;

/// <summary>The same data from different engines, compared cell by cell as the hub published it.</summary>
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
