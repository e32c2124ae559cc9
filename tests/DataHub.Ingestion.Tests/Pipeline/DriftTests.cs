using DataHub.Core.Sources;
using DataHub.Ingestion.Tests.Sources;
using DataHub.TestKit;
using Microsoft.Data.Sqlite;
using Xunit;

namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>
/// What a run does when the sector changed its table between two pulls, on every engine: a new column and a lost optional one are told once and lose nothing, a rename is
/// not guessed, and a lost key stops everything until somebody acts.
/// </summary>
public sealed class DriftTests(PostgresSource postgres, MariaSource maria) : IClassFixture<PostgresSource>, IClassFixture<MariaSource>
{
    [Fact]
    public async Task PostgreSql_changes_its_columns()
    {
        await postgres.Do("CREATE TABLE drift (id int PRIMARY KEY, ten text, ghi_chu text); INSERT INTO drift VALUES (1, 'a', 'x'), (2, 'b', NULL)");
        await using var lab = await DriftLab.StartAsync(postgres.Settings, "hub.table", "drift");
        await ChangeAsync(lab,
            () => postgres.Do("ALTER TABLE drift ADD COLUMN moi int DEFAULT 7"),
            () => postgres.Do("ALTER TABLE drift RENAME COLUMN ghi_chu TO ghichu"),
            () => postgres.Do("ALTER TABLE drift DROP COLUMN id"));
    }

    [Fact]
    public async Task MariaDb_changes_its_columns()
    {
        Assert.SkipUnless(MariaDatabase.Available, MariaDatabase.Missing);
        await maria.Do("CREATE TABLE drift (id int PRIMARY KEY, ten text, ghi_chu text); INSERT INTO drift VALUES (1, 'a', 'x'), (2, 'b', NULL)");
        await using var lab = await DriftLab.StartAsync(maria.Settings, "hub.table", "drift");
        await ChangeAsync(lab,
            () => maria.Do("ALTER TABLE drift ADD COLUMN moi int DEFAULT 7"),
            () => maria.Do("ALTER TABLE drift CHANGE COLUMN ghi_chu ghichu text"),
            () => maria.Do("ALTER TABLE drift DROP COLUMN id"));
    }

    [Fact]
    public async Task A_query_loses_and_gains_columns_like_a_table()
    {
        await postgres.Do("CREATE TABLE asked (id int PRIMARY KEY, ten text, ghi_chu text); INSERT INTO asked VALUES (1, 'a', 'x'), (2, 'b', NULL)");
        await using var lab = await DriftLab.StartAsync(postgres.Settings, "hub.query", "SELECT * FROM asked");
        await ChangeAsync(lab,
            () => postgres.Do("ALTER TABLE asked ADD COLUMN moi int"),
            () => postgres.Do("ALTER TABLE asked RENAME COLUMN ghi_chu TO ghichu"),
            () => postgres.Do("ALTER TABLE asked DROP COLUMN id"));
    }

    [Theory]
    [InlineData("hub.table", "drift")]
    [InlineData("hub.query", "SELECT * FROM drift")]
    public async Task Sqlite_changes_its_columns(string property, string target)
    {
        await using var lab = await DriftLab.StartAsync(new SourceSettings("kho", "sqlite", new Dictionary<string, string> { ["file"] = "kho.db" }, null, null),
            property, target, hub => Do(hub, "CREATE TABLE drift (id INTEGER PRIMARY KEY, ten TEXT, ghi_chu TEXT); INSERT INTO drift VALUES (1, 'a', 'x'), (2, 'b', NULL)"));
        await ChangeAsync(lab,
            () => Do(lab.Hub, "ALTER TABLE drift ADD COLUMN moi INTEGER"),
            () => Do(lab.Hub, "ALTER TABLE drift RENAME COLUMN ghi_chu TO ghichu"),
            () => Do(lab.Hub, "CREATE TABLE other AS SELECT ten, ghichu, moi FROM drift; DROP TABLE drift; ALTER TABLE other RENAME TO drift"));
    }

    [Fact]
    public async Task A_csv_file_changes_its_columns()
    {
        await using var lab = await DriftLab.StartAsync(new SourceSettings("kho", "csv", new Dictionary<string, string> { ["folder"] = "." }, null, null),
            "hub.file", "t.csv", hub => Put(hub, "id,ten,ghi_chu\n1,a,x\n2,b,\n"));
        await ChangeAsync(lab,
            () => Put(lab.Hub, "moi,id,ten,ghi_chu\n7,1,a,x\n7,2,b,\n"),
            () => Put(lab.Hub, "moi,id,ghichu,ten\n7,1,x,a\n7,2,,b\n"),
            () => Put(lab.Hub, "moi,ghichu,ten\n7,x,a\n7,,b\n"));
    }

