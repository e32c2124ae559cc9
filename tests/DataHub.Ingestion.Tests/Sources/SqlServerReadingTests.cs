using System.Text;
using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.SqlServer;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;
using static DataHub.Ingestion.Tests.Sources.TdsType;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>What comes out of the real driver and adapter, from the bytes that MS-TDS says a server sends.</summary>
[Collection(MeasuresMemory.Name)]
public sealed class SqlServerReadingTests : IAsyncLifetime
{
    private readonly FalseSqlSource sql = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => sql.DisposeAsync();

    private static readonly DateTime Midnight = new(2025, 7, 1);

    public static TheoryData<string, int, int, byte[], byte[], string> Values
    {
        get
        {
            var data = new TheoryData<string, int, int, byte[], byte[], string>();
            void Add(string type, int precision, int scale, TdsType sent, byte[] cell, string expected) =>
                data.Add(type, precision, scale, sent.Declared, cell, expected);
            Add("bit", 1, 0, Bit, Number(1, 1), "1");
            Add("bit", 1, 0, Bit, Null, "∅");
            Add("tinyint", 3, 0, TinyInt, Number(255, 1), "255");
            Add("smallint", 5, 0, SmallInt, Number(-32768, 2), "-32768");
            Add("int", 10, 0, Int, Number(int.MinValue, 4), "-2147483648");
            Add("bigint", 19, 0, BigInt, Number(long.MinValue, 8), "-9223372036854775808");
            Add("bigint", 19, 0, BigInt, Null, "∅");
            Add("timestamp", 0, 0, BigInt, Number(2001, 8), "2001");
            Add("decimal", 12, 2, Decimal(12, 2), Digits("150"), "1.50");
            Add("decimal", 12, 2, Decimal(12, 2), Digits("-5"), "-0.05");
            Add("numeric", 28, 28, Decimal(28, 28), Digits("-9999999999999999999999999999"), "-0.9999999999999999999999999999");
            Add("decimal", 38, 10, Binary, Bytes("123.5000000000"u8.ToArray()), "123.5000000000");
            Add("decimal", 38, 30, Binary, Bytes("0.500000000000000000000000000000"u8.ToArray()), "0.500000000000000000000000000");
            Add("decimal", 38, 0, Binary, Bytes("99999999999999999999999999999999999999"u8.ToArray()), "?99999999999999999999999999999999999999");
            Add("money", 19, 4, Money, MoneyOf(-9223372036854775808), "-922337203685477.5808");
            Add("smallmoney", 10, 4, Money, MoneyOf(12500), "1.2500");
            Add("real", 24, 0, Real, Number(0.1f), "0.1");
            Add("real", 24, 0, Real, Number(3.4028235e38f), "3.4028235E+38");
            Add("float", 53, 0, Float, Number(123456789.123456789), "123456789.12345679");
            Add("date", 10, 0, Date, Day(new DateTime(1, 1, 1)), "-719162");
            Add("date", 10, 0, Date, Day(new DateTime(9999, 12, 31)), "2932896");
            Add("date", 10, 0, Date, Null, "∅");
            Add("time", 16, 7, Time, Clock(new TimeSpan(863_999_999_999)), "86399999999");
            Add("datetime", 23, 3, TdsType.DateTime, Old(25567, 1), "3000");
            Add("datetime", 23, 3, TdsType.DateTime, Old(-53690, 25_919_999), "-6847718400003000");
            Add("smalldatetime", 16, 0, SmallDateTime, Small(25568, 1), "86460000000");
            Add("datetime2", 27, 7, DateTime2, Moment(Midnight.AddTicks(19)), "1751328000000001");
            Add("datetime2", 27, 7, DateTime2, Moment(new DateTime(1969, 12, 31, 23, 59, 59).AddTicks(9_999_999)), "-1");
            Add("datetimeoffset", 34, 7, TdsType.DateTimeOffset, Instant(Midnight.AddHours(-7), 420), "1751302800000000");
            Add("uniqueidentifier", 0, 0, TdsType.Guid, [16, .. new Guid("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11").ToByteArray()],
                "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
            Add("nvarchar", 0, 0, Binary, Utf16("Trà Vinh 🏠"), "Trà Vinh 🏠");
            Add("varchar", 0, 0, Binary, Utf16(""), "");
            Add("varchar", 0, 0, Binary, WideNull, "∅");
            Add("nvarchar", 0, 0, Binary, Bytes(0x3C, 0xD8), "?\ufffd");
            Add("xml", 0, 0, MaxBinary, Max(Encoding.Unicode.GetBytes(new string('ế', 90_000)), true), new string('ế', 90_000));
            Add("ntext", 0, 0, MaxBinary, Max(Encoding.Unicode.GetBytes(new string('x', 32_768)), false), new string('x', 32_768));
            Add("nvarchar", 0, 0, MaxBinary, MaxNull, "∅");
            Add("varbinary", 0, 0, Binary, Bytes(0, 255), "00FF");
            Add("image", 0, 0, MaxBinary, Max([], true), "");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Values))]
    public async Task Takes_every_type_exactly(string type, int precision, int scale, byte[] declared, byte[] cell, string expected)
    {
        sql.Columns = [new("k", "int", 4, 10, 0), new("v", type, 100, precision, scale)];
        sql.Read = TdsAnswer.Rows([("v", new TdsType(declared)), ("k", Int)], [cell, Number(7, 4)], [cell, Number(8, 4)]);

        var (rows, broken, positions) = await ReadAll(sql.Adapter, sql.Settings, Contract(Table("dbo.xã"), "v", "k"));

        Assert.Equal([[expected, "7"], [expected, "8"]], rows);
        Assert.Empty(broken);
        Assert.Equal([1, 2], positions);
    }

