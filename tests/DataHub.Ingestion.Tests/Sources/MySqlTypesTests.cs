using DataHub.Core.Contracts;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Every native type with its extremes, from real columns: an expression would have another type.</summary>
public sealed class MySqlTypesTests(MariaSource maria) : MariaTests(maria)
{
    public static TheoryData<string, string, string> Values => new()
    {
        { "varchar(20)", "'Trà Vinh'", "Trà Vinh" },
        { "varchar(20) CHARACTER SET latin1", "'é ñ £'", "é ñ £" },
        { "varchar(20) CHARACTER SET utf8mb3", "'Trường'", "Trường" },
        { "varchar(20) CHARACTER SET ucs2", "'Đắk Lắk'", "Đắk Lắk" },
        { "varchar(20) CHARACTER SET utf32 COLLATE utf32_bin", "'🏠'", "🏠" },
        { "varchar(20) CHARACTER SET cp1251", "'Москва'", "Москва" },
        { "varchar(20) COLLATE utf8mb4_bin", "'ế'", "ế" },
        { "varchar(20)", "''", "" },
        { "varchar(20)", "NULL", "∅" },
        { "varchar(20)", "'a  '", "a  " },
        { "char(6)", "'ab'", "ab" },
        { "longtext", "repeat('ế', 30000)", new string('ế', 30000) },
        { "tinyint", "-128", "-128" },
        { "tinyint unsigned", "255", "255" },
        { "tinyint(1)", "2", "2" },
        { "smallint unsigned", "65535", "65535" },
        { "mediumint", "-8388608", "-8388608" },
        { "int(8) zerofill", "42", "42" },
        { "int unsigned", "4294967295", "4294967295" },
        { "bigint", "-9223372036854775808", "-9223372036854775808" },
        { "bigint unsigned", "18446744073709551615", "18446744073709551615" },
        { "decimal(12,2)", "1.5", "1.50" },
        { "decimal(12,2)", "-0.05", "-0.05" },
        { "decimal(10,0)", "0", "0" },
        { "decimal(28,28)", "-0.9999999999999999999999999999", "-0.9999999999999999999999999999" },
        { "decimal(65,30)", "123.5", "123.5000000000000000000000000" },
        { "decimal(65,30)", "99999999999999999999999999999999999.123", "?99999999999999999999999999999999999.123000000000000000000000000000" },
        { "decimal(65,30)", "0.000000000000000000000000000001", "?0.000000000000000000000000000001" },
        { "float", "0.1", "0.1" },
        { "float", "16777217", "16777216" },
        { "float", "3.4028235e38", "3.4028235E+38" },
        { "float", "1e-45", "1E-45" },
        { "float(7,4)", "123.4567", "123.4567" },
        { "double", "0.1", "0.1" },
        { "double", "1.7976931348623157e308", "1.7976931348623157E+308" },
        { "double", "123456789.123456789", "123456789.12345679" },
        { "bit(1)", "b'1'", "1" },
        { "bit(9)", "b'101010101'", "341" },
        { "bit(64)", "~0", "18446744073709551615" },
        { "enum('Mức độ 1','Mức độ 2')", "'Mức độ 2'", "Mức độ 2" },
        { "set('a','b','c')", "'a,c'", "a,c" },
        { "year", "2025", "2025" },
        { "year", "0", "0" },
        { "date", "'1970-01-02'", "1" },
        { "date", "'1000-01-01'", "-354285" },
        { "date", "'9999-12-31'", "2932896" },
        { "date", "'0000-00-00'", "?0000-00-00" },
        { "date", "'2020-00-00'", "?2020-00-00" },
        { "date", "'2023-02-30'", "?2023-02-30" },
        { "time", "'23:59:59'", "86399000000" },
        { "time(6)", "'23:59:59.999999'", "86399999999" },
        { "time(2)", "'00:00:00.05'", "50000" },
        { "time", "'24:00:00'", "?24:00:00" },
        { "time", "'838:59:59'", "?838:59:59" },
        { "time", "'-01:00:00'", "?-01:00:00" },
        { "datetime", "'1969-12-31 23:59:59'", "-1000000" },
        { "datetime(6)", "'1970-01-01 00:00:00.000001'", "1" },
        { "datetime", "'0000-00-00 00:00:00'", "?0000-00-00 00:00:00" },
        { "datetime", "'2020-01-00 10:00:00'", "?2020-01-00 10:00:00" },
        { "timestamp NULL", "FROM_UNIXTIME(1751302800)", "1751302800000000" },
        { "timestamp(3) NULL", "FROM_UNIXTIME(1751302800.125)", "1751302800125000" },
        { "timestamp NULL", "'0000-00-00 00:00:00'", "?0000-00-00 00:00:00" },
        { "binary(3)", "x'00ff'", "00FF00" },
        { "varbinary(9)", "x'00ff'", "00FF" },
        { "mediumblob", "x''", "" },
        { "json", "'{\"a\":  1}'", "{\"a\":  1}" },
        { "uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11" },
        { "inet6", "'2001:db8::ff00:42:8329'", "2001:db8::ff00:42:8329" },
        { "int AS (6 * 7) STORED", "DEFAULT", "42" },
        { "int AS (6 * 7) VIRTUAL", "DEFAULT", "42" },
        { "int INVISIBLE", "7", "7" },
    };

