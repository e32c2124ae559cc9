using DataHub.Core.Records;
using DataHub.Ingestion.Sources;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Listing, reading and giving up on a real server.</summary>
[Collection(MeasuresMemory.Name)]
public sealed class PostgresSourceTests(PostgresSource pg) : IClassFixture<PostgresSource>
{
    [Fact]
    public async Task Lists_tables_views_and_their_keys()
    {
        await pg.Do("""
            CREATE SCHEMA "Hộ.tịch";
            CREATE TABLE "Hộ.tịch"."Khai sinh" (so int, nam int NOT NULL, "Họ tên" text, PRIMARY KEY (nam, so));
            COMMENT ON TABLE "Hộ.tịch"."Khai sinh" IS 'Sổ khai sinh';
            CREATE VIEW "Hộ.tịch".v AS SELECT so FROM "Hộ.tịch"."Khai sinh";
            CREATE TABLE "Hộ.tịch".u (a int, b text NOT NULL UNIQUE);
            CREATE TABLE "Hộ.tịch".p (a int) PARTITION BY LIST (a);
            CREATE TABLE "Hộ.tịch".p1 PARTITION OF "Hộ.tịch".p FOR VALUES IN (1);
            INSERT INTO "Hộ.tịch"."Khai sinh" VALUES (1, 2025, 'Nguyễn Thị Ánh')
            """);

        var tables = await pg.Adapter.ListTablesAsync(pg.With(("schemas", "Hộ.tịch")), default);

        Assert.Equal(["\"Hộ.tịch\".Khai sinh", "\"Hộ.tịch\".p", "\"Hộ.tịch\".u", "\"Hộ.tịch\".v"], tables.Select(t => t.Name));
        Assert.Equal(["nam", "so"], tables[0].Key);
        Assert.Equal("Sổ khai sinh", tables[0].Comment);
        Assert.Equal(["b"], tables[2].Key);
        Assert.Equal("view", tables[3].EntityKind);
        Assert.True(SourceTableId.TryDecode(tables[0].Id, out var name));
        var (rows, _, _) = await ReadAll(pg.Adapter, pg.Settings, Contract(Table(name), "Họ tên", "so"));
        Assert.Equal(["Nguyễn Thị Ánh", "1"], Assert.Single(rows));
    }

    [Fact]
    public async Task Reads_columns_and_tables_with_quotes_in_their_names()
    {
        await pg.Do("""CREATE TABLE "a""b" ("x"";DROP" int); INSERT INTO "a""b" VALUES (5)""");

        var (rows, _, _) = await ReadAll(pg.Adapter, pg.Settings, Contract(Table("\"a\"\"b\""), "x\";DROP"));

        Assert.Equal(["5"], Assert.Single(rows));
    }

    [Fact]
    public async Task Reads_an_empty_table_a_view_and_a_query_with_a_trailing_comment()
    {
        await pg.Do("CREATE TABLE trong (a int); CREATE VIEW khung AS SELECT 7 AS a");

        Assert.Empty((await ReadAll(pg.Adapter, pg.Settings, Contract(Table("trong"), "a"))).Rows);
        Assert.Equal("7", (await ReadAll(pg.Adapter, pg.Settings, Contract(Table("public.khung"), "a"))).Rows[0][0]);
        var query = Contract(Query("WITH x AS (SELECT 8 AS a) SELECT a, 'a;b' AS b FROM x; -- hết"), "a");
        Assert.Equal("source_query_invalid", (await Refusal(() => ReadAll(pg.Adapter, pg.Settings, query))).Code);
        query = Contract(Query("WITH x AS (SELECT 8 AS a) SELECT a, 'a;b' AS b FROM x -- hết"), "a", "b");
        Assert.Equal(["8", "a;b"], (await ReadAll(pg.Adapter, pg.Settings, query)).Rows[0]);
        Assert.Equal("1", (await ReadAll(pg.Adapter, pg.Settings, Contract(Query("VALUES (1);"), "column1"))).Rows[0][0]);
    }

