using System.Text;
using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.Rest;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.Rest.RestServer;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources.Rest;

/// <summary>What values, windows and tables come to, and that memory stays bounded.</summary>
[Collection(MeasuresMemory.Name)]
public sealed class RestRecordTests : IAsyncLifetime
{
    private RestServer server = null!;

    public async ValueTask InitializeAsync() => server = await StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private Task<(List<string[]> Rows, List<BrokenRecord> Broken, List<long> Positions)> ReadAsync(byte[] body, DataContract contract, params string[] settings)
    {
        server.Answer = c => Bytes(c, body);
        return ReadAll(server.Adapter, server.With(settings), contract);
    }

    private Task<(List<string[]> Rows, List<BrokenRecord> Broken, List<long> Positions)> ReadAsync(string body, DataContract contract, params string[] settings) =>
        ReadAsync(Encoding.UTF8.GetBytes(body), contract, settings);

    [Theory]
    [InlineData("decimal(28,10)", "12345678901234567.0123456789 1.50 -0.0 15e-1 1E3 2.5e+2", "12345678901234567.0123456789 1.50 0 1.5 1000 250")]
    [InlineData("decimal(28,10)", "0.12345678901234567890123456789 1e-29 12345678901234567890123456789 1e400 9e-99999999999", "?0.12345678901234567890123456789 ?1e-29 ?12345678901234567890123456789 ?1e400 ?9e-99999999999")]
    [InlineData("decimal(28,10)", "1000000000000000000000000000.0 100e-2 \"1,5\" true", "1000000000000000000000000000 1.00 Text:1,5 Boolean:1")]
    [InlineData("int64", "9007199254740993 -9223372036854775808 1.0 9223372036854775808 {\"a\":1}", "9007199254740993 -9223372036854775808 1.0 9223372036854775808 Text:{\"a\":1}")]
    [InlineData("float64", "0.1 1e400 \"NaN\" 5", "0.1 ?1e400 Text:NaN 5")]
    [InlineData("boolean", "true false 1 \"true\" null 1.5", "1 0 Int64:1 Text:true ∅ ?1.5")]
    [InlineData("text", "\"007\" 7 1.5 true null [1,[2,\"a\\u0020b\"]] \"\\u0111\\ud83c\\udfe0\"", "007 Int64:7 Float64:1.5 Boolean:1 ∅ [1,[2,\"a\\u0020b\"]] đ🏠")]
    [InlineData("date", "\"2026-01-31\" 20260131", "2026-01-31 Int64:20260131")]
    public async Task Keeps_every_value_as_what_it_is(string type, string values, string expected)
    {
        Assert.True(ColumnType.TryParse(type, out var column));
        var contract = Contract(Table("xa"), "v") with
        {
            Columns = [new ContractColumn { Name = "v", SourceName = "v", Type = column }],
        };

        var (rows, broken, _) = await ReadAsync($"[{string.Join(",", values.Split(' ').Select(v => $"{{\"v\": {v}}}"))}]", contract);

