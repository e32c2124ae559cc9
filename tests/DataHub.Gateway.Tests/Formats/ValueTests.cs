using System.Text;
using System.Text.Json;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Formats;

/// <summary>Every format says the same of a value, and it is what the source has, byte for byte.</summary>
public sealed class ValueTests(FormatHub hub) : IClassFixture<FormatHub>
{
    [Fact]
    public async Task Every_type_reads_the_same_in_every_format()
    {
        await hub.PublishAsync("every-type", """
            CREATE TABLE every_type (id int PRIMARY KEY, t text, i int, n bigint, d numeric(28,10), m numeric(12,2), z numeric(18,0), f float8, b boolean, day date,
                clock time, moment timestamptz, raw bytea);
            INSERT INTO every_type VALUES
                (1, 'Trà Vinh', -2147483648, 9223372036854775807, 123456789012345678.0000000001, 1.50, 900719925474099300, 0.1, true, '0001-01-01', '00:00',
                    '0001-01-01 00:00:00Z', ''),
                (2, '', 2147483647, -9223372036854775808, -0.0000000001, -1234567890.05, 0, 1e300, false, '9999-12-31', '23:59:59.999999',
                    '9999-12-31 23:59:59.999999Z', '\x00ff10'),
                (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                (4, 'NULL', 0, 10000, 10000, 0, -10000, -5e-324, true, '2026-02-28', '08:30:00.5', '2026-11-23 01:02:03.000120+07', '\x41'),
                (5, 'a,"b"', 5, 5, 0.5, 99.99, 99999999, 123456789.125, false, '2000-01-01', '12:00:01', '1999-12-31 23:59:59Z', NULL)
            """, "id int32 key", "t text", "i int32", "n int64", "d decimal(28,10)", "m decimal(12,2)", "z decimal(18,0)", "f float64", "b boolean",
            "day date", "clock time", "moment timestamp", "raw bytes");

        string[] expected =
        [
            """{"id":1,"t":"Trà Vinh","i":-2147483648,"n":9223372036854775807,"d":123456789012345678.0000000001,"m":1.50,"z":900719925474099300,"f":0.1,"b":true,"day":"0001-01-01","clock":"00:00:00","moment":"0001-01-01T00:00:00Z","raw":""}""",
            """{"id":2,"t":"","i":2147483647,"n":-9223372036854775808,"d":-0.0000000001,"m":-1234567890.05,"z":0,"f":1E+300,"b":false,"day":"9999-12-31","clock":"23:59:59.999999","moment":"9999-12-31T23:59:59.999999Z","raw":"AP8Q"}""",
            """{"id":3,"t":null,"i":null,"n":null,"d":null,"m":null,"z":null,"f":null,"b":null,"day":null,"clock":null,"moment":null,"raw":null}""",
            """{"id":4,"t":"NULL","i":0,"n":10000,"d":10000.0000000000,"m":0.00,"z":-10000,"f":-5E-324,"b":true,"day":"2026-02-28","clock":"08:30:00.5","moment":"2026-11-22T18:02:03.00012Z","raw":"QQ=="}""",
            """{"id":5,"t":"a,\"b\"","i":5,"n":5,"d":0.5000000000,"m":99.99,"z":99999999,"f":123456789.125,"b":false,"day":"2000-01-01","clock":"12:00:01","moment":"1999-12-31T23:59:59Z","raw":null}""",
        ];
        await SameEverywhereAsync("every-type", expected);
        var csv = Encoding.UTF8.GetString(await hub.BytesAsync(FormatHub.Version("every-type", "1/files/csv")));
        Assert.Contains("\r\n2,\"\",2147483647,", csv, StringComparison.Ordinal);
        Assert.Contains("\r\n3,,,,,,,,,,,,\r\n", csv, StringComparison.Ordinal);
        Assert.Contains("0001-01-01T00:00:00Z,\"\"\r\n", csv, StringComparison.Ordinal);

        var text = FormatHub.OfLines(await hub.BytesAsync(FormatHub.Version("every-type", "1/files/ndjson"), "application/x-ndjson;IEEE754Compatible=true"));
        Assert.StartsWith("""{"id":1,"t":"Trà Vinh","i":-2147483648,"n":"9223372036854775807","d":"123456789012345678.0000000001","m":"1.50",""", text[0], StringComparison.Ordinal);
        Assert.Equal(text, FormatHub.OfJson(await hub.BytesAsync(FormatHub.Version("every-type", "1/records"), "application/json;IEEE754Compatible=true")));
    }