    [Theory]
    [InlineData("SELECT 1; DROP TABLE giu")]
    [InlineData("SELECT 1 AS a) q) TO STDOUT; DROP TABLE giu; --")]
    [InlineData("DELETE FROM giu RETURNING a")]
    [InlineData("WITH x AS (DELETE FROM giu RETURNING a) SELECT a FROM x")]
    [InlineData("SELECT ghi() AS a")]
    [InlineData("DROP TABLE giu")]
    [InlineData("SELECT $1 AS a")]
    [InlineData("SELECT a FORM giu")]
    [InlineData("")]
    public async Task Refuses_a_query_that_is_not_one_reading_statement(string query)
    {
        await pg.Do("""
            CREATE TABLE IF NOT EXISTS giu (a int); DELETE FROM giu; INSERT INTO giu VALUES (1);
            CREATE OR REPLACE FUNCTION ghi() RETURNS int LANGUAGE sql AS 'DELETE FROM giu RETURNING a'
            """);

        var error = await Refusal(() => ReadAll(pg.Adapter, pg.Settings, Contract(Query(query), "a")));

        Assert.True(error.Code is "source_query_invalid", error.Code);
        Assert.Single((await ReadAll(pg.Adapter, pg.Settings, Contract(Table("giu"), "a"))).Rows);
    }

    [Fact]
    public async Task Gives_the_position_of_a_querys_error()
    {
        var error = await Refusal(() => ReadAll(pg.Adapter, pg.Settings, Contract(Query("SELECT a FORM giu WHERE"), "a")));

        Assert.Equal("source_query_invalid", error.Code);
        Assert.Contains(15, error.Arguments.OfType<int>());
    }

    [Fact]
    public async Task Reads_two_hundred_thousand_rows_in_bounded_memory()
    {
        var query = Query("SELECT g AS a, repeat('ế', 40) AS b, g * 1.25 AS c FROM generate_series(1, 200000) g");
        await using var reader = await pg.Adapter.OpenAsync(pg.Settings, Contract(query, "a", "b", "c"), default);
        var batch = new RecordBatch(reader.Fields);
        await reader.ReadAsync(batch, default);
        var (rows, sum, before) = (batch.Count, 0L, GC.GetAllocatedBytesForCurrentThread());
        var total = GC.GetTotalAllocatedBytes();
        while (await reader.ReadAsync(batch, default))
        {
            rows += batch.Count;
            sum += batch.Columns[0].Longs[batch.Count - 1];
        }

        Assert.Equal(200_000, rows);
        // 30 MB of rows: a string or an object a cell would be far more than this, and whatever runs beside is little.
        Assert.InRange(GC.GetTotalAllocatedBytes() - total, 0, 60L << 20);
        Assert.True(sum > 0 && before >= 0);
    }

    [Fact]
    public async Task Passes_a_wide_value_whole()
    {
        var query = Query("SELECT repeat('x', 20000000) AS a UNION ALL SELECT 'y'");

        var (rows, _, _) = await ReadAll(pg.Adapter, pg.Settings, Contract(query, "a"));

        Assert.Equal((20_000_000, "y"), (rows[0][0].Length, rows[1][0]));
    }

    [Fact]
    public async Task Sets_a_record_aside_that_is_too_wide_for_memory_and_reads_on()
    {
        var query = Query("SELECT repeat('x', 70000000) AS a UNION ALL SELECT 'y'");

        var (rows, broken, positions) = await ReadAll(pg.Adapter, pg.Settings, Contract(query, "a"));

        Assert.Equal(("record_too_large", 1L), (Assert.Single(broken).Code, broken[0].Position));
        Assert.Equal(("y", 2L), (Assert.Single(rows)[0], positions[0]));
    }

    [Fact]
    public async Task Gives_up_at_once_when_disposed_or_cancelled_in_the_middle()
    {
        var endless = Contract(Query("SELECT generate_series(1, 100000000000) AS a"), "a");
        await using (var reader = await pg.Adapter.OpenAsync(pg.Settings, endless, default))
        {
            Assert.True(await reader.ReadAsync(new RecordBatch(reader.Fields), default));
        }

        using var cancel = new CancellationTokenSource();
        await using var second = await pg.Adapter.OpenAsync(pg.Settings, endless, cancel.Token);
        var batch = new RecordBatch(second.Fields);
        Assert.True(await second.ReadAsync(batch, cancel.Token));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (await second.ReadAsync(batch, cancel.Token))
            {
            }
        });
    }

    [Fact]
    public async Task Reads_one_snapshot_whatever_is_written_meanwhile()
    {
        await pg.Do("CREATE TABLE anh (a int); INSERT INTO anh SELECT 1 FROM generate_series(1, 50000)");
        await using var reader = await pg.Adapter.OpenAsync(pg.Settings, Contract(Table("anh"), "a"), default);
        await pg.Do("UPDATE anh SET a = 2; INSERT INTO anh VALUES (3)");
        var batch = new RecordBatch(reader.Fields);
        var ones = 0;
        while (await reader.ReadAsync(batch, default))
        {
            ones += batch.Columns[0].Longs.Take(batch.Count).Count(v => v == 1);
        }

        Assert.Equal(50_000, ones);
        Assert.InRange(reader.AsOf, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
    }
}