    [Theory]
    [InlineData("bit", ColumnKind.Int32, SourceKind.Int64)]
    [InlineData("bit", ColumnKind.Boolean, SourceKind.Boolean)]
    [InlineData("tinyint", ColumnKind.Boolean, SourceKind.Boolean)]
    [InlineData("timestamp", ColumnKind.Int64, SourceKind.Int64)]
    [InlineData("timestamp", ColumnKind.Bytes, SourceKind.Bytes)]
    [InlineData("datetime2", ColumnKind.Timestamp, SourceKind.LocalTimestamp)]
    [InlineData("datetimeoffset", ColumnKind.Timestamp, SourceKind.Instant)]
    internal void Delivers_as_the_contract_wants_it(string type, ColumnKind wanted, SourceKind kind) =>
        Assert.Equal(kind, SqlServerTypes.KindOf(SqlServerTypes.FormOf(type, 0), wanted));

    [Fact]
    public async Task Takes_no_other_number_than_0_and_1_for_a_boolean()
    {
        sql.Columns = [new("v", "tinyint", 1, 3, 0)];
        sql.Read = TdsAnswer.Rows([("v", TinyInt)], [Number(1, 1)], [Number(2, 1)]);
        var contract = Contract(Table("t"), "v");

        var (rows, _, _) = await ReadAll(
            sql.Adapter, sql.Settings, contract with { Columns = [contract.Columns[0] with { Type = new ColumnType(ColumnKind.Boolean) }] });

        Assert.Equal([["1"], ["?2"]], rows);
    }