    [Fact]
    public async Task Texts_that_break_readers_come_through_byte_for_byte()
    {
        Assert.SkipUnless(SharedData.Root is not null, SharedData.Missing);
        var naughty = JsonSerializer.Deserialize<string[]>(await File.ReadAllTextAsync(SharedData.Path("files", "blns", "blns.json")))!
            .Where(t => !t.Contains('\0', StringComparison.Ordinal)).ToArray();
        Assert.True(naughty.Length > 400);
        await TextsAsync("naughty", naughty);
    }

    [Fact]
    public async Task Vietnamese_controls_quotes_and_formulas_come_through_byte_for_byte()
    {
        const string Composed = "Đường Nguyễn Thị Minh Khai, phường Võ Thị Sáu, Thừa Thiên Huế";
        string[] controls = [.. Enumerable.Range(1, 0x2F).Select(c => $"<{(char)c}>"), "\u007f\u0085\u009f", "\u2028\u2029", "\ufeff", "\ue000", "\U0001F9D1‍🌾", "\uffff"];
        await TextsAsync("vietnamese",
        [
            Composed, Composed.Normalize(NormalizationForm.FormD), "=1+1", "@SUM(A1)", "+84", "-1", "\t=1", "\"", "\"\"", ",", "\r\n", "\n", "\r", "a\"b,c\r\nd",
            " ", " a ", "", "\\N", "\\", "NULL", "null", "true", "00123", "1e5", "'", "<script>", "{\"_end\":{\"records\":1}}", .. controls,
            new string('ệ', 3_000), new string('"', 2_000), new string('\u0001', 70_000),
        ]);
    }

    private async Task TextsAsync(string dataset, string[] texts)
    {
        var parameters = string.Join(", ", texts.Select((t, i) => $"({i}, convert_from(decode('{Convert.ToHexString(Encoding.UTF8.GetBytes(t))}', 'hex'), 'UTF8'))"));
        await hub.PublishAsync(dataset, $"CREATE TABLE {dataset} (id int PRIMARY KEY, t text); INSERT INTO {dataset} VALUES {parameters}", "id int32 key", "t text");
        foreach (var path in new[] { "1/records?format=json", "1/records?format=ndjson", "1/files/ndjson" })
        {
            var body = await hub.BytesAsync(FormatHub.Version(dataset, path));
            var records = path.EndsWith("format=json", StringComparison.Ordinal) ? FormatHub.OfJson(body) : FormatHub.OfLines(body);
            Assert.Equal(texts, records.Take(texts.Length).Select(r => JsonDocument.Parse(r).RootElement.GetProperty("t").GetString()));
        }

        foreach (var path in new[] { "1/records?format=csv", "1/files/csv" })
        {
            var (header, records) = FormatHub.OfCsv(await hub.BytesAsync(FormatHub.Version(dataset, path)));
            Assert.Equal(["id", "t"], header);
            Assert.Equal(texts, records.Select(r => r[1]));
        }
    }

    private async Task SameEverywhereAsync(string dataset, string[] expected)
    {
        Assert.Equal(expected, FormatHub.OfJson(await hub.BytesAsync(FormatHub.Version(dataset, "1/records"))));
        Assert.Equal(expected, FormatHub.OfLines(await hub.BytesAsync(FormatHub.Version(dataset, "1/records?format=ndjson")))[..^1]);
        var page = await hub.BytesAsync(FormatHub.Version(dataset, "1/records?format=csv"));
        var (header, records) = FormatHub.OfCsv(page);
        Assert.Equal(JsonDocument.Parse(expected[0]).RootElement.EnumerateObject().Select(p => p.Name), header);
        Assert.Equal(expected.Select(FormatHub.AsCells), records.Select(r => r.Select(c => c ?? "").ToArray()));

        // History holds what was there: the second version changes every record, the first must still read the same from both tables.
        foreach (var _ in new[] { "current", "history" })
        {
            Assert.Equal(page, await hub.BytesAsync(FormatHub.Version(dataset, "1/files/csv")));
            Assert.Equal(expected, FormatHub.OfLines(await hub.BytesAsync(FormatHub.Version(dataset, "1/files/ndjson"))));
            await hub.Sectors.Sector.ExecuteAsync($"UPDATE {dataset.Replace('-', '_')} SET i = 77 WHERE id < 4; DELETE FROM {dataset.Replace('-', '_')} WHERE id = 5");
            await hub.Sectors.Admin.PullAsync(dataset);
        }
    }
}
