using DataHub.Core.Sources;
using DataHub.Ingestion.Tests.Sources;
using DataHub.TestKit;
using Microsoft.Data.Sqlite;
using Xunit;

namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>
/// A column whose type changed holds the run before it reads: the last good version stays, and the dataset goes on when the source is put right or the proposed
/// contract is published. A type that still fits holds nothing.
/// </summary>
public sealed class TypeDriftTests(PostgresSource postgres, MariaSource maria) : IClassFixture<PostgresSource>, IClassFixture<MariaSource>
{
    [Theory]
    [InlineData("hub.table", "typed")]
    [InlineData("hub.query", "SELECT * FROM typed")]
    public async Task PostgreSql_changes_a_type(string property, string target)
    {
        await postgres.Do("DROP TABLE IF EXISTS typed; CREATE TABLE typed (id int PRIMARY KEY, ten text, ghi_chu text); INSERT INTO typed VALUES (1, '7', 'x'), (2, '8', NULL)");
        await using var lab = await DriftLab.StartAsync(postgres.Settings, property, target);
        await ChangeAsync(lab, "decimal(9,2)",
            () => postgres.Do("ALTER TABLE typed ALTER ten TYPE numeric(9,2) USING ten::numeric"),
            () => postgres.Do("ALTER TABLE typed ALTER ten TYPE text USING ten::int::text"),
            "1:7:x 2:8:∅");
    }

    [Fact]
    public async Task MariaDb_changes_a_type()
    {
        Assert.SkipUnless(MariaDatabase.Available, MariaDatabase.Missing);
        await maria.Do("CREATE TABLE typed (id int PRIMARY KEY, ten varchar(20), ghi_chu text); INSERT INTO typed VALUES (1, '7', 'x'), (2, '8', NULL)");
        await using var lab = await DriftLab.StartAsync(maria.Settings, "hub.table", "typed");
        await ChangeAsync(lab, "int32",
            () => maria.Do("ALTER TABLE typed MODIFY ten int"),
            () => maria.Do("ALTER TABLE typed MODIFY ten varchar(20)"),
            "1:7:x 2:8:∅");
    }

    [Fact]
    public async Task Sqlite_changes_a_declared_type()
    {
        await using var lab = await DriftLab.StartAsync(new SourceSettings("kho", "sqlite", new Dictionary<string, string> { ["file"] = "kho.db" }, null, null),
            "hub.table", "typed", hub => Remake(hub, "TEXT"));
        await ChangeAsync(lab, "int64", () => Remake(lab.Hub, "INTEGER"), () => Remake(lab.Hub, "TEXT"), "1:7:x 2:8:∅");
    }

    [Fact]
    public async Task A_wider_type_that_still_fits_holds_nothing()
    {
        await postgres.Do("CREATE TABLE wider (id int PRIMARY KEY, ten varchar(50), ghi_chu text); INSERT INTO wider VALUES (1, 'a', 'x')");
        await using var lab = await DriftLab.StartAsync(postgres.Settings, "hub.table", "wider");
        Assert.Equal("published: ", await lab.RunAsync());

        await postgres.Do("ALTER TABLE wider ALTER id TYPE bigint, ALTER ten TYPE varchar(100)");
        Assert.Equal("unchanged: ", await lab.RunAsync());
    }

    [Fact]
    public async Task A_contract_may_say_that_the_run_fails_and_a_first_pull_does()
    {
        await postgres.Do("CREATE TABLE strict (id int PRIMARY KEY, ten int, ghi_chu text); INSERT INTO strict VALUES (1, 7, 'x')");
        await using var lab = await DriftLab.StartAsync(postgres.Settings, "hub.table", "strict", terms: ["hub.changedType=fail"]);
        Assert.Equal("failed: source_type_changed", await lab.RunAsync());

        await postgres.Do("ALTER TABLE strict ALTER ten TYPE text");
        Assert.Equal("published: ", await lab.RunAsync());
        await postgres.Do("ALTER TABLE strict ALTER ten TYPE int USING ten::int");
        Assert.Equal("failed: source_type_changed", await lab.RunAsync());
        Assert.Null(lab.Proposed);
        Assert.Equal("1:7:x", await lab.RecordsAsync());
    }

    /// <param name="lab">Its column ten is text that holds numbers.</param>
    /// <param name="type">What is proposed for it.</param>
    /// <param name="change">Makes numbers of ten.</param>
    /// <param name="back">Makes text of it again.</param>
    /// <param name="records">Published all the while.</param>
    private static async Task ChangeAsync(DriftLab lab, string type, Func<Task> change, Func<Task> back, string records)
    {
        Assert.Equal("published: ", await lab.RunAsync());
        await change();
        Assert.Equal("held: source_type_changed; type_changed", await lab.RunAsync());
        Assert.Equal("held: source_type_changed; type_changed", await lab.RunAsync());
        Assert.Null(await lab.PauseAsync());
        Assert.Equal(records, await lab.RecordsAsync());
        await back();
        Assert.Equal("unchanged: ", await lab.RunAsync());

        await change();
        await lab.RunAsync();
        Assert.Equal(("2.0.0", type), ($"{lab.Proposed!.Version}", $"{lab.Proposed.Columns[1].Type}"));
        await lab.AdoptAsync(lab.Proposed);
        Assert.Equal("published: ", await lab.RunAsync());
        Assert.Equal(records, (await lab.RecordsAsync()).Replace(".00", "", StringComparison.Ordinal));
        Assert.Equal("unchanged: ", await lab.RunAsync());
    }

    private static Task Remake(TestHub hub, string type)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(hub.Files, "kho.db")};Pooling=false");
        connection.Open();
        connection.Do($"DROP TABLE IF EXISTS typed; CREATE TABLE typed (id INTEGER PRIMARY KEY, ten {type}, ghi_chu TEXT); INSERT INTO typed VALUES (1, '7', 'x'), (2, '8', NULL)");
        return Task.CompletedTask;
    }
}
