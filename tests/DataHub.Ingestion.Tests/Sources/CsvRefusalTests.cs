using System.Diagnostics;
using DataHub.Core.Records;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.Csv;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Files that are refused whole, and paths that never reach one.</summary>
public sealed class CsvRefusalTests : IDisposable
{
    private readonly CsvFolder folder = new();

    public void Dispose() => folder.Dispose();

    private async Task<string> CodeOf(string file, params (string, string)[] settings) =>
        (await Refusal(() => ReadAll(folder.Adapter, folder.With(settings), Contract(File(file), "a")))).Code;

    [Theory]
    [InlineData("../ngoai.csv")]
    [InlineData("x/../../ngoai.csv")]
    [InlineData("/etc/passwd")]
    [InlineData("lien-ket.csv")]
    [InlineData("thu-muc/ngoai.csv")]
    [InlineData("vong/ngoai.csv")]
    public async Task Keeps_inside_the_folder(string path)
    {
        System.IO.File.WriteAllText(Path.Combine(folder.Root, "ngoai.csv"), "a\n1\n");
        System.IO.File.CreateSymbolicLink(folder.PathOf("lien-ket.csv"), "../ngoai.csv");
        Directory.CreateSymbolicLink(folder.PathOf("thu-muc"), folder.Root);
        Directory.CreateSymbolicLink(folder.PathOf("vong"), "thu-muc");

        Assert.Equal("source_file_outside_folder", await CodeOf(path));
    }

    [Fact]
    public async Task Follows_a_link_that_stays_inside()
    {
        folder.Put("2025.csv", "a\n1\n");
        System.IO.File.CreateSymbolicLink(folder.PathOf("moi-nhat.csv"), "2025.csv");

        Assert.Single((await ReadAll(folder.Adapter, folder.Settings, Contract(File("moi-nhat.csv"), "a"))).Rows);
        Assert.Equal(["2025.csv"], (await folder.Adapter.ListTablesAsync(folder.Settings, default)).Select(t => t.Name));
    }

    [Fact]
    public async Task Refuses_a_pipe_a_folder_and_a_missing_file_without_waiting()
    {
        using var made = Process.Start("mkfifo", [folder.PathOf("ong.csv")]);
        await made.WaitForExitAsync();
        Directory.CreateDirectory(folder.PathOf("d.csv"));

        Assert.Equal("source_file_unreadable", await CodeOf("ong.csv"));
        Assert.Equal("source_file_unreadable", await CodeOf("d.csv"));
        Assert.Equal("source_file_missing", await CodeOf("khong-co.csv"));
        Assert.Equal("source_file_missing", await CodeOf("a.csv", ("folder", "khong-co")));
    }

    [Fact]
    public async Task Refuses_a_file_in_another_encoding_than_declared()
    {
        folder.Put("16.csv", [0xFF, 0xFE, .. System.Text.Encoding.Unicode.GetBytes("a,b\n1,2\n")]);
        folder.Put("16-khong-bom.csv", System.Text.Encoding.Unicode.GetBytes("a,b\n1,2\n"));
        folder.Put("8.csv", "a,b\n1,2\n");
        folder.Put("1258.csv", [(byte)'h', 0xF4, (byte)'\n', (byte)'1', (byte)'\n']);

        Assert.Equal("source_encoding_mismatch", await CodeOf("16.csv"));
        Assert.Equal("source_encoding_mismatch", await CodeOf("16-khong-bom.csv"));
        Assert.Equal("source_encoding_mismatch", await CodeOf("16.csv", ("encoding", "utf-16be")));
        Assert.Equal("source_encoding_mismatch", await CodeOf("8.csv", ("encoding", "utf-16le")));
        Assert.Equal("source_encoding_mismatch", await CodeOf("1258.csv"));
    }

    [Fact]
    public async Task Refuses_missing_and_ambiguous_columns_headers_and_separators()
    {
        folder.Put("thieu.csv", "A ,b\n1,2\n");
        folder.Put("trung.csv", "a,a,b\n1,2,3\n");
        folder.Put("rong.csv", "");
        folder.Put("sep.csv", "sep=;\na;b\n1;2\n");
        folder.Put("ngoac.csv", "\"a,b\n1,2\n");

        Assert.Equal("source_column_missing", await CodeOf("thieu.csv"));
        Assert.Equal("source_column_duplicate", await CodeOf("trung.csv"));
        Assert.Single((await ReadAll(folder.Adapter, folder.Settings, Contract(File("trung.csv"), "b"))).Rows);
        Assert.Equal("source_header_missing", await CodeOf("rong.csv"));
        Assert.Equal("source_header_missing", await CodeOf("ngoac.csv"));
        Assert.Equal("source_delimiter_mismatch", await CodeOf("sep.csv"));
        Assert.Single((await ReadAll(folder.Adapter, folder.With(("delimiter", ";")), Contract(File("sep.csv"), "a"))).Rows);
    }

    [Fact]
    public async Task Suggests_a_name_in_another_unicode_form()
    {
        folder.Put("t.csv", "Tên xã".Normalize(System.Text.NormalizationForm.FormD) + "\n1\n");

        var error = await Refusal(() => ReadAll(folder.Adapter, folder.Settings, Contract(File("t.csv"), "Tên xã")));

        Assert.Equal("source_column_missing", error.Code);
        Assert.Contains("Tên xã → Te", error.Detail("vi"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fails_rather_than_lose_the_rest_of_a_file_in_a_quote()
    {
        folder.Put("t.csv", "a,b\n1,2\n\"x," + new string('y', 3 << 20) + "\n3,4\n");

        Assert.Equal("source_quote_unclosed", await CodeOf("t.csv"));
    }

    [Fact]
    public async Task Notices_that_a_file_was_written_to_while_it_was_read()
    {
        folder.Put("t.csv", "a\n1\n2\n3\n");
        await using var reader = await folder.Adapter.OpenAsync(folder.Settings, Contract(File("t.csv"), "a"), default);
        var batch = new RecordBatch(reader.Fields, 2);
        Assert.True(await reader.ReadAsync(batch, default));
        System.IO.File.AppendAllText(folder.PathOf("t.csv"), "4\n");

        var error = await Refusal(async () =>
        {
            while (await reader.ReadAsync(batch, default))
            {
            }
        });

        Assert.Equal(("source_changed_while_reading", true), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task Checks_settings_all_at_once_and_refuses_unknown_ones()
    {
        var errors = folder.Adapter.Check(folder.With(
            ("folder", "../x"), ("encoding", "windows-1252"), ("delimiter", "##"), ("quote", "a"), ("comment", ","), ("header", "maybe"),
            ("skipLines", "-1"), ("escape", ","), ("enconding", "utf-8")));

        Assert.Equal(
            [
                "/settings/folder", "/settings/encoding", "/settings/delimiter", "/settings/quote", "/settings/header",
                "/settings/skipLines", "/settings/escape", "/settings/comment", "/settings/enconding",
            ],
            errors.Select(e => e.Pointer));
        Assert.Contains("utf-16le", errors[1].Allowed!);
        var none = CsvFolder.Open(new FileSourceOptions());
        Assert.Equal("source_files_disabled", (await Refusal(() => none.TestAsync(folder.Settings, default))).Code);
    }
}
