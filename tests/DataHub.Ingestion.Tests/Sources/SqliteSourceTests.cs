using DataHub.Core.Records;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>What a SQLite source lists, and what its tables, views and queries give.</summary>
[Collection(MeasuresMemory.Name)]
public sealed class SqliteSourceTests : IDisposable
{
    private readonly SqliteFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Lists_tables_views_keys_types_and_what_it_will_not_read()
    {
        folder.Do(""""
            CREATE TABLE "Đơn vị ""mới""" ("mã số" TEXT NOT NULL, "tên" TEXT, UNIQUE ("mã số"));
            CREATE TABLE alias (id INTEGER PRIMARY KEY, gia NUMERIC(12, 2), luc DATETIME, gio TIME, s STRING);
            CREATE TABLE ghep (b TEXT, a INT, c, PRIMARY KEY (a, b)) WITHOUT ROWID;
            CREATE TABLE chat (i INT, t TEXT, x ANY, g TEXT GENERATED ALWAYS AS (t || 'x') STORED) STRICT;
            CREATE TABLE nua (a TEXT NOT NULL, b TEXT); CREATE UNIQUE INDEX nua_a ON nua (a) WHERE b IS NULL;
            CREATE UNIQUE INDEX nua_b ON nua (lower(a));
            CREATE VIEW v AS SELECT id, gia * 2 AS doi FROM alias;
            CREATE VIEW hong AS SELECT khong_co FROM alias;
            CREATE VIRTUAL TABLE tim USING fts5(noi_dung);
            CREATE TABLE tim_luu (a INT);
            INSERT INTO alias (id) VALUES (1), (2), (3); ANALYZE
            """");

        var tables = await folder.Adapter.ListTablesAsync(folder.Settings, default);

        Assert.Equal(
            ["alias", "chat", "ghep", "hong", "nua", "tim", "tim_luu", "v", "Đơn vị \"mới\""], tables.Select(t => t.Name));
        var by = tables.ToDictionary(t => t.Name);
        Assert.Equal(["id"], by["alias"].Key);
        Assert.Equal(["a", "b"], by["ghep"].Key);
        Assert.Equal(["mã số"], by["Đơn vị \"mới\""].Key);
        Assert.Empty(by["nua"].Key);
        Assert.Equal(3, by["alias"].EstimatedRows);
        Assert.Null(by["ghep"].EstimatedRows);
        Assert.Equal(["int64", "decimal(12,2)", "timestamp", "time", "text"], by["alias"].Columns.Select(c => $"{c.Proposed}"));
        Assert.Equal([false, true, true, true, true], by["alias"].Columns.Select(c => c.Nullable));
        Assert.Equal("luc", Assert.Single(by["alias"].Columns, c => c.NeedsTimeZone).Name);
        Assert.Equal([false, false, true, true, true], by["alias"].Columns.Select(c => c.Note is not null));
        Assert.Equal(["i", "t", "x", "g"], by["chat"].Columns.Select(c => c.Name));
        Assert.Equal(["view", "view"], [by["v"].EntityKind, by["hong"].EntityKind]);
        Assert.Equal(["int64", "text"], by["v"].Columns.Select(c => $"{c.Proposed}"));
        Assert.StartsWith("source_view_broken", by["hong"].Comment, StringComparison.Ordinal);
        Assert.StartsWith("source_table_unsupported", by["tim"].Comment, StringComparison.Ordinal);
        Assert.Empty(by["tim"].Columns);
    }

    [Fact]
    public async Task Reads_names_that_need_quoting_views_generated_columns_and_tables_without_row_numbers()
    {
        folder.Do(""""
            CREATE TABLE "Đơn vị ""mới""" ("mã ""số""" TEXT PRIMARY KEY, "tên đơn vị" TEXT,
                dai INT AS (length("tên đơn vị"))) WITHOUT ROWID;
            INSERT INTO "Đơn vị ""mới""" VALUES ('084', 'Trà Vinh');
            CREATE VIEW "khung nhìn" AS SELECT "tên đơn vị", dai FROM "Đơn vị ""mới"""
            """");

        var table = await ReadAll(folder.Adapter, folder.Settings,
            SqliteFolder.Typed(Table("Đơn vị \"mới\""), "dai int32", "mã \"số\" text", "tên đơn vị text"));
        var view = await ReadAll(folder.Adapter, folder.Settings, SqliteFolder.Typed(Table("khung nhìn"), "dai int64"));

        Assert.Equal(["8", "084", "Trà Vinh"], Assert.Single(table.Rows));
        Assert.Equal(["8"], Assert.Single(view.Rows));
    }

    [Fact]
    public async Task Runs_one_reading_query_and_names_why_it_refuses_another()
    {
        folder.Do("CREATE TABLE t (a TEXT, n INT); INSERT INTO t VALUES ('x', 86400)");
        var query = "WITH d AS (SELECT * FROM t) SELECT datetime(n, 'unixepoch') AS luc, count(*) AS so, a FROM d GROUP BY a -- hết";
        var rows = await ReadAll(
            folder.Adapter, folder.Settings, SqliteFolder.Typed(Query(query), "so int64", "a text", "luc timestamp"));

        Assert.Equal(["1", "x", "1970-01-02 00:00:00"], Assert.Single(rows.Rows));
        foreach (var refused in new[]
        {
            "SELECT khong_co FROM t", "SELECT \"khong_co\" FROM t", "SELECT a FROM t; DELETE FROM t", "SELECT a FROM t WHERE n = ?",
            "DELETE FROM t RETURNING a", "WITH x AS (SELECT 1) INSERT INTO t SELECT 'a', 1 FROM x RETURNING a",
            "ATTACH 'khac.db' AS k", "PRAGMA table_list", "SELECT name AS a FROM pragma_table_list", "SELECT load_extension('x') AS a",
            "SELECT a FROM khac.t", "VACUUM INTO 'b.db'", "BEGIN", "", "-- không có gì",
        })
        {
            var read = ReadAll(folder.Adapter, folder.Settings, Contract(Query(refused), "a"));
            var code = await read.ContinueWith(r => (r.Exception?.InnerException as Core.Errors.HubErrorException)?.Error.Code);
            Assert.True(code == "source_query_invalid", $"{refused}: {code}");
        }

        Assert.Equal(["kho.db"], folder.Names);
    }

    [Fact]
    public async Task Refuses_a_virtual_table_a_broken_view_and_a_view_that_lost_a_column()
    {
        folder.Do("""
            CREATE TABLE t (a TEXT, b TEXT); INSERT INTO t VALUES ('1', '2');
            CREATE VIRTUAL TABLE tim USING fts5(a); INSERT INTO tim VALUES ('x');
            CREATE VIEW v AS SELECT a, b FROM t; CREATE VIEW sao AS SELECT * FROM t
            """);
        Assert.Single((await ReadAll(folder.Adapter, folder.Settings, Contract(Table("v"), "b"))).Rows);
        folder.Do("PRAGMA legacy_alter_table = ON; ALTER TABLE t RENAME TO cu; CREATE TABLE t (a TEXT)");

        Assert.Equal("source_view_broken", await CodeOf("v"));
        Assert.Equal("source_column_missing", await CodeOf("sao"));
        Assert.Equal("source_table_unsupported", await CodeOf("tim"));
        Assert.Equal("source_table_missing", await CodeOf("tim_content"));
        Assert.Equal("source_table_missing", await CodeOf("sqlite_schema"));
        Assert.Equal("source_query_invalid",
            (await Refusal(() => ReadAll(folder.Adapter, folder.Settings, Contract(Query("SELECT a AS b FROM tim"), "b")))).Code);

        async Task<string> CodeOf(string table) =>
            (await Refusal(() => ReadAll(folder.Adapter, folder.Settings, Contract(Table(table), "b")))).Code;
    }

    [Fact]
    public async Task Streams_many_rows_in_little_memory()
    {
        const int rows = 200_000;
        folder.Do($"""
            CREATE TABLE t (n INTEGER PRIMARY KEY, c TEXT);
            WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < {rows})
            INSERT INTO t SELECT n, printf('%0200d', n) FROM i
            """);
        await using var reader = await folder.Adapter.OpenAsync(
            folder.Settings, SqliteFolder.Typed(Table("t"), "n int64", "c text"), default);
        var batch = new RecordBatch(reader.Fields);
        SQLitePCL.raw.sqlite3_memory_highwater(1);
        var (before, read, sum) = (GC.GetTotalAllocatedBytes(true), 0, 0L);
        while (await reader.ReadAsync(batch, default))
        {
            read += batch.Count;
            sum += batch.Columns[0].Longs[batch.Count - 1];
        }

        Assert.Equal((rows, (long?)rows), (read, reader.EstimatedRecords));
        Assert.True(sum > 0);
        Assert.InRange(GC.GetTotalAllocatedBytes(true) - before, 0, 4 << 20);
        Assert.InRange(SQLitePCL.raw.sqlite3_memory_highwater(0), 0, 8 << 20);
    }

    [Fact]
    public async Task Stops_a_query_without_end_when_it_is_cancelled()
    {
        folder.Do("CREATE TABLE t (a INT)");
        await using var reader = await folder.Adapter.OpenAsync(folder.Settings, SqliteFolder.Typed(
            Query("WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i) SELECT count(*) AS n FROM i"), "n int64"), default);
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(async () => await reader.ReadAsync(new RecordBatch(reader.Fields), stop.Token));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(30)));
    }
}
