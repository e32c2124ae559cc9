using CsCheck;
using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.SqlServer;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>The text of the statements that are made of names, types and bounds, and which queries are let in.</summary>
public sealed class SqlServerSqlTests : IAsyncLifetime
{
    private readonly FalseSqlSource sql = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => sql.DisposeAsync();

    [Theory]
    [InlineData("xã", "[xã]", "xã")]
    [InlineData("dbo.xã", "[dbo].[xã]", "dbo.xã")]
    [InlineData("[Hộ.tịch 1].[a]]b]", "[Hộ.tịch 1].[a]]b]", "[Hộ.tịch 1].[a]]b]")]
    [InlineData("dbo.x];DROP TABLE t--", "[dbo].[x]];DROP TABLE t--]", "dbo.[x]];DROP TABLE t--]")]
    [InlineData("[[x]", "[[x]", "[[x]")]
    public void Quotes_every_name_and_leads_it_back(string written, string quoted, string shown)
    {
        var name = SqlServerName.Parse(written)!;

        Assert.Equal((quoted, shown), (name.Sql, name.ToString()));
        Assert.Equal(name, SqlServerName.Parse(name.ToString()));
    }

    [Theory]
    [InlineData("a.b.c")]
    [InlineData("[a")]
    [InlineData("a..b")]
    [InlineData("")]
    public void Knows_what_is_no_name(string written) => Assert.Null(SqlServerName.Parse(written));

    [Theory]
    [InlineData("nvarchar", 40, "CONVERT(varbinary(40), [c]]x])")]
    [InlineData("nvarchar", -1, "CONVERT(varbinary(max), [c]]x])")]
    [InlineData("varchar", 20, "CONVERT(varbinary(40), CONVERT(nvarchar(20), [c]]x]))")]
    [InlineData("varchar", 8000, "CONVERT(varbinary(max), CONVERT(nvarchar(max), [c]]x]))")]
    [InlineData("char", 6, "CONVERT(varbinary(12), RTRIM(CONVERT(nvarchar(6), [c]]x])))")]
    [InlineData("nchar", 12, "CONVERT(varbinary(12), RTRIM(CONVERT(nvarchar(6), [c]]x])))")]
    [InlineData("xml", -1, "CONVERT(varbinary(max), CONVERT(nvarchar(max), [c]]x]))")]
    [InlineData("ntext", 16, "CONVERT(varbinary(max), CONVERT(nvarchar(max), [c]]x]))")]
    [InlineData("timestamp", 8, "CONVERT(bigint, [c]]x])")]
    [InlineData("image", 16, "CONVERT(varbinary(max), [c]]x])")]
    [InlineData("decimal", 17, "CONVERT(varbinary(45), CONVERT(varchar(45), [c]]x]))")]
    [InlineData("datetime2", 8, "[c]]x]")]
    [InlineData("uniqueidentifier", 16, "[c]]x]")]
    public void Selects_each_type_in_a_form_that_is_exact(string type, int length, string expression)
    {
        var column = new SqlServerColumn("c]x", type, length, 38, 4);

        Assert.Equal(expression, SqlServerTypes.Select(column, SqlServerTypes.KindOf(column.Form, ColumnKind.Text)));
    }

