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
        { "'294276-12-31 23:59:59'::timestamp", "?9223371331199000000 µs / 2000-01-01" },
        { "'\\x00ff'::bytea", "00FF" },
        { "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11" },
        { "'{\"a\":  1}'::json", "{\"a\":  1}" },
        { "'{\"a\":  1}'::jsonb", "{\"a\": 1}" },
        { "'<a/>'::xml", "<a/>" },
        { "'10.0.0.1/8'::inet", "10.0.0.1/8" },
        { "'1 year 2 days'::interval", "P1Y2D" },
        { "ARRAY[1,NULL,3]", "{1,NULL,3}" },
        { "'[1,5)'::int4range", "[1,5)" },
        { "'(1,2)'::point", "(1,2)" },
        { "'12:00+07'::timetz", "12:00:00+07" },
        { "'12.30'::money", "$12.30" },
        { "B'101'", "101" },
        { "'x'::\"char\"", "x" },
        { "1::oid", "1" },
        { "ROW(1,'a')", "(1,a)" },
        { "'a b'::tsvector", "'a' 'b'" },
    };

    [Theory, MemberData(nameof(Values))]
    public async Task Reads_a_value_exactly_as_the_source_has_it(string sql, string expected)
    {
        var (rows, broken, _) = await ReadAll(pg.Adapter, pg.Settings, Contract(Query($"SELECT {sql} AS v"), "v"));

        Assert.Equal(expected, Assert.Single(Assert.Single(rows)));
        Assert.Empty(broken);
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
