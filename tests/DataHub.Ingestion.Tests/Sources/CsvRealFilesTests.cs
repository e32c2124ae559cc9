using System.Text.Json;
using DataHub.TestKit;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Files that nobody here wrote: csv-spectrum with its answers, csvkit's traps, Vietnamese in five encodings.</summary>
public sealed class CsvRealFilesTests : IDisposable
{
    private static readonly string? Files = Find();

    private readonly CsvFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Spectrum =>
    [
        "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines", "newlines_crlf",
        "quotes_and_newlines", "simple", "simple_crlf", "utf8",
    ];

    [Theory, MemberData(nameof(Spectrum))]
    public async Task Agrees_with_csv_spectrum(string name)
    {
        Take($"csv-spectrum/csvs/{name}.csv");
        using var answer = JsonDocument.Parse(System.IO.File.ReadAllText(Path.Combine(Files!, $"csv-spectrum/json/{name}.json")));
        var records = answer.RootElement.EnumerateArray().ToList();
        string[] columns = [.. records[0].EnumerateObject().Select(p => p.Name)];

        var (rows, broken, _) = await ReadAll(folder.Adapter, folder.Settings, Contract(File("t.csv"), columns));

        Assert.Empty(broken);
        Assert.Equal(records.Select(r => columns.Select(c => r.GetProperty(c).GetString())), rows);
    }

    [Theory]
    [InlineData("csv-spectrum/csvs/location_coordinates.csv", "Cities", 0, "csv_quote")]
    [InlineData("csvkit/bad.csv", "column_a", 1, "csv_field_count")]
    [InlineData("csvkit/null_byte.csv", "a", 0, "csv_nul")]
    [InlineData("csvkit/test_latin1.csv", "c", 1, "csv_encoding")]
    [InlineData("csvkit/mac_newlines.csv", "a", 2, null)]
    [InlineData("csvkit/optional_quote_characters.csv", "a", 1, null)]
    [InlineData("csvkit/test_header_newline.csv", "b", 1, null)]
    [InlineData("csvkit/realdata/FY09_EDU_Recipients_by_State.csv", "State Name", null, null)]
    public async Task Takes_what_can_be_taken_and_says_what_cannot(string path, string column, int? rows, string? code)
    {
        Take(path);

        var read = await ReadAll(folder.Adapter, folder.Settings, Contract(File("t.csv"), column));

        Assert.Equal(rows ?? read.Rows.Count, read.Rows.Count);
        Assert.Equal(code is null ? [] : [code], read.Broken.Select(b => b.Code).Distinct());
    }

    [Fact]
    public async Task Reads_the_same_communes_in_every_encoding()
    {
        string[] columns = ["ma_xa", "ten_xa", "ma_huyen", "ten_huyen", "ma_tinh"];
        var seen = new List<List<string[]>>();
        foreach (var (file, encoding, delimiter) in new[]
        {
            ("utf8-nobom", "utf-8", ","), ("utf8-bom", "utf-8", ","), ("utf8-semicolon-excel-vi", "utf-8", ";"),
            ("utf16le-bom", "utf-16le", ","), ("utf16be-bom", "utf-16be", ","), ("utf8-nfd", "utf-8", ","),
        })
        {
            Take($"encodings/{file}.csv");
            var settings = folder.With(("encoding", encoding), ("delimiter", delimiter));
            var (rows, broken, _) = await ReadAll(folder.Adapter, settings, Contract(File("t.csv"), columns));
            Assert.Empty(broken);
            seen.Add(rows);
        }

        Assert.NotEmpty(seen[0]);
        Assert.All(seen[1..5], rows => Assert.Equal(seen[0], rows));
        Assert.NotEqual(seen[0][0][1], seen[5][0][1]);
        Assert.Equal(seen[0].Select(r => r[1]), seen[5].Select(r => r[1].Normalize()));
    }

    /// <summary>What files declare that are not written as most are.</summary>
    private static readonly Dictionary<string, (string, string)[]> Declared = new()
    {
        ["csvkit/dummy.tsv"] = [("delimiter", "tab")],
        ["csvkit/sniff_limit.csv"] = [("delimiter", ";")],
        ["csvkit/test_utf16_big.csv"] = [("encoding", "utf-16be")],
        ["csvkit/test_utf16_little.csv"] = [("encoding", "utf-16le")],
        ["csvkit/bad_skip_lines.csv"] = [("skipLines", "3")],
        ["csvkit/test_skip_lines.csv"] = [("skipLines", "3")],
        ["csvkit/no_header_row.csv"] = [("header", "false")],
        ["csvkit/no_header_row2.csv"] = [("header", "false")],
        ["csvkit/no_header_row3.csv"] = [("header", "false")],
        ["csvkit/realdata/Datagov_FY10_EDU_recp_by_State.csv"] = [("skipLines", "2")],
        ["encodings/utf16be-bom.csv"] = [("encoding", "utf-16be")],
        ["encodings/utf16le-bom.csv"] = [("encoding", "utf-16le")],
        ["encodings/utf8-semicolon-excel-vi.csv"] = [("delimiter", ";")],
    };

    [Fact]
    public async Task Reads_or_refuses_every_file_with_the_reason_on_record()
    {
        Assert.SkipWhen(Files is null, SharedData.Missing);
        var lines = new List<string>();
        foreach (var path in Directory.EnumerateFiles(Files!, "*.?sv", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Files!, f).Replace('\\', '/')).Order(StringComparer.Ordinal))
        {
            Take(path);
            lines.Add($"{path}: {await OutcomeAsync(Declared.GetValueOrDefault(path) ?? [])}");
        }

        Golden.Check("tests/DataHub.Ingestion.Tests/Sources/CsvRealFiles.golden.txt", string.Join('\n', lines) + "\n");
    }

    /// <summary>Every column with a name of its own is read, as a contract proposed for the file would.</summary>
    private async Task<string> OutcomeAsync((string, string)[] declared)
    {
        var settings = folder.With(declared);
        var table = Assert.Single(await folder.Adapter.ListTablesAsync(settings, default));
        string[] columns = [.. table.Columns.GroupBy(c => c.Name).Where(g => g.Key.Length > 0 && g.Count() == 1).Select(g => g.Key)];
        if (columns.Length == 0)
        {
            return table.Comment is { } why ? "refused, " + why.Split(':')[0] : $"none of {table.Columns.Count} columns has a name of its own";
        }

        var (rows, broken, _) = await ReadAll(folder.Adapter, settings, Contract(File("t.csv"), columns));
        var aside = broken.Select(b => $", line {b.Position} {b.Code}");
        return $"{columns.Length} of {table.Columns.Count} columns, {rows.Count} records{string.Concat(aside)}";
    }

    private void Take(string path)
    {
        Assert.SkipWhen(Files is null, "The folder shared/data beside the checkout is absent; set DATAHUB_SHARED_DATA.");
        folder.Put("t.csv", System.IO.File.ReadAllBytes(Path.Combine(Files!, path)));
    }

    private static string? Find()
    {
        var root = AppContext.BaseDirectory;
        while (root is not null && !System.IO.File.Exists(Path.Combine(root, "DataHub.sln")))
        {
            root = Path.GetDirectoryName(root);
        }

        var data = Environment.GetEnvironmentVariable("DATAHUB_SHARED_DATA")
            ?? (root is null ? null : Path.Combine(root, "..", "shared", "data"));
        return data is not null && Directory.Exists(Path.Combine(data, "files")) ? Path.Combine(data, "files") : null;
    }
}