    [Fact]
    public async Task A_contract_that_freezes_stops_at_either_change_and_goes_on_after_a_revision()
    {
        await postgres.Do("CREATE TABLE frozen (id int PRIMARY KEY, ten text, ghi_chu text); INSERT INTO frozen VALUES (1, 'a', 'x')");
        string[] freeze = ["hub.newColumn=freeze", "hub.missingColumn=freeze"];
        await using var lab = await DriftLab.StartAsync(postgres.Settings, "hub.table", "frozen", terms: freeze);
        Assert.Equal("published: ", await lab.RunAsync());

        await postgres.Do("ALTER TABLE frozen ADD COLUMN moi int");
        Assert.Equal("failed: source_columns_frozen", await lab.RunAsync());
        Assert.Equal("source_columns_frozen", await lab.PauseAsync());
        await lab.ResumeAsync();
        await lab.ReviseAsync("1.0.1", freeze);
        Assert.Equal("unchanged: source_column_new moi", await lab.RunAsync());

        await postgres.Do("ALTER TABLE frozen DROP COLUMN ghi_chu");
        Assert.Equal("failed: source_column_missing", await lab.RunAsync());
        Assert.Equal("source_column_missing", await lab.PauseAsync());
        Assert.Equal("1:a:x", await lab.RecordsAsync());
    }

    [Fact]
    public async Task A_required_column_and_one_that_was_never_there_are_not_made_null()
    {
        await postgres.Do("CREATE TABLE needed (id int PRIMARY KEY, ten text, ghi_chu text); INSERT INTO needed VALUES (1, 'a', 'x')");
        await using var lab = await DriftLab.StartAsync(postgres.Settings, "hub.table", "needed");
        await lab.RunAsync();

        await lab.ReviseAsync("1.1.0", [], "name: chua_co, logicalType: string");
        Assert.Equal("failed: source_column_missing", await lab.RunAsync());
        await lab.ResumeAsync();
        await postgres.Do("ALTER TABLE needed ADD COLUMN chua_co text; ALTER TABLE needed DROP COLUMN ten");
        Assert.Equal("published: source_column_absent ten", await lab.RunAsync());
        await postgres.Do("ALTER TABLE needed DROP COLUMN chua_co, DROP COLUMN ghi_chu, DROP COLUMN id");
        Assert.Equal("failed: source_column_missing", await lab.RunAsync());
    }

    /// <param name="lab">Its table has (id, ten, ghi_chu).</param>
    /// <param name="add">Adds moi.</param>
    /// <param name="rename">Makes ghichu of ghi_chu.</param>
    /// <param name="drop">Takes id away.</param>
    private static async Task ChangeAsync(DriftLab lab, Func<Task> add, Func<Task> rename, Func<Task> drop)
    {
        Assert.Equal("published: ", await lab.RunAsync());
        await add();
        Assert.Equal("unchanged: source_column_new moi", await lab.RunAsync());
        Assert.Equal("unchanged: ", await lab.RunAsync());

        await rename();
        Assert.Equal("published: source_column_absent ghi_chu; source_column_new ghichu", await lab.RunAsync());
        Assert.Contains("Similar: ghichu.", lab.Warnings, StringComparison.Ordinal);
        Assert.Contains("Tên gần giống: ghichu.", lab.Warnings, StringComparison.Ordinal);
        Assert.Equal("1:a:∅ 2:b:∅", await lab.RecordsAsync());
        Assert.Equal("unchanged: ", await lab.RunAsync());

        await drop();
        Assert.Equal("failed: source_column_missing", await lab.RunAsync());
        Assert.Equal("source_column_missing", await lab.PauseAsync());
        Assert.Equal("1:a:∅ 2:b:∅", await lab.RecordsAsync());
    }

    private static Task Do(TestHub hub, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(hub.Files, "kho.db")};Pooling=false");
        connection.Open();
        connection.Do(sql);
        return Task.CompletedTask;
    }

    private static Task Put(TestHub hub, string text) => File.WriteAllTextAsync(Path.Combine(hub.Files, "t.csv"), text);
}
