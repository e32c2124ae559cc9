using DataHub.TestKit;

namespace DataHub.Ingestion.Tests.Samples;

/// <summary>
/// Well-known databases taken whole through the hub: every table that a source lists is proposed, registered and pulled, and
/// what was published is counted against the engine's own count. What is refused or rejected stands in the committed text.
/// </summary>
public sealed class SampleDatabaseTests
{
    private const string Folder = "tests/DataHub.Ingestion.Tests/Samples/";

    [Fact]
    public async Task Northwind_of_SQLite_is_published_table_by_table()
    {
        Assert.SkipWhen(SharedData.Root is null, SharedData.Missing);
        await using var lab = await SampleLab.StartAsync();
        var path = Path.Combine(lab.Files, "northwind.db");
        SampleDatabases.Sqlite(path, SharedData.Path("sample-dbs", "northwind", "northwind.sqlite.sql"));

        var tables = await lab.PublishAsync("nw", "sqlite", null, null, "file=northwind.db");

        Golden.Check(Folder + "northwind.sqlite.txt", SampleLab.Report(tables, SampleDatabases.CountSqlite(path)));
    }

    [Theory]
    [InlineData("northwind.pg", "northwind/northwind.pg.sql")]
    [InlineData("pagila", "pagila/pagila.neon.sql")]
    [InlineData("sakila.pg", "sakila-pg/postgres-sakila-schema.sql", "sakila-pg/postgres-sakila-insert-data-using-copy.sql")]
    public async Task PostgreSQL_samples_are_published_table_by_table(string golden, params string[] scripts)
    {
        Assert.SkipWhen(SharedData.Root is null, SharedData.Missing);
        await using var database = await SampleDatabases.PostgresAsync(
            [.. scripts.Select(s => SharedData.Path(["sample-dbs", .. s.Split('/')]))]);
        await using var lab = await SampleLab.StartAsync();

        var tables = await lab.PublishAsync("pg", "postgres", "postgres", null, SampleDatabases.Settings(database));

        Golden.Check($"{Folder}{golden}.txt", SampleLab.Report(tables, SampleDatabases.CountPostgres(database)));
    }
}