    // An hour more where the zone has set its clocks back at any time.
    [Theory]
    [InlineData("int", ColumnKind.Int64, "5", "9", "[w] >= CONVERT(bigint, 5) AND [w] < CONVERT(bigint, 9)")]
    [InlineData("timestamp", ColumnKind.Int64, "2001", "-1",
        "[w] >= CONVERT(binary(8), CONVERT(bigint, 2001)) AND [w] < CONVERT(binary(8), CONVERT(bigint, 0))")]
    [InlineData("date", ColumnKind.Date, "2026-03-01", null, "[w] >= CONVERT(date, '2026-03-01', 23)")]
    [InlineData("datetime2", ColumnKind.Timestamp, "2026-03-01T00:00:00Z", null, "[w] >= CONVERT(datetime2(7), '2026-03-01 06:00:00.000000', 121)")]
    [InlineData("datetime", ColumnKind.Timestamp, "2026-03-01T00:00:00Z", null,
        "[w] >= DATEADD(millisecond, -4, CONVERT(datetime2(7), '2026-03-01 06:00:00.000000', 121))")]
    [InlineData("datetimeoffset", ColumnKind.Timestamp, null, "2026-03-01T00:00:00Z",
        "[w] < CONVERT(datetimeoffset(7), '2026-03-01 00:00:00.000000 +00:00', 121)")]
    [InlineData("nvarchar", ColumnKind.Text, "a", null, "")]
    public async Task Leaves_a_window_to_the_server(string type, ColumnKind kind, string? from, string? to, string conditions)
    {
        sql.Columns = [new("w", type, 8, 19, 7)];
        sql.Read = TdsAnswer.Rows([("w", TdsType.Int)]);
        var contract = Contract(Table("dbo.t"), "w");
        var mark = contract.Columns[0] with { Type = new ColumnType(kind), Parse = contract.Columns[0].Parse with { TimeZone = "Asia/Ho_Chi_Minh" } };
        contract = contract with { Columns = [mark], Pull = contract.Pull with { Watermark = mark } };

        await using (await sql.Adapter.OpenAsync(sql.Settings, new PullRequest(contract) { Window = new PullWindow(mark, from, to) }, default))
        {
        }

        var column = sql.Columns[0];
        var where = conditions.Length == 0 ? "" : " WHERE " + conditions;
        Assert.Equal($"SELECT {SqlServerTypes.Select(column, SqlServerTypes.KindOf(column.Form, kind))} FROM [dbo].[t]{where}", sql.Reading);
    }

    [Theory]
    [InlineData("SELECT 1 AS a")]
    [InlineData("SELECT ')' AS a, \")\" AS b, [)] AS c FROM (SELECT 1 x) y -- )")]
    [InlineData("SELECT 'it''s )' AS a, [a]])] AS b /* ) /* nested ) */ ; */ FROM t")]
    [InlineData("SELECT a FROM t -- ghi chú\r\nWHERE a > 1;")]
    [InlineData("SELECT 1 - -1 AS a, 2 / 1 AS b")]
    public async Task Reads_a_query_as_a_derived_table(string query)
    {
        Assert.Single((await ReadAll(sql.Adapter, sql.Settings, Contract(Query(query), "a"))).Rows);

        Assert.Equal($"SELECT [a] FROM ({query.TrimEnd(';')}\n) q", sql.Reading);
    }