    [Fact]
    public async Task Refuses_types_without_a_publishable_form_by_name()
    {
        sql.Columns = [new("hinh", "geometry", -1, 0, 0), new("cay", "hierarchyid", 892, 0, 0), new("v", "sql_variant", 8016, 0, 0), new("x", "MyClr", -1, 0, 0)];

        var error = await Refusal(() => ReadAll(sql.Adapter, sql.Settings, Contract(Table("t"), "hinh", "cay", "v", "x")));

        Assert.Equal("source_type_unsupported", error.Code);
        Assert.Contains("hinh (geometry), cay (hierarchyid), v (sql_variant), x (MyClr)", error.Detail("en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_masked_column_rather_than_read_its_mask()
    {
        sql.Instead["is_masked = 1"] = TdsAnswer.Rows([("name", TdsType.Text)], [Utf16("a")]);

        var error = await Refusal(() => ReadAll(sql.Adapter, sql.Settings, Contract(Table("dbo.t"), "a")));

        Assert.Equal("source_permission_denied", error.Code);
        Assert.Contains("dbo.t.a (UNMASK)", error.Detail("vi"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sets_aside_a_record_that_is_too_wide_for_memory_and_goes_on()
    {
        sql.Columns = [new("k", "int", 4, 10, 0), new("v", "varbinary", -1, 0, 0)];
        var wide = new byte[(64 << 20) + 1];
        sql.Read = TdsAnswer.Rows(
            [("v", MaxBinary), ("k", Int)], [Max(wide, true), Number(1, 4)], [Max(wide[..2_000_000], false), Number(2, 4)], [MaxNull, Number(3, 4)]);

        var (rows, broken, positions) = await ReadAll(sql.Adapter, sql.Settings, Contract(Table("t"), "v", "k"));

        Assert.Equal(("record_too_large", 1L), (Assert.Single(broken).Code, broken[0].Position));
        Assert.Equal((4_000_000, "2", "∅", "3"), (rows[0][0].Length, rows[0][1], rows[1][0], rows[1][1]));
        Assert.Equal([2, 3], positions);
    }

    [Fact]
    public async Task Reads_two_hundred_thousand_rows_in_bounded_memory()
    {
        sql.Columns = [new("k", "int", 4, 10, 0), new("v", "nvarchar", 200, 0, 0), new("d", "decimal", 9, 12, 2), new("t", "datetime2", 8, 27, 7)];
        byte[][] row = [Number(1, 4), Utf16(new string('ế', 40)), Digits("125"), Moment(Midnight)];
        sql.Read = TdsAnswer.Begun(
            [("k", Int), ("v", Binary), ("d", Decimal(12, 2)), ("t", DateTime2)], TdsThen.Repeat, [.. Enumerable.Repeat(row, 100)]);
        await using var reader = await sql.Adapter.OpenAsync(sql.Settings, Contract(Table("t"), "k", "v", "d", "t"), default);
        var batch = new RecordBatch(reader.Fields);
        await reader.ReadAsync(batch, default);
        var (rows, total) = (batch.Count, GC.GetTotalAllocatedBytes());
        while (rows < 200_000 && await reader.ReadAsync(batch, default))
        {
            rows += batch.Count;
        }

        Assert.InRange(rows, 200_000, 201_024);
        Assert.Equal("1.25", batch.Columns[2].Decimals[0].ToString(System.Globalization.CultureInfo.InvariantCulture));
        // 25 MB of rows, the false server's sending among it: a string or an object a cell would be far more.
        Assert.InRange(GC.GetTotalAllocatedBytes() - total, 0, 70L << 20);
    }

    [Fact]
    public async Task Reports_where_the_snapshot_stood()
    {
        sql.Columns = [new("a", "int", 4, 10, 0), new("rv", "timestamp", 8, 0, 0)];
        sql.Read = TdsAnswer.Rows([("a", Int), ("rv", BigInt)]);
        var contract = Contract(Table("t"), "a", "rv");
        var counted = contract.Columns[1] with { Type = new ColumnType(ColumnKind.Int64) };
        contract = contract with { Columns = [contract.Columns[0], counted], Pull = contract.Pull with { Watermark = counted } };

        await using var plain = await sql.Adapter.OpenAsync(sql.Settings, contract, default);
        sql.State = (true, false, true, true);
        await using var seeing = await sql.Adapter.OpenAsync(sql.Settings, contract, default);
        sql.State = (false, false, false, true);
        await using var secondary = await sql.Adapter.OpenAsync(sql.Settings, contract, default);

        var taken = new DateTimeOffset(2026, 3, 1, 5, 0, 0, TimeSpan.Zero);
        Assert.Equal(new SourcePosition(taken) { Horizon = "2001", Identity = "SRV/tinh/guid/fork" }, plain.Position);
        Assert.Equal(taken.AddSeconds(-3601), seeing.Position!.OldestBegin);
        Assert.Equal(((string?)null, (DateTimeOffset?)null), (secondary.Position!.Horizon, secondary.Position.OldestBegin));
        Assert.Equal((taken, 77L), (plain.AsOf, plain.EstimatedRecords));
    }

    [Theory]
    [InlineData(true, true, true, "snapshot", "SNAPSHOT")]
    [InlineData(false, true, true, "snapshot", "READ COMMITTED")]
    [InlineData(false, false, false, "snapshot", "READ COMMITTED")]
    [InlineData(true, false, true, "serializable", "SERIALIZABLE")]
    public async Task Reads_one_state_as_the_database_allows_it(bool snapshot, bool statement, bool writable, string setting, string level)
    {
        sql.State = (snapshot, statement, writable, false);

        Assert.Single((await ReadAll(sql.Adapter, sql.With(("isolation", setting)), Contract(Table("t"), "a"))).Rows);

        Assert.Contains($"SET TRANSACTION ISOLATION LEVEL {level}; BEGIN TRANSACTION", sql.Server.Statements);
        Assert.DoesNotContain(sql.Server.Statements, s => s.Contains("COMMIT;", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Refuses_a_database_that_has_no_snapshot_and_reads_nothing_of_it()
    {
        sql.State = (false, false, true, false);

        var error = await Refusal(() => sql.Adapter.TestAsync(sql.Settings, default));

        Assert.Equal(("source_snapshot_unavailable", false), (error.Code, error.IsTransient));
        Assert.DoesNotContain(sql.Server.Statements, s => s.Contains("BEGIN", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Says_at_login_who_reads_and_that_it_only_reads()
    {
        await ReadAll(sql.Adapter, sql.Settings, Contract(Table("t"), "a"));

        Assert.Contains("datahub", Encoding.Unicode.GetString(sql.Server.LastLogin), StringComparison.Ordinal);
        // TypeFlags: fReadOnlyIntent.
        Assert.Equal(0x20, sql.Server.LastLogin[26] & 0x20);
    }

    [Fact]
    public async Task Reads_only_the_keys_where_no_more_is_asked_for()
    {
        sql.Columns = [new("k", "int", 4, 10, 0), new("v", "nvarchar", 20, 0, 0)];
        sql.Read = TdsAnswer.Rows([("k", Int), ("v", new TdsType(0xA5, 1, 0))], [Number(1, 4), WideNull]);
        var contract = Contract(Table("t"), "k", "v");
        contract = contract with { Columns = [contract.Columns[0] with { KeyPosition = 1 }, contract.Columns[1]] };

        await using var reader = await sql.Adapter.OpenAsync(sql.Settings, new PullRequest(contract) { KeysOnly = true }, default);
        var batch = new RecordBatch(reader.Fields);

        Assert.True(await reader.ReadAsync(batch, default));
        Assert.Equal(("1", "∅"), (Show(batch.Columns[0], 0), Show(batch.Columns[1], 0)));
        Assert.Contains("SELECT [k], CAST(NULL AS varbinary(1)) FROM [t]", sql.Server.Statements);
    }
}
