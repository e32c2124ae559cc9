using System.Text.RegularExpressions;

namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>What a sector can do to a table, followed by its log and compared with a plain full pull of the same table.</summary>
public sealed class CaptureChangesTests(CaptureHub lab) : IClassFixture<CaptureHub>
{
    private static readonly string[] Plain = ["name: id, logicalType: integer, primaryKey: true", "name: ten, logicalType: string", "name: so, logicalType: integer"];

    [Theory]
    [InlineData("window: 3 new, 1 changed, 1 removed", "BEGIN; INSERT INTO t VALUES (101, 'a'); SAVEPOINT x; INSERT INTO t VALUES (102, 'b'); DELETE FROM t WHERE id = 1; SAVEPOINT y; "
        + "UPDATE t SET ten = 'c' WHERE id = 2; ROLLBACK TO y; DELETE FROM t WHERE id = 3; ROLLBACK TO x; SAVEPOINT z; INSERT INTO t VALUES (103, 'd'), (104, 'e'); DELETE FROM t WHERE id = 4; "
        + "UPDATE t SET so = 9 WHERE id = 5; RELEASE z; COMMIT")]
    [InlineData("window: 50 new, 0 changed, 0 removed", "DO $$ BEGIN FOR i IN 201..300 LOOP BEGIN INSERT INTO t VALUES (i, 'x'); IF i % 2 = 0 THEN RAISE division_by_zero; END IF; "
        + "EXCEPTION WHEN division_by_zero THEN NULL; END; END LOOP; END $$")]
    [InlineData("window: 1 new, 0 changed, 1 removed", "UPDATE t SET id = 500 WHERE id = 7")]
    [InlineData("window: 0 new, 2 changed, 0 removed", "BEGIN; UPDATE t SET id = -1 WHERE id = 8; UPDATE t SET id = 8 WHERE id = 9; UPDATE t SET id = 9 WHERE id = -1; COMMIT")]
    [InlineData("window: 0 new, 0 changed, 0 removed", "BEGIN; DELETE FROM t; TRUNCATE t; INSERT INTO t VALUES (1, 'x'); ROLLBACK")]
    [InlineData("full: 2 new, 1 changed, 49 removed", "BEGIN; TRUNCATE t; INSERT INTO t VALUES (1, 'mới'), (900, 'mới'), (901, NULL); COMMIT")]
    [InlineData("full: 0 new, 0 changed, 50 removed", "INSERT INTO t VALUES (77, 'x'); TRUNCATE t")]
    public async Task Transactions_of_every_form(string expected, string sql)
    {
        var table = $"form_{Guid.NewGuid():N}"[..16];
        var followed = await lab.FollowAsync(table, "(id int PRIMARY KEY, ten text, so int)", Plain);
        await lab.Source.Do($"INSERT INTO {table} SELECT g, 'ô ' || g, g FROM generate_series(1, 50) g");
        await followed.PullAsync();
        await lab.Source.Do(Regex.Replace(sql, @"\bt\b", table));

        Assert.EndsWith(expected, await followed.PullAsync(), StringComparison.Ordinal);
        await followed.AssertSameAsync();
        await followed.ForgetAsync();
    }

