using System.IO.Compression;
using System.Text;
using DataHub.Core.Records;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.Csv;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.Packing;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Packed files come out whole, or not at all.</summary>
public sealed class ArchiveTests : IDisposable
{
    private const string Text = "a,b\n1,Trà Vinh\n2,🏠\n";
    private readonly CsvFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Task<(List<string[]> Rows, List<BrokenRecord> Broken, List<long> Positions)> Read(
        string file, byte[] bytes, string? entry = null, FileSourceOptions? limits = null)
    {
        folder.Put(file, bytes);
        var adapter = limits is null
            ? folder.Adapter : CsvFolder.Open(limits with { Root = folder.Root });
        return ReadAll(adapter, folder.Settings, Contract(File(entry is null ? file : $"{file}/{entry}"), "a", "b"));
    }

    private async Task<string> Refused(string file, byte[] bytes, string? entry = null, FileSourceOptions? limits = null) =>
        (await Refusal(() => Read(file, bytes, entry, limits))).Code;

    [Fact]
    public async Task Reads_a_gzip_file_and_one_of_several_parts()
    {
        string[][] expected = [["1", "Trà Vinh"], ["2", "🏠"]];

        Assert.Equal(expected, (await Read("t.csv.gz", Gzip(Text))).Rows);
        Assert.Equal(expected, (await Read("t.CSV.GZ", [.. Gzip("a,b\n1,Trà"), .. Gzip(" Vinh\n2,🏠\n")])).Rows);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("năm/xã.csv")]
    [InlineData("*/x?.csv")]
    public async Task Reads_the_one_entry_of_a_zip_or_the_one_that_is_named(string? entry)
    {
        Assert.Equal([["1", "Trà Vinh"], ["2", "🏠"]], (await Read("t.zip", Zip(("năm/xã.csv", Text)), entry)).Rows);
    }

    [Fact]
    public async Task Reads_entries_by_pattern_in_name_order_with_their_place()
    {
        var zip = Zip(("b.csv", "a,b\n3,x\n"), ("đọc.txt", "?"), ("a.csv", "a,b\n1,x\n2\n"));

        var (rows, broken, positions) = await Read("t.zip", zip, "*.csv");

        Assert.Equal([["1", "x"], ["3", "x"]], rows);
        Assert.Equal([2L, 10_000_000_002L], positions);
        Assert.Contains("t.zip/a.csv", Assert.Single(broken).Message.Vi, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(30)]
    public async Task Refuses_a_gzip_file_that_was_cut_off(int cut)
    {
        var whole = Gzip(Text);

        Assert.Equal("source_archive_damaged", await Refused("t.csv.gz", whole[..^cut]));
    }

    [Fact]
    public async Task Refuses_a_gzip_file_that_was_altered_or_is_none()
    {
        var altered = Gzip(Text);
        altered[^6] ^= 1;

        Assert.Equal("source_archive_damaged", await Refused("t.csv.gz", altered));
        Assert.Equal("source_archive_damaged", await Refused("t.csv.gz", Encoding.UTF8.GetBytes(Text)));
        Assert.Equal("source_header_missing", await Refused("t.csv.gz", []));
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.99)]
    public async Task Refuses_a_zip_that_was_cut_off(double share)
    {
        var whole = Zip(("a.csv", Text), ("b.csv", Text));

        Assert.Equal("source_archive_damaged", await Refused("t.zip", whole[..(int)(whole.Length * share)], "a.csv"));
    }

    [Fact]
    public async Task Refuses_a_zip_whose_content_was_altered_or_that_is_none()
    {
        var altered = Zip(CompressionLevel.NoCompression, ("a.csv", Encoding.UTF8.GetBytes(Text)));
        altered[altered.AsSpan().IndexOf("Vinh"u8)] ^= 1;

        Assert.Equal("source_archive_damaged", await Refused("t.zip", altered));
        Assert.Equal("source_archive_damaged", await Refused("t.zip", Encoding.UTF8.GetBytes(Text)));
        Assert.Equal("source_archive_damaged", await Refused("t.zip", []));
    }

