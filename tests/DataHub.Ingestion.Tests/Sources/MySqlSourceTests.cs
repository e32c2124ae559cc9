using DataHub.Core.Records;
using DataHub.Ingestion.Sources;
using DataHub.TestKit;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Listing, reading and giving up on a real server.</summary>
[Collection(MeasuresMemory.Name)]
public sealed class MySqlSourceTests(MariaSource maria) : MariaTests(maria)
{
    private const string Endless = "SELECT seq AS a FROM seq_1_to_100000000000";

    [Fact]
    public async Task Lists_tables_views_and_their_keys()
    {
        await Maria.Do("""
            CREATE TABLE `Hộ.tịch 1` (so int, nam int NOT NULL, `Họ tên` text COMMENT 'đủ dấu', PRIMARY KEY (nam, so)) COMMENT 'Sổ khai sinh';
            CREATE VIEW v1 AS SELECT so FROM `Hộ.tịch 1`;
            CREATE TABLE u1 (a int UNIQUE, b varchar(9) NOT NULL UNIQUE, c text NOT NULL, UNIQUE (c(3)));
            CREATE TABLE `a``b` (`x``;DROP` int);
            INSERT INTO `Hộ.tịch 1` VALUES (1, 2025, 'Nguyễn Thị Ánh'); INSERT INTO `a``b` VALUES (5)
            """);

        var tables = (await Maria.Adapter.ListTablesAsync(Maria.Settings, default)).ToDictionary(t => t.Name);

        Assert.Equal(["nam", "so"], tables["`Hộ.tịch 1`"].Key);
        Assert.Equal(("Sổ khai sinh", "đủ dấu"), (tables["`Hộ.tịch 1`"].Comment, tables["`Hộ.tịch 1`"].Columns[2].Comment));
        Assert.Equal(["b"], tables["u1"].Key);
        Assert.Equal(("view", (long?)null, (string?)null), (tables["v1"].EntityKind, tables["v1"].EstimatedRows, tables["v1"].Comment));
        Assert.True(SourceTableId.TryDecode(tables["`Hộ.tịch 1`"].Id, out var name));
        Assert.Equal(["Nguyễn Thị Ánh", "1"], (await ReadAll(Maria.Adapter, Maria.Settings, Contract(Table(name), "Họ tên", "so"))).Rows[0]);
        var qualified = $"{Maria.Database.Name}.`a``b`";
        Assert.Equal("5", (await ReadAll(Maria.Adapter, Maria.Settings, Contract(Table(qualified), "x`;DROP"))).Rows[0][0]);
    }