        Assert.Empty(broken);
        Assert.Equal(expected.Split(' '), rows.Select(r => r[0]));
    }

    [Fact]
    public async Task Finds_nested_values_by_pointer_and_keeps_objects_as_text()
    {
        const string body = """
            [{"id":"1","address":{"ward":"Phường 1","geo":[10.5,{"x":"b"}]},"/x":"gạch","a.b":"chấm"},
             {"id":"2","address":null,"a.b":null}, {"id":"3","address":{"ward":{ "n" : 1 }}}, {"id":"4"}]
            """;

        var (rows, _, _) = await ReadAsync(body, Contract(Table("xa"), "/address/ward", "/address/geo/1/x", "/~1x", "a.b", "address", "/id"));

        Assert.Equal(
            ["Phường 1|b|gạch|chấm|{\"ward\":\"Phường 1\",\"geo\":[10.5,{\"x\":\"b\"}]}|1", "∅|∅|∅|∅|∅|2", "{\"n\":1}|∅|∅|∅|{\"ward\":{\"n\":1}}|3", "∅|∅|∅|∅|∅|4"],
            rows.Select(r => string.Join("|", r)));
    }

    [Fact]
    public async Task Takes_rows_that_are_arrays_by_index()
    {
        var (rows, _, _) = await ReadAsync("""[["1","a"],["2"]]""", Contract(Table("xa"), "1", "0"));

        Assert.Equal(["a 1", "∅ 2"], rows.Select(r => string.Join(" ", r)));
    }

    [Fact]
    public async Task Sets_broken_records_aside_each_with_its_reason()
    {
        byte[] body =
        [
            .. """[{"t":"tốt","u":"\ud800"},{"t":"\ud800"},{"t":"a\u0000b"},{"t":"x","t":"y"},7,"""u8, .. "{\"t\":\""u8, 0xC3, 0x28, .. "\"},"u8,
            .. """{"o":{"t":1},"o":{}},{"x\ud800":1,"t":"z"},{"t":"cuối"}]"""u8,
        ];

        var (rows, broken, positions) = await ReadAsync(body, Contract(Table("xa"), "t", "/o/t"));

        Assert.Equal(["tốt", "cuối"], rows.Select(r => r[0]));
        Assert.Equal([1L, 9L], positions);
        Assert.Equal(
            ["2 json_encoding", "3 json_nul", "4 json_duplicate_name", "5 json_not_object", "6 json_encoding", "7 json_duplicate_name", "8 json_encoding"],
            broken.Select(b => $"{b.Position} {b.Code}"));
        Assert.Equal("""{"t":"x","t":"y"}""", broken[2].Raw);
    }

    [Fact]
    public async Task Takes_a_missing_property_for_renamed_unless_the_api_leaves_nulls_out()
    {
        const string body = """[{"ma":"1","Tên":"a"},{"ma":"2"}]""";

        var error = await Refusal(() => ReadAsync(body, Contract(Table("xa"), "ma", "tên")));
        Assert.Equal("source_column_missing", error.Code);
        Assert.Contains("tên → Tên", error.Detail("vi"), StringComparison.Ordinal);
        Assert.Equal(2, (await ReadAsync(body, Contract(Table("xa"), "ma", "tên"), "absent=null")).Rows.Count);
        Assert.Empty((await ReadAsync("[]", Contract(Table("xa"), "ma", "tên"))).Rows);
    }

    [Fact]
    public async Task Takes_wide_records_and_huge_values_up_to_the_limit()
    {
        var names = Enumerable.Range(1, 500).Select(i => "cột" + i).ToArray();
        var huge = new string('ư', 3 << 20);
        var body = "[{" + string.Join(",", names.Reverse().Select(n => $"\"{n}\":\"{n}\"")) + "},{\"cột7\":\"" + huge + "\"}]";

        var (rows, _, _) = await ReadAsync(body, Contract(Table("xa"), names));
        Assert.Equal(names, rows[0]);
        Assert.Equal(huge, rows[1][6]);
        Assert.Equal("source_value_too_large",
            (await Refusal(() => ReadAsync(body, Contract(Table("xa"), names), "maxRecordMegabytes=2"))).Code);
    }

    [Fact]
    public async Task Asks_for_a_window_that_is_never_too_small()
    {
        var moment = new ContractColumn { Name = "luc", SourceName = "luc", Type = new ColumnType(ColumnKind.Timestamp) };
        var window = new PullWindow(moment, "2026-01-31T08:00:00.5Z", "2026-02-01T00:00:00Z");
        foreach (var (format, since, until) in new[]
        {
            ("iso", "2026-01-31T07:59:59Z", "2026-02-01T00:00:02Z"), ("date", "2026-01-30", "2026-02-02"),
            ("unix", "1769846399", "1769904002"), ("unixms", "1769846399000", "1769904002000"),
        })
        {
            server.Seen.Clear();
            server.Answer = c => Json(c, """[{"luc":"2026-01-31T09:00:00Z"}]""");
            await using var reader = await server.Adapter.OpenAsync(
                server.With("sinceParameter=from", "untilParameter=to", $"momentFormat={format}"),
                new PullRequest(Contract(Table("xa"), "luc")) { Window = window }, default);
            Assert.Equal((since, until), (server.Seen.Single()["from"], server.Seen.Single()["to"]));
            Assert.InRange((DateTimeOffset.UtcNow - reader.Position!.Taken).TotalSeconds, -2, 60);
            Assert.Equal((reader.AsOf, 64), (reader.Position.Taken, reader.Position.Identity!.Length));
        }
    }

    [Fact]
    public async Task Lists_resources_by_json_kinds_alone()
    {
        server.Answer = c => c.Request.Path.Value == "/api/xa"
            ? Json(c, """{"n":2,"i":[{"ma":"084","so":1,"gia":1,"co":true,"o":{},"rong":null,"lan":"2026-01-01"},{"gia":1.5,"lan":1,"/x":"a"}]}""")
            : Task.FromResult(c.Response.StatusCode = 403);

        var tables = await server.Adapter.ListTablesAsync(server.With("resources=xa, cam", "records=/i", "totalPath=/n"), default);

        Assert.Equal(["cam", "xa"], tables.Select(t => t.Name));
        Assert.StartsWith("source_permission_denied", tables[0].Comment, StringComparison.Ordinal);
        Assert.Equal(2, tables[1].EstimatedRows);
        Assert.Equal(
            ["ma text", "so int64", "gia decimal(28,6)", "co boolean", "o text", "rong text", "lan text", "/~1x text"],
            tables[1].Columns.Select(c => $"{c.Name} {c.Proposed}"));
        Assert.All(tables[1].Columns, c => Assert.NotNull(c.Note));
    }

    [Fact]
    public async Task Streams_many_rows_of_one_answer_in_little_memory()
    {
        const int rows = 200_000;
        server.Answer = async c =>
        {
            var text = Encoding.UTF8.GetBytes(",{\"t\":\"" + new string('x', 200) + "\"}");
            await c.Response.Body.WriteAsync("["u8.ToArray());
            for (var i = 0; i < rows; i++)
            {
                await c.Response.BodyWriter.WriteAsync(text.AsMemory(i == 0 ? 1 : 0));
            }

            await c.Response.Body.WriteAsync("]"u8.ToArray());
        };
        await using var reader = await server.Adapter.OpenAsync(server.With(), Contract(Table("xa"), "t"), default);
        var batch = new RecordBatch(reader.Fields);
        var (read, peak) = (0, 0L);
        GC.Collect();
        var before = GC.GetTotalMemory(true);
        while (await reader.ReadAsync(batch, default))
        {
            read += batch.Count;
            peak = read % 20_480 == 0 ? Math.Max(peak, GC.GetTotalMemory(true) - before) : peak;
        }

        Assert.Equal(rows, read);
        Assert.InRange(peak, 0, 8 << 20);
    }

    [Fact]
    public void Reads_numbers_exactly_or_not_at_all()
    {
        foreach (var (text, expected) in new[]
        {
            ("0", "0"), ("-1", "-1"), ("1.10", "1.10"), ("1e2", "100"), ("0e999999999999", "0"), ("1e27", "1000000000000000000000000000"),
            ("1e28", null), ("0.0000000000000000000000000001", "0.0000000000000000000000000001"), ("1e-28", "0.0000000000000000000000000001"),
            ("79228162514264337593543950335", null), ("12.0000000000000000000000000000000", "12.00000000000000000000000000"),
        })
        {
            var read = RestNumber.TryDecimal(Encoding.ASCII.GetBytes(text), out var value);
            Assert.Equal(expected, read ? value.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
        }
    }
}
