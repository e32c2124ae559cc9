using System.Text;
using DataHub.Core.Records;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>A file is read by its declared dialect, and by no other.</summary>
public sealed class CsvDialectTests : IDisposable
{
    private readonly CsvFolder folder = new(maxField: 1 << 16);

    public void Dispose() => folder.Dispose();

    private Task<(List<string[]> Rows, List<BrokenRecord> Broken, List<long> Positions)> Read(
        string text, string columns, params (string, string)[] settings)
    {
        folder.Put("t.csv", text);
        return ReadAll(folder.Adapter, folder.With(settings), Contract(File("t.csv"), columns.Split('/')));
    }

    [Theory]
    [InlineData("a;b\n1;2\n3;4\n", "delimiter=semicolon")]
    [InlineData("a\tb\n1\t2\n3\t4\n", "delimiter=\t")]
    [InlineData("a~b\n1~2\n\"3\"~4\n", "delimiter=~")]
    [InlineData("a b\n1 2\n3 4\n", "delimiter= ")]
    [InlineData("a,b\n'1',2\n'3','4'\n", "quote=single")]
    [InlineData("Bảng 1\n\"tháng\nnăm\n\na,b\n1,2\n3,4\n", "skipLines=4")]
    [InlineData("x\r\ry\r\na,b\r1,2\r3,4", "skipLines=3")]
    [InlineData("# ghi chú \"\na,b\n#,\n1,2\n# x,y,z\n3,4\n#", "comment=hash")]
    [InlineData("tiêu đề\n# a,b\na,b\n1,2\n#\n3,4\n", "comment=hash;skipLines=1")]
    [InlineData("sep=|\na|b\n1|2\n3|4\n", "delimiter=pipe")]
    public async Task Reads_what_the_source_declares(string text, string settings)
    {
        var (rows, broken, _) = await Read(text, "a/b", Settings(settings));

        Assert.Equal([["1", "2"], ["3", "4"]], rows);
        Assert.Empty(broken);
    }

    [Theory]
    [InlineData("1,2\n3,4\n", "header=false")]
    [InlineData("\uFEFF1,2\r\n\r\n3,4", "header=false")]
    [InlineData("sep=,\n1,2\n3,4\n", "header=false")]
    [InlineData("tên\n1,2\n3,4\n", "header=false;skipLines=1")]
    [InlineData("#\n1,2\n3,4\n", "header=false;comment=#")]
    public async Task Calls_columns_by_their_position_where_there_is_no_header(string text, string settings)
    {
        var (rows, broken, _) = await Read(text, "2/1", Settings(settings));

        Assert.Equal([["2", "1"], ["4", "3"]], rows);
        Assert.Empty(broken);
        var table = Assert.Single(await folder.Adapter.ListTablesAsync(folder.With(Settings(settings)), default));
        Assert.Equal(["1", "2"], table.Columns.Select(c => c.Name));
    }

    [Theory]
    [InlineData("utf-16le", false, true)]
    [InlineData("utf-16be", true, false)]
    public async Task Starts_again_at_the_first_record_in_every_encoding(string encoding, bool bigEndian, bool mark)
    {
        var written = new UnicodeEncoding(bigEndian, mark);
        folder.Put("t.csv", [.. written.GetPreamble(), .. written.GetBytes("Cà Mau,2\nHuế,4\n")]);

        var (rows, _, positions) = await ReadAll(
            folder.Adapter, folder.With(("encoding", encoding), ("header", "false")), Contract(File("t.csv"), "1"));

        Assert.Equal([["Cà Mau"], ["Huế"]], rows);
        Assert.Equal([1L, 2L], positions);
    }

    [Fact]
    public async Task Takes_quotes_as_they_are_where_there_are_none()
    {
        var (rows, broken, _) = await Read("a|b\n\"1|2\"\n5'|\"\"\n|x\n", "a/b", ("delimiter", "|"), ("quote", "none"));

        Assert.Equal([["\"1", "2\""], ["5'", "\"\""], ["∅", "x"]], rows);
        Assert.Empty(broken);
    }

    [Fact]
    public async Task Tells_bytes_that_are_no_text_from_quotes_also_without_quotes()
    {
        folder.Put("t.csv", [.. "a,b\n"u8, 0xFF, .. ",\"\n1,2\n"u8]);

        var (rows, broken, _) = await ReadAll(folder.Adapter, folder.With(("quote", "none")), Contract(File("t.csv"), "a", "b"));

        Assert.Equal("csv_encoding", Assert.Single(broken).Code);
        Assert.Equal(["1", "2"], Assert.Single(rows));
    }

