using System.Text;
using System.Text.Json;
using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.Files;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Many files are one dataset, and none of them is taken twice where records are only added.</summary>
public sealed class FilePatternTests : IDisposable
{
    private readonly CsvFolder folder = new();

    public FilePatternTests()
    {
        Directory.CreateDirectory(folder.PathOf("năm"));
        folder.Put("năm/hồ-sơ-02.csv", "a,b\n2,x\n");
        folder.Put("năm/hồ-sơ-01.csv", "a,b\n1,x\n");
        folder.Put("năm/khác.csv", "z\n9\n");
    }

    public void Dispose() => folder.Dispose();

    private static DataContract Of(string file) => Contract(File(file), "a", "b");

    private async Task<(List<string[]> Rows, SourcePosition? Position)> Pull(PullRequest request)
    {
        await using var reader = await folder.Adapter.OpenAsync(folder.Settings, request, default);
        var (rows, batch) = (new List<string[]>(), new RecordBatch(reader.Fields, 7));
        while (await reader.ReadAsync(batch, default))
        {
            rows.AddRange(Enumerable.Range(0, batch.Count).Select(r => batch.Columns.Select(c => Show(c, r)).ToArray()));
        }

        return (rows, reader.Position);
    }

    [Theory]
    [InlineData("năm/hồ-sơ-*.csv")]
    [InlineData("năm/hồ-sơ-0?.csv")]
    [InlineData("n?m/hồ*.csv")]
    [InlineData("*/hồ-sơ-??.csv")]
    public async Task Reads_all_files_of_a_pattern_in_name_order(string pattern)
    {
        var (rows, _, positions) = await ReadAll(folder.Adapter, folder.Settings, Of(pattern));

        Assert.Equal([["1", "x"], ["2", "x"]], rows);
        Assert.Equal([2L, 10_000_000_002L], positions);
    }

    [Theory]
    [InlineData("năm/không-*.csv", "source_file_missing")]
    [InlineData("Năm/hồ-sơ-*.csv", "source_file_missing")]
    [InlineData("không/*.csv", "source_file_missing")]
    [InlineData("**/hồ-sơ-01.csv", "source_file_pattern_invalid")]
    [InlineData("năm//*.csv", "source_file_pattern_invalid")]
    [InlineData("../so/năm/*.csv", "source_file_outside_folder")]
    [InlineData("*/../../*.csv", "source_file_outside_folder")]
    [InlineData("/etc/*", "source_file_outside_folder")]
    [InlineData("năm/*.csv", "source_column_missing")]
    [InlineData("năm/hồ-sơ-01.csv/x.csv", "source_file_unreadable")]
    public async Task Refuses_a_pattern_that_means_nothing_or_too_much(string pattern, string code)
    {
        Assert.Equal(code, (await Refusal(() => ReadAll(folder.Adapter, folder.Settings, Of(pattern)))).Code);
    }