    [Fact]
    public async Task Says_what_the_server_is_and_whether_the_account_only_reads()
    {
        var probe = await Maria.Adapter.TestAsync(Maria.Settings, default);

        Assert.Matches(@"^MariaDB \d+\.\d+\.\d+$", probe.Product);
        Assert.True(probe.ReadOnly);
        Assert.InRange(probe.Clock, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
        Assert.False((await Maria.Adapter.TestAsync(Maria.Root(), default)).ReadOnly);
    }

    [Fact]
    public async Task Reads_an_empty_table_a_view_and_a_query_with_a_trailing_comment()
    {
        await Maria.Do("CREATE TABLE trong (a int); CREATE VIEW khung AS SELECT 7 AS a");

        Assert.Empty((await ReadAll(Maria.Adapter, Maria.Settings, Contract(Table("trong"), "a"))).Rows);
        Assert.Equal("7", (await ReadAll(Maria.Adapter, Maria.Settings, Contract(Table("khung"), "a"))).Rows[0][0]);
        var query = Contract(Query("WITH x AS (SELECT 8 AS a) SELECT a, 'a;b\\\\\"' AS b FROM x -- hết"), "a", "b");
        Assert.Equal(["8", "a;b\\\""], (await ReadAll(Maria.Adapter, Maria.Settings, query)).Rows[0]);
        Assert.Equal("∅", (await ReadAll(Maria.Adapter, Maria.Settings, Contract(Query("SELECT NULL AS a;"), "a"))).Rows[0][0]);
    }

    [Theory]
    [InlineData("SELECT 1; DROP TABLE giu")]
    [InlineData("SELECT 1 AS a) q; DROP TABLE giu; -- ")]
    [InlineData("DELETE FROM giu RETURNING a")]
    [InlineData("SELECT ghi() AS a")]
    [InlineData("SELECT a FROM giu INTO OUTFILE '/tmp/x'")]
    [InlineData("COMMIT; DROP TABLE giu")]
    [InlineData("DROP TABLE giu")]
    [InlineData("SELECT ? AS a")]
    [InlineData("SELECT a FORM giu")]
    [InlineData("SELECT khong_co AS a FROM giu")]
    [InlineData("SELECT a FROM khong_co")]
    [InlineData("SELECT 1 AS a, 2 AS a")]
    [InlineData(" ")]
    public async Task Refuses_a_query_that_is_not_one_reading_statement(string query)
    {
        await Maria.Do("""
            CREATE OR REPLACE TABLE giu (a int); INSERT INTO giu VALUES (1);
            CREATE OR REPLACE FUNCTION ghi() RETURNS int BEGIN DELETE FROM giu; RETURN 1; END
            """);

        // As an account that could: what stops the statement is the reading, not a missing right.
        var error = await Refusal(() => ReadAll(Maria.Adapter, Maria.Root(), Contract(Query(query), "a")));

        Assert.True(error.Code is "source_query_invalid", error.Code);
        Assert.Single((await ReadAll(Maria.Adapter, Maria.Settings, Contract(Table("giu"), "a"))).Rows);
    }

    [Fact]
    public async Task Reads_the_same_whatever_the_servers_settings_are()
    {
        await Maria.Do("CREATE TABLE che_do (a char(4), b datetime, c varchar(9)); INSERT INTO che_do VALUES ('x', '2025-07-01', 'y\"z')");
        var query = Contract(Query("SELECT a, b, \"y\\\"z\" = c AS c FROM che_do"), "a", "b", "c");
        var plain = (await ReadAll(Maria.Adapter, Maria.Settings, query)).Rows;
        // For this account alone: other tests use the same server.
        string Of(string setting, string value) => $"{setting} = IF(CURRENT_USER() LIKE '{Maria.Database.Reader}@%', {value}, @@{setting})";
        var odd = $"SET {Of("sql_mode", "'ANSI,PAD_CHAR_TO_FULL_LENGTH'")}, {Of("sql_select_limit", "0")}, {Of("time_zone", "'-05:00'")}";
        await Maria.Do($"SET GLOBAL init_connect = \"{odd}\"");
        var set = await Maria.Database.AsReaderAsync("SELECT CONCAT(@@sql_mode, @@time_zone) FROM DUAL WHERE @@sql_select_limit = 0 LIMIT 1");
        var rows = (await ReadAll(Maria.Adapter, Maria.Settings, query)).Rows;
        await Maria.Do("SET GLOBAL init_connect = ''");

        Assert.Contains("ANSI_QUOTES", set, StringComparison.Ordinal);
        Assert.Equal(["x", "1751328000000000", "1"], Assert.Single(plain));
        Assert.Equal(plain, rows);
    }

    [Fact]
    public async Task Reads_two_hundred_thousand_rows_in_bounded_memory()
    {
        var query = Query("SELECT seq AS a, repeat('ế', 40) AS b, seq * 1.25 AS c FROM seq_1_to_200000");
        await using var reader = await Maria.Adapter.OpenAsync(Maria.Settings, Contract(query, "a", "b", "c"), default);
        var batch = new RecordBatch(reader.Fields);
        await reader.ReadAsync(batch, default);
        var (rows, sum, total) = (batch.Count, 0m, GC.GetTotalAllocatedBytes());
        while (await reader.ReadAsync(batch, default))
        {
            rows += batch.Count;
            sum += batch.Columns[2].Decimals[batch.Count - 1];
        }

        Assert.Equal(200_000, rows);
        // 30 MB of rows: a string or an object a cell would be far more than this, and whatever runs beside is little.
        Assert.InRange(GC.GetTotalAllocatedBytes() - total, 0, 60L << 20);
        Assert.True(sum > 0);
    }

    [Fact]
    public async Task Passes_a_wide_value_whole_and_sets_aside_what_is_too_wide_for_memory()
    {
        await Maria.Do("""
            CREATE TABLE rong (k int PRIMARY KEY, a longtext, b longblob);
            INSERT INTO rong VALUES (1, repeat('x', 20000000), repeat('y', 20000000)), (2, repeat('x', 40000000), repeat('y', 40000000)), (3, 'z', NULL)
            """);

        var (rows, broken, positions) = await ReadAll(
            Maria.Adapter, Maria.Settings, Contract(Query("SELECT * FROM rong ORDER BY k LIMIT 9"), "a", "b"));

        Assert.Equal((20_000_000, 40_000_000), (rows[0][0].Length, rows[0][1].Length));
        Assert.Equal(("record_too_large", 2L), (Assert.Single(broken).Code, broken[0].Position));
        Assert.Equal(("z", 3L), (rows[1][0], positions[1]));
    }

    [Theory]
    [InlineData(Endless)]
    [InlineData("SELECT seq AS a FROM seq_1_to_3000 WHERE seq < 2000 OR SLEEP(3600) = 1")]
    public async Task Gives_up_at_once_when_cancelled_and_leaves_nothing_running(string text)
    {
        await AssertGivesUpAsync(Maria.Adapter, Maria.Settings, Contract(Query(text), "a"));
        await NothingRunsAsync();
    }

    [Fact]
    public async Task Gives_up_when_disposed_in_the_middle_even_where_no_second_connection_is_let_in()
    {
        var reader = await Maria.Adapter.OpenAsync(Maria.Settings, Contract(Query(Endless), "a"), default);
        Assert.True(await reader.ReadAsync(new RecordBatch(reader.Fields), default));
        await Maria.Do($"ALTER USER {Maria.Database.Reader}@'%' ACCOUNT LOCK");

        await reader.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        await Maria.Do($"ALTER USER {Maria.Database.Reader}@'%' ACCOUNT UNLOCK");
        await NothingRunsAsync();
    }

    [Fact]
    public async Task Reads_one_snapshot_whatever_is_written_meanwhile()
    {
        await Maria.Do("CREATE TABLE anh (k int AUTO_INCREMENT PRIMARY KEY, a int); INSERT INTO anh (a) SELECT 1 FROM seq_1_to_50000");
        await using var reader = await Maria.Adapter.OpenAsync(Maria.Settings, Contract(Table("anh"), "a"), default);
        await Maria.Do("UPDATE anh SET a = 2; INSERT INTO anh (a) VALUES (3)");
        var batch = new RecordBatch(reader.Fields);
        var ones = 0;
        while (await reader.ReadAsync(batch, default))
        {
            ones += batch.Columns[0].Longs.Take(batch.Count).Count(v => v == 1);
        }

        Assert.Equal(50_000, ones);
        Assert.InRange(reader.AsOf, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
    }

    private Task NothingRunsAsync() => Eventually.TrueAsync("the account's threads end", async () =>
        await Maria.Database.ScalarAsync<long>(
            $"SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = '{Maria.Database.Reader}'") == 0);
}