    [Theory, MemberData(nameof(Values))]
    public async Task Reads_a_value_exactly_as_the_source_has_it(string type, string value, string expected)
    {
        var table = "v" + Guid.NewGuid().ToString("N");
        // The way a careless application would write: whatever the server lets in must come out, or be named.
        await Maria.Do($"""
            SET sql_mode = 'ALLOW_INVALID_DATES'; SET time_zone = '+07:00';
            CREATE TABLE {table} (k int PRIMARY KEY, v {type}); INSERT INTO {table} (k, v) VALUES (1, {value})
            """);

        var (rows, broken, _) = await ReadAll(Maria.Adapter, Maria.Settings, Contract(Table(table), "v"));
        var query = Contract(Query($"SELECT v FROM {table}"), "v");

        Assert.Equal(expected, Assert.Single(Assert.Single(rows)));
        Assert.Empty(broken);
        Assert.Equal(rows, (await ReadAll(Maria.Adapter, Maria.Settings, query)).Rows);
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("1", "1")]
    [InlineData("2", "?2")]
    [InlineData("-1", "?-1")]
    public async Task Reads_whole_numbers_as_booleans_only_where_the_contract_says_so(string value, string expected)
    {
        await Maria.Do($"CREATE OR REPLACE TABLE co (a tinyint(1), b tinyint(1)); INSERT INTO co VALUES ({value}, {value})");
        var contract = Contract(Table("co"), "a", "b");
        contract = contract with
        {
            Columns = [contract.Columns[0] with { Type = new ColumnType(ColumnKind.Boolean) }, contract.Columns[1]],
        };

        var (rows, _, _) = await ReadAll(Maria.Adapter, Maria.Settings, contract);

        Assert.Equal([expected, value], Assert.Single(rows));
    }

    [Fact]
    public async Task Proposes_a_type_for_each_column_and_says_what_to_check()
    {
        await Maria.Do("""
            CREATE TABLE de_xuat (a tinyint(1), b int unsigned, c bigint unsigned, d decimal(40,3), e datetime, f timestamp NULL,
              g time, h point, i varchar(5) NOT NULL, j bit(1), k year, l decimal(10,2), m int INVISIBLE, n uuid)
            """);

        var columns = (await Maria.Adapter.ListTablesAsync(Maria.Settings, default)).Single(t => t.Name == "de_xuat").Columns;

        Assert.Equal(
            ["boolean", "int64", "decimal(20,0)", "decimal(28,3)", "timestamp", "timestamp", "time", "–", "text", "boolean",
                "int32", "decimal(10,2)", "int32", "text"],
            columns.Select(c => c.Proposed?.ToString() ?? "–"));
        Assert.Equal("adeghjm", string.Concat(columns.Where(c => c.Note is not null).Select(c => c.Name)));
        Assert.Equal("e", Assert.Single(columns, c => c.NeedsTimeZone).Name);
        Assert.Equal((5, false), (columns[8].MaxLength, columns[8].Nullable));
    }

    [Fact]
    public async Task Refuses_geometry_by_name()
    {
        await Maria.Do("CREATE TABLE ban_do (ma int, ranh_gioi polygon, diem point)");

        var error = await Refusal(() => ReadAll(
            Maria.Adapter, Maria.Settings, Contract(Table("ban_do"), "ma", "ranh_gioi", "diem")));

        Assert.Equal("source_type_unsupported", error.Code);
        Assert.Contains("ranh_gioi (polygon), diem (point)", error.Detail("vi"), StringComparison.Ordinal);
        var query = Contract(Query("SELECT ST_AsText(POINT(1, 2)) AS diem"), "diem");
        Assert.Equal("POINT(1 2)", (await ReadAll(Maria.Adapter, Maria.Settings, query)).Rows[0][0]);
    }
}
