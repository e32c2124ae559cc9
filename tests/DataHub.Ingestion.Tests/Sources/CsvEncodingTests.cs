using System.Diagnostics;
using System.Text;
using DataHub.Ingestion.Sources.Csv;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>The encodings that Viet Nam wrote before Unicode, against the machine's own converter.</summary>
public sealed class CsvEncodingTests : IDisposable
{
    private const string Pangram = "Tỉnh Trà Vinh, xã Đại Phước: NGUYỄN THỊ Ỷ, ẵm ỡm, Ụ, Ữ, ỵ";
    private readonly CsvFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("windows-1258", "CP1258", 9)]
    [InlineData("tcvn5712-1", "TCVN5712-1", 0)]
    [InlineData("viscii", "VISCII", 0)]
    public void Reads_every_byte_as_the_machine_does(string setting, string iconv, int undefined)
    {
        var table = setting switch
        {
            "windows-1258" => CsvByteTable.Windows1258,
            "viscii" => CsvByteTable.Viscii,
            _ => CsvByteTable.Tcvn,
        };

        var expected = Enumerable.Range(0, 256).Select(b => Convert([(byte)b], iconv, "UTF-8") is { } text
            ? Encoding.UTF8.GetString(text) : CsvByteTable.Undefined.ToString()).ToArray();

        Assert.Equal(expected, Enumerable.Range(0, 256).Select(b => table[(byte)b].ToString()));
        Assert.Equal(undefined, expected.Count(e => e[0] == CsvByteTable.Undefined));
    }

    [Theory]
    [InlineData("windows-1258", "CP1258")]
    [InlineData("tcvn5712-1", "TCVN5712-1")]
    [InlineData("viscii", "VISCII")]
    public async Task Reads_what_the_machine_writes_over_every_buffer_edge(string setting, string iconv)
    {
        var decomposed = setting == "windows-1258";
        var lines = Enumerable.Range(0, 4000).Select(i => $"{i};{Pangram} {i}").ToArray();
        var text = "mã;tên\n" + string.Join('\n', lines);
        var bytes = Convert(Encoding.UTF8.GetBytes(text), "UTF-8", iconv)!;
        folder.Put("t.csv", bytes);

        var (rows, broken, _) = await ReadAll(
            folder.Adapter, folder.With(("encoding", setting), ("delimiter", ";")), Contract(File("t.csv"), "mã", "tên"));

        Assert.Empty(broken);
        Assert.Equal(lines, rows.Select(r => $"{r[0]};{r[1].Normalize()}"));
        Assert.Equal(decomposed, !rows[0][1].IsNormalized());
    }

    [Fact]
    public async Task Takes_a_tone_as_the_mark_that_was_written()
    {
        folder.Put("t.csv", [.. "a\nTr"u8, (byte)'a', 0xCC, .. " Vinh\n"u8]);

        var (rows, _, _) = await ReadAll(folder.Adapter, folder.With(("encoding", "windows-1258")), Contract(File("t.csv"), "a"));

        Assert.Equal("Tra\u0300 Vinh", rows[0][0]);
    }

    [Fact]
    public async Task Sets_a_byte_without_meaning_aside_with_its_line()
    {
        folder.Put("t.csv", [.. "a,b\n1,"u8, 0x81, .. "\n3,4\n5,"u8, 0xD0, .. "\n"u8]);

        var (rows, broken, _) = await ReadAll(
            folder.Adapter, folder.With(("encoding", "windows-1258")), Contract(File("t.csv"), "a", "b"));

        Assert.True(Assert.Single(broken) is { Code: "csv_encoding", Position: 2 });
        Assert.Equal([["3", "4"], ["5", "Đ"]], rows);
    }

    [Fact]
    public async Task Keeps_letters_that_stand_where_others_have_controls()
    {
        folder.Put("t.csv", [.. "a,b\n"u8, 0x02, .. ","u8, 0x05, .. "\n"u8]);

        var tcvn = await ReadAll(folder.Adapter, folder.With(("encoding", "tcvn5712-1")), Contract(File("t.csv"), "a", "b"));
        var viscii = await ReadAll(folder.Adapter, folder.With(("encoding", "VISCII")), Contract(File("t.csv"), "a", "b"));

        Assert.Equal(["Ụ", "Ử"], tcvn.Rows[0]);
        Assert.Equal(["Ẳ", "Ẵ"], viscii.Rows[0]);
    }

    [Theory]
    [InlineData("windows-1258", "utf-8", "utf-8")]
    [InlineData("viscii", "utf-8", "utf-8")]
    [InlineData("tcvn5712-1", "utf-8-bom", "utf-8")]
    [InlineData("tcvn5712-1", "utf-16le", "utf-16le")]
    [InlineData("viscii", "utf-16be", "utf-16be")]
    public async Task Refuses_a_file_that_is_surely_in_another_encoding(string declared, string written, string seen)
    {
        Encoding encoding = written switch
        {
            "utf-16le" => new UnicodeEncoding(false, false),
            "utf-16be" => new UnicodeEncoding(true, false),
            _ => new UTF8Encoding(),
        };
        var mark = written == "utf-8-bom" ? "\uFEFF" : "";
        folder.Put("t.csv", encoding.GetBytes(mark + "a,b\n1," + Pangram.Replace(',', ' ') + "\n"));

        var error = await Refusal(() => ReadAll(
            folder.Adapter, folder.With(("encoding", declared)), Contract(File("t.csv"), "a", "b")));

        Assert.Equal("source_encoding_mismatch", error.Code);
        Assert.Contains(seen, error.Detail("en"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcvn3")]
    [InlineData("cp1252")]
    [InlineData("1258")]
    [InlineData("auto")]
    public void Refuses_an_encoding_that_it_does_not_have_with_the_list(string encoding)
    {
        var problem = Assert.Single(folder.Adapter.Check(folder.With(("encoding", encoding))));

        Assert.Equal("/settings/encoding", problem.Pointer);
        Assert.Contains("tcvn5712-1", problem.Allowed!);
    }

    /// <summary>Null where the converter finds no meaning.</summary>
    private static byte[]? Convert(byte[] input, string from, string to)
    {
        var start = new ProcessStartInfo("iconv", ["-f", from, "-t", to])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        reading.Wait();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.ToArray() : null;
    }
}
