using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Every native type, byte for byte, with its extremes.</summary>
public sealed class PostgresTypesTests(PostgresSource pg) : IClassFixture<PostgresSource>
{
    public static TheoryData<string, string> Values => new()
    {
        { "'Trà Vinh'::text", "Trà Vinh" },
        { "normalize('Trà Vinh', NFD)", "Trà Vinh".Normalize(System.Text.NormalizationForm.FormD) },
        { "'🏠👩‍👩‍👧'::varchar(20)", "🏠👩‍👩‍👧" },
        { "''::text", "" },
        { "NULL::text", "∅" },
        { "'ab'::char(4)", "ab  " },
        { "'pg'::name", "pg" },
        { "(-32768)::int2", "-32768" },
        { "2147483647::int4", "2147483647" },
        { "(-9223372036854775808)::int8", "-9223372036854775808" },
        { "0.1::float8", "0.1" },
        { "'NaN'::float8", "NaN" },
        { "'-Infinity'::float8", "-Infinity" },
        { "0.5::float4", "0.5" },
        { "0::numeric", "0" },
        { "0.00::numeric(9,2)", "0.00" },
        { "1234.50::numeric(9,2)", "1234.50" },
        { "-0.00001234::numeric", "-0.00001234" },
        { "10000::numeric", "10000" },
        { "100000000.1::numeric", "100000000.1" },
        { "9999999999999999999999999999::numeric", "9999999999999999999999999999" },
        { "-0.9999999999999999999999999999::numeric", "-0.9999999999999999999999999999" },
        { "10000000000000000000000000000::numeric", "?10000000000000000000000000000" },
        { "-12345678901234567890123456789.0123::numeric", "?-12345678901234567890123456789.0123" },
        { "0.00000000000000000000000000001::numeric", "?0.00000000000000000000000000001" },
        { "1.00000000000000000000000000000000::numeric", "1" },
        { "1e100::numeric", "?1" + new string('0', 100) },
        { "'NaN'::numeric", "?NaN" },
        { "'Infinity'::numeric", "?Infinity" },
        { "'-Infinity'::numeric", "?-Infinity" },
        { "true", "1" },
        { "false", "0" },
        { "'1970-01-02'::date", "1" },
        { "'0001-01-01'::date", "-719162" },
        { "'infinity'::date", "?infinity" },
        { "'-infinity'::date", "?-infinity" },
        { "'23:59:59.999999'::time", "86399999999" },
        { "'1970-01-01 00:00:00.000001'::timestamp", "1" },
        { "'1969-12-31 23:59:59'::timestamp", "-1000000" },
        { "'2025-07-01 00:00:00+07'::timestamptz", "1751302800000000" },
        { "'infinity'::timestamptz", "?infinity" },
        { "'-infinity'::timestamp", "?-infinity" },
        { "'294276-12-31 23:59:59'::timestamp", "?294276-12-31 23:59:59" },
        { "'0001-01-01 00:00'::timestamp", "-62135596800000000" },
        { "'9999-12-31 23:59:59.999999'::timestamp", "253402300799999999" },
        { "'10000-01-01'::date", "?10000-01-01" },
        { "'9999-12-31'::date", "2932896" },
        { "'0044-03-15 BC'::date", "?0044-03-15 BC" },
        { "'4713-01-01 BC'::date", "?4713-01-01 BC" },
        { "'5874897-12-31'::date", "?5874897-12-31" },
        { "'0001-12-31 23:59:59.5 BC'::timestamp", "?0001-12-31 23:59:59.5 BC" },
        { "'10000-02-29 01:02:03.000004+00'::timestamptz", "?10000-02-29 01:02:03.000004+00" },
        { "'24:00'::time", "?24:00:00" },
        { "'00:00'::time", "0" },
        { "'\\x00ff'::bytea", "00FF" },
        { "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11" },
        { "'{\"a\":  1}'::json", "{\"a\":  1}" },
        { "'{\"a\":  1}'::jsonb", "{\"a\": 1}" },
        { "'<a/>'::xml", "<a/>" },
        { "'10.0.0.1/8'::inet", "10.0.0.1/8" },
        { "'1 year 2 days'::interval", "P1Y2D" },
        { "'-1 day 02:03:04.5'::interval", "P-1DT2H3M4.5S" },
        { "ARRAY[1,NULL,3]", "[1,null,3]" },
        { "ARRAY[]::text[]", "[]" },
        { "NULL::int[]", "∅" },
        { "ARRAY[['a','\"'],[NULL,'Đ, {x}']]", """[["a","\""],[null,"Đ, {x}"]]""" },
        { "'[0:1]={1,2}'::int[]", "[1,2]" },
        { "ARRAY[1.10,12345678901234567890123456789012345.6]::numeric[]", "[1.10,12345678901234567890123456789012345.6]" },
        { "ARRAY['infinity'::date,'2025-07-01']", """["infinity","2025-07-01"]""" },
        { "ARRAY['NaN'::float8,0.1]", """["NaN",0.1]""" },
        { "ARRAY['\\x00ff'::bytea]", """["\\x00ff"]""" },
        { "ARRAY['1 day'::interval]", """["P1D"]""" },
        { "ARRAY['{\"a\":1}'::jsonb]", """[{"a": 1}]""" },
        { "'[1,5)'::int4range", "[1,5)" },
        { "'empty'::int4range", "empty" },
        { "'[2025-01-01,infinity)'::daterange", "[2025-01-01,infinity)" },
        { "tstzrange('2025-01-01 07:00+07', NULL)", "[\"2025-01-01 00:00:00+00\",)" },
        { "'{[1,2),[5,7)}'::int4multirange", "{[1,2),[5,7)}" },
        { "'(1,2)'::point", "(1,2)" },
        { "'12:00+07'::timetz", "12:00:00+07" },
        { "'12.30'::money::numeric", "12.30" },
        { "B'101'", "101" },
        { "B'101'::varbit(5)", "101" },
        { "'x'::\"char\"", "x" },
        { "1::oid", "1" },
        { "'08:00:2b:01:02:03'::macaddr", "08:00:2b:01:02:03" },
        { "'a b'::tsvector::text", "'a' 'b'" },
    };