    [Fact]
    public async Task Keys_of_several_columns_with_any_text()
    {
        await lab.Source.Do("CREATE EXTENSION IF NOT EXISTS citext");
        var followed = await lab.FollowAsync("khoa", "(ma text COLLATE \"C\", muc numeric, nhom citext, \"Loại \"\"x\"\"\" char(4), ghi_chu text, PRIMARY KEY (ma, muc, nhom, \"Loại \"\"x\"\"\"))",
            "name: ma, logicalType: string, primaryKey: true, primaryKeyPosition: 1",
            "name: muc, logicalType: number, primaryKey: true, primaryKeyPosition: 2, customProperties: [{property: hub.type, value: 'decimal(12,4)'}]",
            "name: nhom, logicalType: string, primaryKey: true, primaryKeyPosition: 3", "name: loai, physicalName: 'Loại \"x\"', logicalType: string, primaryKey: true, primaryKeyPosition: 4",
            "name: ghi_chu, logicalType: string");
        await lab.Source.Do("""
            INSERT INTO khoa VALUES ('Đường Nguyễn Huệ', 1.5, 'A', 'x', NULL), ('it''s "quoted" \back {a,b}', 2, 'B', 'y', 'c'), ('', 3, 'NULL', 'z', NULL), ('NULL', 4, '', 'ư', 'd'),
                (E'dòng\nmới\t', 5, 'é', 'a b', ''), ('e' || chr(769), 6, chr(233), '', 'tổ hợp'), ('giữ', 7, 'g', 'g', 'g')
            """);
        Assert.Equal("published full: 7 new, 0 changed, 0 removed", await followed.PullAsync());
        await lab.Source.Do("UPDATE khoa SET ghi_chu = coalesce(ghi_chu, '') || '!' WHERE ma <> 'giữ'");
        Assert.Equal("published window: 0 new, 6 changed, 0 removed", await followed.PullAsync());

        // One value in two spellings, two values that the index takes for one, and every other key gone.
        await lab.Source.Do("UPDATE khoa SET muc = 1.500 WHERE nhom = 'A'; UPDATE khoa SET nhom = 'b' WHERE nhom = 'B'; DELETE FROM khoa WHERE ma IN ('', 'NULL') OR ma LIKE '%' || chr(10) || '%'");
        Assert.Equal("published window: 1 new, 0 changed, 4 removed", await followed.PullAsync());
        await followed.AssertSameAsync();
        await followed.ForgetAsync();
    }

    [Theory]
    [InlineData("FULL")]
    [InlineData("USING INDEX danh_tinh_i")]
    public async Task Replica_identities_and_large_values_left_alone(string identity)
    {
        var table = identity == "FULL" ? "danh_tinh_f" : "danh_tinh";
        var followed = await lab.FollowAsync(table, "(so int, ma text NOT NULL, lon text)",
            "name: ma, logicalType: string, primaryKey: true", "name: so, logicalType: integer", "name: lon, logicalType: string");
        await lab.Source.Do($"CREATE UNIQUE INDEX {table}_i ON {table} (ma)");
        Assert.Contains("REPLICA IDENTITY", await followed.ErrorAsync(await followed.RunAsync()), StringComparison.Ordinal);
        await lab.Source.Do($"ALTER TABLE {table} REPLICA IDENTITY {identity}");
        await lab.Source.Do($"INSERT INTO {table} SELECT g, 'm' || g, (SELECT string_agg(md5((g * i)::text), '') FROM generate_series(1, 500) i) FROM generate_series(1, 6) g");
        Assert.Equal("published full: 6 new, 0 changed, 0 removed", await followed.PullAsync());
        await lab.Source.Do($"UPDATE {table} SET so = -so WHERE so < 4; UPDATE {table} SET ma = 'm' || so || '*' WHERE so < 0 AND so > -3; DELETE FROM {table} WHERE so = 6");

        Assert.Equal("published window: 2 new, 1 changed, 3 removed", await followed.PullAsync());
        await followed.AssertSameAsync();
        await lab.Source.Do($"ALTER TABLE {table} REPLICA IDENTITY NOTHING");
        var refused = await followed.RunAsync();
        var error = await followed.ErrorAsync(refused);
        Assert.Contains("source_capture_not_ready", error, StringComparison.Ordinal);
        Assert.Contains("REPLICA IDENTITY FULL", error, StringComparison.Ordinal);
        await lab.Source.Do($"ALTER TABLE {table} REPLICA IDENTITY FULL; DELETE FROM {table} WHERE so = 5");
        Assert.Equal("published window: 0 new, 0 changed, 1 removed", await followed.PullAsync());
        await followed.ForgetAsync();
    }

    [Fact]
    public async Task A_key_so_large_that_an_update_does_not_repeat_it_is_read_with_the_whole_table()
    {
        var followed = await lab.FollowAsync("khoa_lon", "(ma text PRIMARY KEY, so int, day text)", "name: ma, logicalType: string, primaryKey: true", "name: so, logicalType: integer");
        // Stored outside its row although an index entry holds it.
        await lab.Source.Do("""
            ALTER TABLE khoa_lon ALTER ma SET STORAGE EXTERNAL; ALTER TABLE khoa_lon ALTER day SET STORAGE PLAIN;
            ALTER TABLE khoa_lon SET (toast_tuple_target = 128); INSERT INTO khoa_lon SELECT repeat('ă', 200) || g, g, repeat('x', 2000) FROM generate_series(1, 3) g
            """);
        Assert.Equal("published full: 3 new, 0 changed, 0 removed", await followed.PullAsync());
        await lab.Source.Do("UPDATE khoa_lon SET so = so + 10; DELETE FROM khoa_lon WHERE so = 12");

        Assert.Equal("published full: 0 new, 2 changed, 1 removed", await followed.PullAsync());
        await followed.AssertSameAsync();
        await followed.ForgetAsync();
    }