    [Theory]
    [InlineData("SELECT 1; DROP TABLE giu", 8)]
    [InlineData("SELECT 1 AS a) q; DROP TABLE giu; -- ", 13)]
    [InlineData("SELECT 1 AS a) q DROP TABLE giu --(", 13)]
    [InlineData("SELECT ']' + [a]]) FROM t", 13)]
    [InlineData("SELECT 'a", 7)]
    [InlineData("SELECT (1", 9)]
    [InlineData("SELECT 1 /* /* */", 9)]
    [InlineData("SELECT 1 -- \r) q DROP TABLE giu", 9)]
    [InlineData("SELECT 1 -- \u2028) q DROP TABLE giu", 9)]
    [InlineData("SELECT 1 AS a\0", 13)]
    public async Task Refuses_a_query_that_leads_out_of_its_parentheses_before_any_server_sees_it(string query, int at)
    {
        Assert.Equal(at, SqlServerQueryText.Escape(query));

        var error = await Refusal(() => ReadAll(sql.Adapter, sql.Settings, Contract(Query(query), "a")));

        Assert.Equal("source_query_invalid", error.Code);
        Assert.DoesNotContain(sql.Server.Statements, s => s.Contains("giu", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refuses_an_empty_query() =>
        Assert.Equal("source_query_invalid", (await Refusal(() => ReadAll(sql.Adapter, sql.Settings, Contract(Query(" ; "), "a")))).Code);

    // Whatever a query is: either it is refused, or a reader of T-SQL's marks meets the derived table's own ")" at depth 0 and nothing before it.
    [Fact]
    public void Lets_no_text_close_more_than_it_opened() =>
        Gen.Char["()[]'\"-/*\n;a "].Array[0, 24].Sample(chars =>
        {
            if (SqlServerQueryText.Escape(chars) >= 0)
            {
                return;
            }

            Assert.Equal(chars.Length + 1, ClosingOf(new string(chars) + "\n) q"));
        });

    /// <summary>A second reading, by cutting off what is quoted or a comment from the front.</summary>
    private static int ClosingOf(string text)
    {
        var (at, depth) = (0, 0);
        while (at < text.Length)
        {
            var rest = text[at..];
            at += System.Text.RegularExpressions.Regex.Match(
                rest, """^('([^']|'')*'|"([^"]|"")*"|\[([^\]]|\]\])*\]|--[^\n]*|/\*(?>/\*(?<n>)|\*/(?<-n>)|(?!\*/|/\*)[\s\S])*(?(n)(?!))\*/)""").Length
                is > 0 and var quoted ? quoted : 1;
            depth += rest[0] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth < 0)
            {
                return at - 1;
            }
        }

        return -1;
    }

    [Fact]
    public void Pins_a_session_to_one_meaning()
    {
        var source = sql.With(("lockTimeout", "7"));
        var text = SqlServerCatalogueSql.Session(SqlServerSourceOptions.Read(source, new DataHub.Ingestion.Sources.SettingsCheck(source)));

        Assert.All(
            ["SET LOCK_TIMEOUT 7000", "SET ROWCOUNT 0", "SET TEXTSIZE 2147483647", "SET QUOTED_IDENTIFIER ON", "SET DATEFORMAT ymd",
                "SET DEADLOCK_PRIORITY LOW", "SET XACT_ABORT ON", "SET IMPLICIT_TRANSACTIONS OFF"],
            part => Assert.Contains(part, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("bit", 1, 1, 0, "boolean", null)]
    [InlineData("tinyint", 1, 3, 0, "int32", null)]
    [InlineData("smallint", 2, 5, 0, "int32", null)]
    [InlineData("int", 4, 10, 0, "int32", null)]
    [InlineData("bigint", 8, 19, 0, "int64", null)]
    [InlineData("timestamp", 8, 0, 0, "int64", "watermark")]
    [InlineData("decimal", 9, 12, 2, "decimal(12,2)", null)]
    [InlineData("numeric", 17, 38, 10, "decimal(28,10)", "28 digits")]
    [InlineData("money", 8, 19, 4, "decimal(19,4)", null)]
    [InlineData("smallmoney", 4, 10, 4, "decimal(10,4)", null)]
    [InlineData("real", 4, 24, 0, "float64", null)]
    [InlineData("float", 8, 53, 0, "float64", null)]
    [InlineData("date", 3, 10, 0, "date", null)]
    [InlineData("time", 5, 16, 7, "time", "seventh digit")]
    [InlineData("time", 3, 8, 0, "time", null)]
    [InlineData("datetime", 8, 23, 3, "timestamp", "hub.timeZone")]
    [InlineData("smalldatetime", 4, 16, 0, "timestamp", "hub.timeZone")]
    [InlineData("datetime2", 8, 27, 7, "timestamp", "seventh digit")]
    [InlineData("datetimeoffset", 10, 34, 7, "timestamp", "seventh digit")]
    [InlineData("datetimeoffset", 8, 26, 0, "timestamp", null)]
    [InlineData("char", 10, 0, 0, "text", "blanks")]
    [InlineData("nchar", 20, 0, 0, "text", "blanks")]
    [InlineData("varchar", -1, 0, 0, "text", null)]
    [InlineData("nvarchar", 100, 0, 0, "text", null)]
    [InlineData("text", 16, 0, 0, "text", null)]
    [InlineData("ntext", 16, 0, 0, "text", null)]
    [InlineData("xml", -1, 0, 0, "text", null)]
    [InlineData("uniqueidentifier", 16, 0, 0, "text", null)]
    [InlineData("binary", 8, 0, 0, "bytes", null)]
    [InlineData("varbinary", -1, 0, 0, "bytes", null)]
    [InlineData("image", 16, 0, 0, "bytes", null)]
    [InlineData("geometry", -1, 0, 0, null, "hub.query")]
    [InlineData("geography", -1, 0, 0, null, "hub.query")]
    [InlineData("hierarchyid", 892, 0, 0, null, "hub.query")]
    [InlineData("sql_variant", 8016, 0, 0, null, "hub.query")]
    [InlineData("vector", 20, 0, 0, null, "hub.query")]
    [InlineData("MyClrType", -1, 0, 0, null, "hub.query")]
    public void Proposes_a_type_for_each_native_one(string type, int length, int precision, int scale, string? proposed, string? note)
    {
        var (kind, text) = SqlServerProposal.For(new SqlServerColumn("c", type, length, precision, scale), isMasked: false);

        Assert.Equal(proposed, kind?.ToString());
        Assert.Equal(note is null, text is null);
        Assert.Contains(note ?? "", text?.En ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("decimal", 9, 12, 2, "decimal(12,2)", null)]
    [InlineData("nvarchar", 100, 0, 0, "nvarchar(50)", 50)]
    [InlineData("nvarchar", -1, 0, 0, "nvarchar(max)", null)]
    [InlineData("char", 10, 0, 0, "char(10)", 10)]
    [InlineData("varbinary", 16, 0, 0, "varbinary(16)", null)]
    [InlineData("datetime2", 8, 27, 7, "datetime2(7)", null)]
    [InlineData("timestamp", 8, 0, 0, "rowversion", null)]
    public void Names_a_type_as_a_person_declares_it(string type, int length, int precision, int scale, string name, int? characters)
    {
        var column = new SqlServerColumn("c", type, length, precision, scale);

        Assert.Equal((name, characters), (column.NativeType, column.Characters));
    }

    [Fact]
    public void Tells_of_a_masked_column() =>
        Assert.Contains("UNMASK", SqlServerProposal.For(new SqlServerColumn("c", "nvarchar", 20, 0, 0), isMasked: true).Note!.En, StringComparison.Ordinal);

    [Fact]
    public async Task Lists_tables_views_their_columns_and_keys()
    {
        sql.Instead["RTRIM(o.type)"] = TdsAnswer.Rows(
            [("s", TdsType.Text), ("n", TdsType.Text), ("t", TdsType.Text), ("r", TdsType.BigInt), ("e", TdsType.Text)],
            [TdsType.Utf16("dbo"), TdsType.Utf16("xã"), TdsType.Utf16("U"), TdsType.Number(5, 8), TdsType.Utf16("Sổ xã")],
            [TdsType.Utf16("dbo"), TdsType.Utf16("Hộ.tịch"), TdsType.Utf16("V"), TdsType.Null, TdsType.WideNull]);
        sql.Instead["c.is_masked"] = TdsAnswer.Rows(
            [
                ("s", TdsType.Text), ("o", TdsType.Text), ("c", TdsType.Text), ("t", TdsType.Text), ("l", TdsType.Int), ("p", TdsType.Int),
                ("d", TdsType.Int), ("n", TdsType.Int), ("m", TdsType.Int), ("e", TdsType.Text),
            ],
            Column("xã", "mã", "int", 4, "Mã xã"), Column("xã", "lúc", "datetime", 8, null), Column("Hộ.tịch", "tên", "nvarchar", 100, null));
        sql.Instead["i.is_primary_key"] = TdsAnswer.Rows(
            [("s", TdsType.Text), ("o", TdsType.Text), ("i", TdsType.Text), ("c", TdsType.Text), ("n", TdsType.Int)],
            Key("xã", "UQ", "lúc", true), Key("xã", "UQ2", "mã", false));

        var tables = await sql.Adapter.ListTablesAsync(sql.Settings, default);

        Assert.Equal(["dbo.[Hộ.tịch]", "dbo.xã"], tables.Select(t => t.Name));
        Assert.Equal(("view", (long?)null, (string?)null), (tables[0].EntityKind, tables[0].EstimatedRows, tables[0].Comment));
        Assert.Equal(("table", (long?)5, "Sổ xã"), (tables[1].EntityKind, tables[1].EstimatedRows, tables[1].Comment));
        Assert.Equal(["mã"], tables[1].Key);
        Assert.Equal([("mã", "int", false, "Mã xã"), ("lúc", "datetime", true, null)],
            tables[1].Columns.Select(c => (c.Name, c.NativeType, c.NeedsTimeZone, c.Comment)));
        Assert.Equal((50, true), (tables[0].Columns[0].MaxLength, tables[0].Columns[0].Nullable));
    }

    private static byte[][] Column(string table, string name, string type, int length, string? comment) =>
    [
        TdsType.Utf16("dbo"), TdsType.Utf16(table), TdsType.Utf16(name), TdsType.Utf16(type), TdsType.Number(length, 4), TdsType.Number(0, 4),
        TdsType.Number(0, 4), TdsType.Number(1, 4), TdsType.Number(0, 4), comment is null ? TdsType.WideNull : TdsType.Utf16(comment),
    ];

    private static byte[][] Key(string table, string index, string column, bool isNullable) =>
        [TdsType.Utf16("dbo"), TdsType.Utf16(table), TdsType.Utf16(index), TdsType.Utf16(column), TdsType.Number(isNullable ? 1 : 0, 4)];
}