    [Fact]
    public async Task Refuses_a_zip_whose_entry_claims_another_size()
    {
        var zip = Zip(CompressionLevel.Fastest, ("a.csv", Encoding.UTF8.GetBytes(Text)));
        // Uncompressed size in the directory.
        zip[zip.AsSpan().IndexOf("PK\u0001\u0002"u8) + 24] -= 3;

        Assert.Equal("source_archive_damaged", await Refused("t.zip", zip));
    }

    [Fact]
    public async Task Refuses_an_encrypted_entry_but_not_one_that_nobody_reads()
    {
        var zip = Encrypted(Zip(("a.csv", Text), ("b.csv", Text)));

        Assert.Equal("source_archive_encrypted", await Refused("t.zip", zip, "a.csv"));
        Assert.Equal(2, (await Read("t.zip", zip, "b.csv")).Rows.Count);
    }

    [Theory]
    [InlineData("../a.csv")]
    [InlineData("/etc/a.csv")]
    [InlineData("x/../../a.csv")]
    [InlineData("..\\a.csv")]
    public async Task Refuses_an_archive_with_a_name_that_leads_out(string name)
    {
        Assert.Equal("source_archive_entry_unsafe", await Refused("t.zip", Zip((name, Text), ("b.csv", Text)), "b.csv"));
    }

    [Fact]
    public async Task Refuses_an_entry_that_is_there_twice()
    {
        Assert.Equal("source_archive_entry_unsafe", await Refused("t.zip", Zip(("a.csv", Text), ("a.csv", Text)), "a.csv"));
    }

    [Fact]
    public async Task Says_which_entries_there_are_instead_of_choosing_one()
    {
        var error = await Refusal(() => Read("t.zip", Zip(("a.csv", Text), ("b.csv", Text))));

        Assert.Equal("source_archive_entry_ambiguous", error.Code);
        Assert.Contains("a.csv, b.csv", error.Detail("vi"), StringComparison.Ordinal);
        Assert.Equal("source_archive_entry_missing", await Refused("t.zip", Zip(("a.csv", Text)), "c.csv"));
        Assert.Equal("source_archive_entry_missing", await Refused("t.zip", Zip()));
    }

    [Theory]
    [InlineData("t.csv.gz")]
    [InlineData("t.zip")]
    public async Task Stops_an_archive_that_explodes_before_it_is_made(string file)
    {
        var bomb = Encoding.UTF8.GetBytes("a,b\n" + string.Concat(Enumerable.Repeat("1,000000000000000000000000000000\n", 1_000_000)));
        var packed = file.EndsWith("gz", StringComparison.Ordinal) ? Gzip(bomb) : Zip(CompressionLevel.SmallestSize, ("a.csv", bomb));

        var ratio = await Refused(file, packed, limits: new FileSourceOptions { MaxUnpackedRatio = 20 });
        var size = await Refused(file, packed, limits: new FileSourceOptions { MaxUnpackedBytes = 1 << 20, MaxUnpackedRatio = 100_000 });

        Assert.Equal(["source_archive_explodes", "source_archive_explodes"], [ratio, size]);
    }

    [Fact]
    public async Task Refuses_a_directory_of_more_names_than_memory_should_hold()
    {
        var zip = Zip([.. Enumerable.Range(0, 40_000).Select(i => ($"{i:D60}.csv", ""))]);

        Assert.Equal("source_archive_explodes", await Refused("t.zip", zip, "1.csv"));
    }

    [Fact]
    public async Task Lists_what_a_packed_file_holds()
    {
        folder.Put("a.csv.gz", Gzip(Text));
        folder.Put("b.zip", Zip(("x.csv", Text)));
        folder.Put("c.zip", Zip(("x.csv", Text), ("y.csv", Text)));

        var tables = await folder.Adapter.ListTablesAsync(folder.Settings, default);

        Assert.Equal(["a.csv.gz", "b.zip", "c.zip"], tables.Select(t => t.Name));
        Assert.Equal(["a", "b"], tables[0].Columns.Select(c => c.Name));
        Assert.Equal(["a", "b"], tables[1].Columns.Select(c => c.Name));
        Assert.StartsWith("source_archive_entry_ambiguous", tables[2].Comment, StringComparison.Ordinal);
    }
}
