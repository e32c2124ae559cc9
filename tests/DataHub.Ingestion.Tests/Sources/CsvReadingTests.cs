using System.Text;
using DataHub.Core.Records;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>What stands in a file comes out as it stands, and what cannot be taken is set aside with its line.</summary>
[Collection(MeasuresMemory.Name)]
public sealed class CsvReadingTests : IDisposable
{
    private readonly CsvFolder folder = new(maxField: 1 << 20);

    public void Dispose() => folder.Dispose();

    private Task<(List<string[]> Rows, List<BrokenRecord> Broken, List<long> Positions)> Read(
        string text, params string[] columns)
    {
        folder.Put("t.csv", text);
        return ReadAll(folder.Adapter, folder.Settings, Contract(File("t.csv"), columns.Length == 0 ? ["a", "b"] : columns));
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,4\n")]
    [InlineData("a,b\r\n1,2\r\n3,4")]
    [InlineData("a,b\r1,2\r3,4\r")]
    [InlineData("\uFEFFa,b\n\"1\",2\n\n3,\"4\"")]
    [InlineData("sep=,\na,b\n1,2\n3,4\n")]
    [InlineData("b,x,a\n2,9,1\n4,,3\n")]
    public async Task Reads_every_line_ending_mark_and_column_order(string text)
    {
        var (rows, broken, _) = await Read(text);

        Assert.Equal([["1", "2"], ["3", "4"]], rows);
        Assert.Empty(broken);
    }

    [Fact]
    public async Task Tells_null_from_the_empty_string_and_keeps_blanks()
    {
        var (rows, _, _) = await Read("a,b\n,\"\"\n x , \n");

        Assert.Equal([["∅", ""], [" x ", " "]], rows);
    }

    [Fact]
    public async Task Keeps_doubled_quotes_delimiters_and_line_ends_inside_quotes()
    {
        var (rows, _, positions) = await Read("a,b\n\"ha \"\"ha\"\", \r\n\"\"\",\"x\ny\"\n\"\"\"\",2\n");

        Assert.Equal([["ha \"ha\", \r\n\"", "x\ny"], ["\"", "2"]], rows);
        Assert.Equal([2L, 5L], positions);
    }

    [Theory]
    [InlineData("a,b\n1\n3,4\n", "csv_field_count", 2)]
    [InlineData("a,b\n1,2,3\n3,4\n", "csv_field_count", 2)]
    [InlineData("a,b\n1,2\"2\n3,4\n", "csv_quote", 2)]
    [InlineData("a,b\n\"1\"x,2\n3,4\n", "csv_quote", 2)]
    [InlineData("a,b\n\"1\n3,4\n", "csv_quote", 2)]
    [InlineData("a,b\n3,4\n\"1", "csv_quote", 3)]
    [InlineData("a,b\n1\0,2\n3,4\n", "csv_nul", 2)]
    [InlineData("a,b\n\"x\n\ny\",2,3\n3,4\n", "csv_field_count", 2)]
    public async Task Sets_a_broken_record_aside_and_reads_on(string text, string code, int line)
    {
        var (rows, broken, _) = await Read(text);

        Assert.Equal(["3", "4"], Assert.Single(rows));
        Assert.Equal((code, (long)line), (Assert.Single(broken).Code, broken[0].Position));
        Assert.NotEqual("", broken[0].Raw);
    }

    [Fact]
    public async Task Names_expected_and_actual_field_count_and_the_raw_record()
    {
        var (_, broken, _) = await Read("a,b\n1,\"x,y\",3\n");

        Assert.Contains("3", broken[0].Message.Vi, StringComparison.Ordinal);
        Assert.Contains("2", broken[0].Message.Vi, StringComparison.Ordinal);
        Assert.Equal("1,\"x,y\",3", broken[0].Raw);
    }

    [Fact]
    public async Task Sets_invalid_bytes_aside_where_they_stand()
    {
        folder.Put("t.csv", [.. "a,b\n1,"u8, 0xA9, .. "\n3,4\n"u8]);

        var (rows, broken, _) = await ReadAll(folder.Adapter, folder.Settings, Contract(File("t.csv"), "a", "b"));

        Assert.Equal("csv_encoding", Assert.Single(broken).Code);
        Assert.Equal(["3", "4"], Assert.Single(rows));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sets_a_field_of_twenty_megabytes_aside_without_holding_it(bool quoted)
    {
        var wide = new string('x', 20 << 20);
        folder.Put("t.csv", "a,b\n1," + (quoted ? $"\"{wide}\n{wide[..10]}\"" : wide) + "\n3,4\n");
        await ReadAll(folder.Adapter, folder.Settings, Contract(File("t.csv"), "a", "b"));
        var before = GC.GetTotalAllocatedBytes();

        var (rows, broken, positions) = await ReadAll(folder.Adapter, folder.Settings, Contract(File("t.csv"), "a", "b"));

        Assert.Equal("csv_field_too_large", Assert.Single(broken).Code);
        Assert.Equal(["3", "4"], Assert.Single(rows));
        Assert.Equal(quoted ? 4 : 3, Assert.Single(positions));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 18 << 20);
    }

    [Theory]
    [InlineData("utf-16le", false)]
    [InlineData("utf-16be", true)]
    public async Task Reads_utf_16_with_line_ends_and_emoji_over_every_buffer_edge(string name, bool bigEndian)
    {
        var encoding = new UnicodeEncoding(bigEndian, byteOrderMark: true);
        var text = "a,b\r\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i},Hồ sơ 🏠 {i}\r\n"));
        folder.Put("t.csv", [.. encoding.GetPreamble(), .. encoding.GetBytes(text)]);

        var (rows, broken, _) = await ReadAll(
            folder.Adapter, folder.With(("encoding", name)), Contract(File("t.csv"), "b"));

        Assert.Empty(broken);
        Assert.Equal(Enumerable.Range(0, 20_000).Select(i => $"Hồ sơ 🏠 {i}"), rows.Select(r => r[0]));
    }

    [Fact]
    public async Task Sets_a_lone_surrogate_aside()
    {
        var bytes = Encoding.Unicode.GetBytes("\uFEFFa,b\n1,x\n3,4\n");
        bytes["\uFEFFa,b\n1,".Length * 2] = 0x00;
        bytes[("\uFEFFa,b\n1,".Length * 2) + 1] = 0xD8;
        folder.Put("t.csv", bytes);

        var (rows, broken, _) = await ReadAll(
            folder.Adapter, folder.With(("encoding", "utf-16le")), Contract(File("t.csv"), "a", "b"));

        Assert.Equal("csv_encoding", Assert.Single(broken).Code);
        Assert.Equal(["3", "4"], Assert.Single(rows));
    }

    [Fact]
    public async Task Reads_two_hundred_thousand_rows_in_bounded_memory()
    {
        folder.Put("t.csv", "a,b\n" + string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i},\"Ấp {i} \"\"x\"\"\"\n")));
        await using var reader = await folder.Adapter.OpenAsync(folder.Settings, Contract(File("t.csv"), "a", "b"), default);
        var batch = new RecordBatch(reader.Fields);
        await reader.ReadAsync(batch, default);
        var (rows, before) = (batch.Count, GC.GetTotalAllocatedBytes());
        while (await reader.ReadAsync(batch, default))
        {
            rows += batch.Count;
        }

        Assert.Equal(200_000, rows);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 4 << 20);
    }
}