    [Theory, MemberData(nameof(Values))]
    public async Task Reads_a_value_exactly_as_the_source_has_it(string sql, string expected)
    {
        var (rows, broken, _) = await ReadAll(pg.Adapter, pg.Settings, Contract(Query($"SELECT {sql} AS v"), "v"));

        Assert.Equal(expected, Assert.Single(Assert.Single(rows)));
        Assert.Empty(broken);
    }

    /// <summary>Types without an exact text, and what is made of them.</summary>
    [Theory]
    [InlineData("'12.30'::money", "v (money)")]
    [InlineData("ARRAY['12.30'::money]", "v (money[])")]
    [InlineData("'a b'::tsvector", "v (tsvector)")]
    [InlineData("'a & b'::tsquery", "v (tsquery)")]
    [InlineData("ROW(1,'a')", "v (record)")]
    [InlineData("'pg_class'::regclass", "v (regclass)")]
    public async Task Refuses_a_type_without_an_exact_form_by_its_name(string sql, string named)
    {
        var error = await Refusal(() => ReadAll(pg.Adapter, pg.Settings, Contract(Query($"SELECT {sql} AS v"), "v")));

        Assert.Equal("source_type_unsupported", error.Code);
        Assert.Contains(named, error.Detail("vi"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_what_is_made_of_other_types_as_json_and_known_extensions_as_text()
    {
        await pg.Do("""
            CREATE EXTENSION hstore; CREATE EXTENSION citext;
            CREATE TYPE mau AS ENUM ('đỏ', 'xanh');
            CREATE DOMAIN duong AS int CHECK (VALUE > 0);
            CREATE DOMAIN day_so AS int[] CHECK (cardinality(VALUE) < 9);
            CREATE TYPE dia_chi AS (so text, "đường" text, cu int[]);
            CREATE TABLE ghep (a mau[], b duong[], c day_so, d dia_chi, e dia_chi[], f hstore, g citext, h duong,
              i numeric(5,2) GENERATED ALWAYS AS (1.5) STORED, j int);
            ALTER TABLE ghep DROP COLUMN j;
            INSERT INTO ghep VALUES ('{đỏ,NULL}', '{3}', '{1,2}', ROW('12"A', 'Lê Lợi', '{1}'), ARRAY[ROW(NULL, '', NULL)::dia_chi],
              'a=>1, "b c"=>NULL', 'Ấp 1', 7)
            """);

        var (rows, _, _) = await ReadAll(pg.Adapter, pg.Settings,
            Contract(Table("public.ghep"), "a", "b", "c", "d", "e", "f", "g", "h", "i"));

        Assert.Equal(
            [
                """["đỏ",null]""", "[3]", "[1,2]", """{"so":"12\"A","đường":"Lê Lợi","cu":[1]}""",
                """[{"so":null,"đường":"","cu":null}]""", """{"a": "1", "b c": null}""", "Ấp 1", "7", "1.50",
            ],
            Assert.Single(rows));
        var columns = (await pg.Adapter.ListTablesAsync(pg.Settings, default)).Single(t => t.Name == "public.ghep").Columns;
        Assert.Equal(9, columns.Count);
        Assert.Contains("VALUE > 0", columns[7].Note!.En, StringComparison.Ordinal);
        Assert.Contains("cardinality", columns[2].Note!.Vi, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_a_type_that_it_refuses_without_a_proposal_and_reads_the_other_columns()
    {
        await pg.Do("""
            CREATE EXTENSION ltree; CREATE DOMAIN gia AS money;
            CREATE TYPE hang AS (ten text, gia gia);
            CREATE TABLE la (a int, b ltree, c gia, d hang[], e tsvector);
            INSERT INTO la VALUES (1, 'a.b', '5', NULL, NULL)
            """);

        var columns = (await pg.Adapter.ListTablesAsync(pg.Settings, default)).Single(t => t.Name == "public.la").Columns;

        Assert.Equal(["a"], columns.Where(c => c.Proposed is not null).Select(c => c.Name));
        Assert.Contains("ltree", columns[1].Note!.Vi, StringComparison.Ordinal);
        Assert.Contains("money ⊂ hang[]", columns[3].Note!.En, StringComparison.Ordinal);
        Assert.Equal(["1"], Assert.Single((await ReadAll(pg.Adapter, pg.Settings, Contract(Table("public.la"), "a"))).Rows));
        var error = await Refusal(() => ReadAll(pg.Adapter, pg.Settings, Contract(Table("public.la"), "a", "b", "c", "d", "e")));
        Assert.Contains("b (ltree), c (money), d (hang[]), e (tsvector)", error.Detail("en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Follows_domains_and_reads_enums_as_text()
    {
        await pg.Do("""
            CREATE TYPE muc AS ENUM ('Mức độ 1', 'Mức độ 2');
            CREATE DOMAIN ma AS varchar(5); CREATE DOMAIN ma_tinh AS ma NOT NULL;
            CREATE TABLE mien (a ma_tinh, b muc, c numeric(12,2), d numeric, e timestamp, f int[], g numeric(40,3));
            INSERT INTO mien VALUES ('84', 'Mức độ 2', 1.5, 2, '2025-01-01', '{1}', 3)
            """);

        var (rows, _, _) = await ReadAll(pg.Adapter, pg.Settings, Contract(Table("public.mien"), "b", "a"));
        var columns = (await pg.Adapter.ListTablesAsync(pg.Settings, default)).Single(t => t.Name == "public.mien").Columns;

        Assert.Equal(["Mức độ 2", "84"], Assert.Single(rows));
        Assert.Equal(
            ["text", "text", "decimal(12,2)", "decimal(28,6)", "timestamp", "text", "decimal(28,3)"],
            columns.Select(c => c.Proposed.ToString()));
        Assert.Equal((5, false), (columns[0].MaxLength, columns[0].Nullable));
        Assert.Equal([false, false, false, true, true, true, true], columns.Select(c => c.Note is not null));
        Assert.Equal("e", Assert.Single(columns, c => c.NeedsTimeZone).Name);
    }
}