    [Theory]
    [InlineData("a,c\n1,x\n")]
    [InlineData("b,a\n1,x\n")]
    [InlineData("a,b,c\n1,x,y\n")]
    [InlineData("a,B\n1,x\n")]
    public async Task Names_the_file_whose_header_differs(string text)
    {
        folder.Put("năm/hồ-sơ-03.csv", text);

        var error = await Refusal(() => ReadAll(folder.Adapter, folder.Settings, Of("năm/hồ-sơ-*.csv")));

        // Where a column is gone the contract's own complaint comes first.
        Assert.Contains(error.Code, new[] { "source_header_differs", "source_column_missing" });
        Assert.Contains("năm/hồ-sơ-03.csv", error.Detail("vi"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Follows_no_link_and_lists_no_hidden_file_by_pattern()
    {
        System.IO.File.WriteAllText(Path.Combine(folder.Root, "ngoài.csv"), "a,b\n7,x\n");
        System.IO.File.CreateSymbolicLink(folder.PathOf("năm/hồ-sơ-00.csv"), Path.Combine(folder.Root, "ngoài.csv"));
        Directory.CreateSymbolicLink(folder.PathOf("nơm"), folder.Root);
        folder.Put("năm/.hồ-sơ-04.csv", "a,b\n8,x\n");

        Assert.Equal(["1", "2"], (await Pull(Of("n?m/hồ*.csv"))).Rows.Select(r => r[0]));
    }

    [Fact]
    public async Task Says_in_which_file_a_broken_record_stands()
    {
        folder.Put("năm/hồ-sơ-02.csv", "a,b\n2\n");

        var broken = Assert.Single((await ReadAll(folder.Adapter, folder.Settings, Of("năm/hồ-sơ-*.csv"))).Broken);

        Assert.StartsWith("năm/hồ-sơ-02.csv: ", broken.Message.En, StringComparison.Ordinal);
        Assert.Equal(10_000_000_002, broken.Position);
    }

    [Fact]
    public async Task Takes_only_what_it_has_not_taken_when_told_of_the_last_pull()
    {
        var first = await Pull(Of("năm/hồ-sơ-*.csv"));
        folder.Put("năm/hồ-sơ-03.csv", "a,b\n3,x\n");

        var second = await Pull(new PullRequest(Of("năm/hồ-sơ-*.csv")) { Last = first.Position });
        var third = await Pull(new PullRequest(Of("năm/hồ-sơ-*.csv")) { Last = second.Position });

        Assert.Equal(2, first.Rows.Count);
        Assert.Equal([["3", "x"]], second.Rows);
        Assert.Empty(third.Rows);
        Assert.Equal(3, Marks(third.Position).Count);
    }

    [Fact]
    public async Task Judges_by_content_and_not_by_size_and_time()
    {
        var first = await Pull(Of("năm/hồ-sơ-*.csv"));
        var path = folder.PathOf("năm/hồ-sơ-02.csv");
        var time = System.IO.File.GetLastWriteTimeUtc(path);
        folder.Put("năm/hồ-sơ-02.csv", "a,b\n4,x\n");
        System.IO.File.SetLastWriteTimeUtc(path, time);
        System.IO.File.SetLastWriteTimeUtc(folder.PathOf("năm/hồ-sơ-01.csv"), time.AddDays(1));

        Assert.Equal([["4", "x"]], (await Pull(new PullRequest(Of("năm/hồ-sơ-*.csv")) { Last = first.Position })).Rows);
    }

    [Fact]
    public async Task Remembers_a_file_that_was_gone_for_a_while()
    {
        var first = await Pull(Of("năm/hồ-sơ-*.csv"));
        var bytes = System.IO.File.ReadAllBytes(folder.PathOf("năm/hồ-sơ-01.csv"));
        System.IO.File.Delete(folder.PathOf("năm/hồ-sơ-01.csv"));
        var second = await Pull(new PullRequest(Of("năm/hồ-sơ-*.csv")) { Last = first.Position });
        folder.Put("năm/hồ-sơ-01.csv", bytes);

        Assert.Empty((await Pull(new PullRequest(Of("năm/hồ-sơ-*.csv")) { Last = second.Position })).Rows);
    }

    [Fact]
    public async Task Keeps_what_it_took_within_the_bound_of_a_position()
    {
        for (var i = 0; i < 2_600; i++)
        {
            folder.Put($"năm/nhiều-{i:D4}.csv", $"a,b\n{i},x\n");
        }

        var whole = await Pull(Of("năm/nhiều-*.csv"));
        var append = Of("năm/nhiều-*.csv") with { Pull = new PullTerms { Mode = PullMode.Append } };

        Assert.Equal(2_600, whole.Rows.Count);
        Assert.InRange(Encoding.UTF8.GetByteCount(whole.Position!.Detail!), 1, 64 << 10);
        Assert.Equal(TakenFiles.Most, Marks(whole.Position).Count);
        Assert.Equal("source_files_too_many", (await Refusal(() => Pull(append))).Code);
    }

    [Fact]
    public async Task Refuses_a_file_that_is_written_while_it_is_read()
    {
        await using var reader = await folder.Adapter.OpenAsync(folder.Settings, Of("năm/hồ-sơ-*.csv"), default);
        System.IO.File.AppendAllText(folder.PathOf("năm/hồ-sơ-01.csv"), "5,x\n");
        var batch = new RecordBatch(reader.Fields);

        var error = await Refusal(async () =>
        {
            while (await reader.ReadAsync(batch, default))
            {
            }
        });

        Assert.Equal("source_changed_while_reading", error.Code);
        Assert.True(error.IsTransient);
    }

    private static List<string> Marks(SourcePosition? position) =>
        [.. JsonDocument.Parse(position!.Detail!).RootElement.GetProperty("files").EnumerateArray().Select(f => f.GetString()!)];
}