    [Fact]
    public async Task Two_tables_of_one_database_and_one_table_twice()
    {
        var first = await lab.FollowAsync("doi_a", "(id int PRIMARY KEY, ten text, so int)", Plain);
        var second = await lab.FollowAsync("doi_b", "(id int PRIMARY KEY, ten text, so int)", Plain);
        foreach (var followed in new[] { first, second })
        {
            await followed.PullAsync();
        }

        await lab.Source.Do("BEGIN; INSERT INTO doi_a VALUES (1, 'a'); INSERT INTO doi_b VALUES (2, 'b'); INSERT INTO doi_a VALUES (3, 'c'); COMMIT");
        Assert.Equal("published window: 2 new, 0 changed, 0 removed", await first.PullAsync());
        await lab.Source.Do("DELETE FROM doi_a WHERE id = 1; TRUNCATE doi_b");
        Assert.Equal("published window: 0 new, 0 changed, 1 removed", await first.PullAsync());
        Assert.Equal("unchanged full: 0 new, 0 changed, 0 removed", await second.PullAsync());
        await first.AssertSameAsync();
        await second.AssertSameAsync();
        await first.ForgetAsync();
        await second.ForgetAsync();
    }

    [Fact]
    public async Task Columns_that_come_go_change_their_type_or_name_in_mid_stream()
    {
        var followed = await lab.FollowAsync("cot", "(id int PRIMARY KEY, ten text, so int, thua text)", Plain);
        await lab.Source.Do("INSERT INTO cot SELECT g, 'a', g, 'x' FROM generate_series(1, 10) g");
        await followed.PullAsync();

        await lab.Source.Do("UPDATE cot SET ten = 'b' WHERE id = 1; ALTER TABLE cot ADD moi text DEFAULT 'mặc định'; UPDATE cot SET ten = 'c' WHERE id = 2");
        await PullsAsync("published full: 0 new, 2 changed, 0 removed");
        await lab.Source.Do("UPDATE cot SET ten = 'd' WHERE id = 3; ALTER TABLE cot DROP thua; DELETE FROM cot WHERE id = 4");
        await PullsAsync("published full: 0 new, 1 changed, 1 removed");
        await lab.Source.Do("UPDATE cot SET so = 50 WHERE id = 5; ALTER TABLE cot ALTER so TYPE bigint USING so + 1; UPDATE cot SET so = 60 WHERE id = 6");
        await PullsAsync("published full: 0 new, 9 changed, 0 removed");
        await lab.Source.Do("ALTER TABLE cot RENAME moi TO khac; UPDATE cot SET ten = 'e' WHERE id = 7");
        await PullsAsync("published full: 0 new, 1 changed, 0 removed");

        // The contract takes the column in: what nobody touched must be read as well.
        await followed.ReviseAsync("1.1.0", [.. Plain, "name: khac, logicalType: string"]);
        await lab.Source.Do("UPDATE cot SET ten = 'g' WHERE id = 8");
        var run = await followed.RunAsync();
        Assert.Equal("published full: 0 new, 9 changed, 0 removed", PullLab.Say(run));
        Assert.Contains("contract has been revised", await followed.WarningsAsync(run), StringComparison.Ordinal);
        await followed.AssertSameAsync();

        await lab.Source.Do("ALTER TABLE cot RENAME ten TO ten_goi; DELETE FROM cot WHERE id = 9");
        await PullsAsync("published full: 0 new, 8 changed, 1 removed");
        await followed.ForgetAsync();

        async Task PullsAsync(string expected)
        {
            var pulled = await followed.RunAsync();
            Assert.Equal(expected, PullLab.Say(pulled));
            Assert.Contains("source_log_gap", await followed.WarningsAsync(pulled), StringComparison.Ordinal);
            await followed.AssertSameAsync();
            Assert.Equal("unchanged window: 0 new, 0 changed, 0 removed", await followed.PullAsync());
        }
    }
}