    [Fact]
    public async Task Takes_the_meaning_of_an_escaped_character_away()
    {
        var (rows, broken, positions) = await Read(
            "a,b\n\"x \\\"y\\\" \\\\\",1\\,2\n\\N,\"\\\\N\"\n\\\\,\"a\\,b\nc\"\nu\\\nv,\"\"\n", "a/b", ("escape", "backslash"));

        Assert.Equal([["x \"y\" \\", "1,2"], ["∅", "\\N"], ["\\", "a,b\nc"], ["u\nv", ""]], rows);
        Assert.Equal([2L, 3L, 4L, 6L], positions);
        Assert.Empty(broken);
    }

    [Theory]
    [InlineData("1,a\\tb", "csv_escape")]
    [InlineData("1,\"a\\nb\"", "csv_escape")]
    [InlineData("1,\\Nx", "csv_escape")]
    [InlineData("1,x\\N", "csv_escape")]
    [InlineData("1,\"x\"\"y\"", "csv_quote")]
    [InlineData("1,x\"y", "csv_quote")]
    [InlineData("1,x,y\\,", "csv_field_count")]
    public async Task Sets_a_record_aside_whose_escape_programs_read_differently(string line, string code)
    {
        var (rows, broken, _) = await Read($"a,b\n{line}\n3,4\n", "a/b", ("escape", "\\"));

        Assert.Equal((code, 2L), (Assert.Single(broken).Code, broken[0].Position));
        Assert.Equal(["3", "4"], Assert.Single(rows));
    }

    [Fact]
    public async Task Escapes_and_comments_stand_over_every_edge_of_a_piece()
    {
        var text = new StringBuilder("a,b\n");
        for (var i = 0; i < 9_000; i++)
        {
            text.Append("#\"").Append('x', i % 7).Append("\r\n").Append(i).Append(",\"\\\"").Append('đ', i % 11).Append("\\\\\"\r\n");
        }

        var (rows, broken, _) = await Read(text.ToString(), "a/b", ("escape", "backslash"), ("comment", "#"));

        Assert.Empty(broken);
        Assert.Equal(Enumerable.Range(0, 9_000).Select(i => $"{i} \"{new string('đ', i % 11)}\\"), rows.Select(r => $"{r[0]} {r[1]}"));
    }

    [Fact]
    public async Task Passes_over_a_field_that_is_too_long_with_its_escapes_and_quotes()
    {
        var wide = string.Concat(Enumerable.Repeat("\\\"\n", 60_000));

        var (rows, broken, positions) = await Read($"a,b\n1,\"{wide}\"\n3,4\n", "a/b", ("escape", "backslash"));

        Assert.Equal("csv_field_too_large", Assert.Single(broken).Code);
        Assert.Equal(["3", "4"], Assert.Single(rows));
        Assert.Equal([60_003L], positions);
    }

    /// <summary>What stands in a file stays, however odd: only what no column can take is set aside.</summary>
    [Fact]
    public async Task Keeps_a_mark_in_the_middle_empty_names_and_blanks()
    {
        var (rows, broken, _) = await Read("a,,b,\n\uFEFF1,x,2\uFEFF,y\n\u200B,\t, ,\n\"\",,\"\",", "a/b");

        Assert.Equal([["\uFEFF1", "2\uFEFF"], ["\u200B", " "], ["", ""]], rows);
        Assert.Empty(broken);
    }

    [Fact]
    public async Task Counts_physical_lines_through_mixed_line_ends_and_line_ends_inside_quotes()
    {
        var (rows, broken, positions) = await Read("a,b\r1,\"x\r\ny\n\rz\"\r\n\n\r3\n4,5,6\r\"7\"\"\n\",8", "a/b");

        Assert.Equal([["1", "x\r\ny\n\rz"], ["7\"\n", "8"]], rows);
        Assert.Equal([2L, 10L], positions);
        Assert.Equal([("csv_field_count", 8L), ("csv_field_count", 9L)], broken.Select(b => (b.Code, b.Position)));
    }

    private static (string, string)[] Settings(string text) =>
        [.. text.Split(';').Select(s => s.Split('=', 2)).Select(s => (s[0], s[1]))];
}
