using DataHub.Ingestion.Sources;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Every kind of relation that can be selected from, and what an account may see of it.</summary>
public sealed class PostgresRelationsTests(PostgresSource pg) : IClassFixture<PostgresSource>
{
    private const string Long = "Sổ đăng ký quyền sử dụng đất và tài sản";

    [Fact]
    public async Task Lists_and_reads_partitioned_foreign_materialised_and_generated_relations()
    {
        await pg.Do("""
            CREATE SCHEMA q; CREATE EXTENSION file_fdw;
            CREATE TABLE q.phan (nam int, v text, gap int GENERATED ALWAYS AS (nam * 2) STORED, PRIMARY KEY (nam)) PARTITION BY RANGE (nam);
            CREATE TABLE q.p1 PARTITION OF q.phan FOR VALUES FROM (2000) TO (2025);
            CREATE TABLE q.p2 PARTITION OF q.phan DEFAULT;
            INSERT INTO q.phan VALUES (2024, 'a'), (2025, 'b');
            CREATE MATERIALIZED VIEW q.vat AS SELECT nam, v FROM q.phan;
            CREATE SERVER tep FOREIGN DATA WRAPPER file_fdw;
            CREATE FOREIGN TABLE q.ngoai (a int, b text) SERVER tep OPTIONS (program 'echo 7,Huế', format 'csv');
            CREATE TABLE q.cha (a int); CREATE TABLE q.con (b int) INHERITS (q.cha);
            INSERT INTO q.cha VALUES (1); INSERT INTO q.con VALUES (2, 3)
            """);

        var tables = await pg.Adapter.ListTablesAsync(pg.With(("schemas", "q")), default);

        Assert.Equal(
            ["q.cha table", "q.con table", "q.ngoai table", "q.phan table", "q.vat view"], tables.Select(t => $"{t.Name} {t.EntityKind}"));
        Assert.Equal(["nam"], tables.Single(t => t.Name == "q.phan").Key);
        Assert.Equal(["2024|a|4048", "2025|b|4050"], await Rows("q.phan", "nam", "v", "gap"));
        Assert.Equal(["2024|a", "2025|b"], await Rows("q.vat", "nam", "v"));
        Assert.Equal(["7|Huế"], await Rows("q.ngoai", "a", "b"));
        Assert.Equal(["1", "2"], await Rows("q.cha", "a"));
    }

    [Fact]
    public async Task Reads_names_of_sixty_three_bytes_and_of_dots_quotes_and_accents()
    {
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(Long), 50, 63);
        await pg.Do($"""
            CREATE SCHEMA "a.b""c";
            CREATE TABLE "a.b""c"."{Long}" ("{Long}" int, "x.y" int, " " int, "đ""'\" int);
            INSERT INTO "a.b""c"."{Long}" VALUES (1, 2, 3, 4)
            """);

        var table = Assert.Single(await pg.Adapter.ListTablesAsync(pg.With(("schemas", "a.b\"c")), default));

        Assert.True(SourceTableId.TryDecode(table.Id, out var name));
        Assert.Equal([Long, "x.y", " ", "đ\"'\\"], table.Columns.Select(c => c.Name));
        Assert.Equal(["4|3|2|1"], await Rows(name, "đ\"'\\", " ", "x.y", Long));
    }

    [Fact]
    public async Task Shows_no_column_and_no_row_that_the_account_may_not_see()
    {
        await pg.Do($"""
            CREATE ROLE {pg.Role} LOGIN PASSWORD 'x';
            CREATE TABLE cot (a int, b int, luong int); INSERT INTO cot VALUES (1, 2, 3);
            GRANT SELECT (a, b) ON cot TO {pg.Role};
            CREATE TABLE dong (a int, cua text); INSERT INTO dong VALUES (1, '{pg.Role}'), (2, 'ai khác');
            GRANT SELECT ON dong TO {pg.Role};
            ALTER TABLE dong ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON dong USING (cua = current_user);
            CREATE TABLE kin (a int)
            """);
        var account = pg.Settings with { Username = pg.Role, Password = "x" };
        try
        {
            var tables = await pg.Adapter.ListTablesAsync(account, default);
            var kept = await ReadAll(pg.Adapter, account, Contract(Table("cot"), "b", "a"));
            var some = await ReadAll(pg.Adapter, account, Contract(Table("dong"), "a"));

            Assert.Equal(["cot: a b", "dong: a cua"],
                tables.Where(t => t.Name is "public.cot" or "public.dong" or "public.kin")
                    .Select(t => $"{t.Name[7..]}: {string.Join(' ', t.Columns.Select(c => c.Name))}"));
            Assert.Equal(["2", "1"], Assert.Single(kept.Rows));
            Assert.Equal(["1"], Assert.Single(some.Rows));
            Assert.Equal("source_permission_denied",
                (await Refusal(() => ReadAll(pg.Adapter, account, Contract(Table("cot"), "luong")))).Code);
            Assert.Equal("source_permission_denied",
                (await Refusal(() => ReadAll(pg.Adapter, account, Contract(Table("kin"), "a")))).Code);
        }
        finally
        {
            await pg.Do($"DROP OWNED BY {pg.Role}");
        }
    }

    private async Task<IEnumerable<string>> Rows(string table, params string[] columns) =>
        (await ReadAll(pg.Adapter, pg.Settings, Contract(Table(table), columns))).Rows.Select(r => string.Join('|', r)).Order();
}
