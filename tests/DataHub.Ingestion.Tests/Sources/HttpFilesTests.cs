using System.IO.Compression;
using System.Text;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.Csv;
using DataHub.Ingestion.Sources.Files;
using DataHub.Ingestion.Sources.Parquet;
using DataHub.Ingestion.Tests.Sources.Rest;
using Microsoft.AspNetCore.Http;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Files of a real web server: whole, of one version, taken once, and nothing in their place.</summary>
public sealed class HttpFilesTests : IAsyncLifetime
{
    private static readonly DateTimeOffset LongAgo = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private HttpFiles web = null!;

    public async ValueTask InitializeAsync()
    {
        web = await HttpFiles.StartAsync();
        web.Put("hồ sơ.csv", "a\n1\n", "\"v1\"");
    }

    public ValueTask DisposeAsync() => web.DisposeAsync();

    private static FileStores Stores(FileSourceOptions? limits = null, SourceNetworkPolicy? network = null) =>
        new(limits ?? new FileSourceOptions(), network ?? new SourceNetworkPolicy());

    private static CsvSourceAdapter Csv(FileSourceOptions? limits = null, SourceNetworkPolicy? network = null) =>
        new(Stores(limits, network), TimeProvider.System);

    private async Task<List<string>> Read(string file, params (string, string)[] settings) =>
        [.. (await ReadAll(Csv(), web.With(settings), Contract(SourceKit.File(file), "a"))).Rows.Select(r => r[0])];

    private async Task<string> Refused(string file = "hồ sơ.csv", FileSourceOptions? limits = null, SourceNetworkPolicy? network = null) =>
        (await Refusal(() => ReadAll(Csv(limits, network), web.With(("retries", "0")), Contract(SourceKit.File(file), "a")))).Code;

    /// <summary>What an incremental pull brings, and where it stands then.</summary>
    private async Task<(List<string> Rows, SourcePosition Position)> Pull(SourcePosition? last)
    {
        var contract = Contract(SourceKit.File("*.csv"), "a");
        await using var reader = await Csv().OpenAsync(web.With(), new PullRequest(contract) { Last = last }, default);
        var (rows, batch) = (new List<string>(), new RecordBatch(reader.Fields));
        while (await reader.ReadAsync(batch, default))
        {
            rows.AddRange(Enumerable.Range(0, batch.Count).Select(r => Show(batch.Columns[0], r)));
        }

        return (rows, reader.Position!);
    }

    [Fact]
    public async Task Reads_files_by_name_pattern_and_out_of_archives_and_signs_in()
    {
        web.Put("năm/1.csv", "a\n2\n");
        web.Put("năm/2.csv", "a\n3\n");
        web.Files["gói.zip"] = new HttpFile(Packing.Zip(CompressionLevel.Fastest, ("x.csv", Encoding.UTF8.GetBytes("a\n4\n"))));
        web.Files["t.csv.gz"] = new HttpFile(Packing.Gzip("a\n5\n"));

        Assert.Equal(["1"], await Read("hồ sơ.csv", ("auth", "basic")));
        Assert.Equal(["2", "3"], await Read("năm/*.csv"));
        Assert.Equal(["4"], await Read("gói.zip/x.csv"));
        Assert.Equal(["5"], await Read("t.csv.gz"));
        Assert.Equal("Basic " + Convert.ToBase64String("nguoi:s3cret"u8), web.Seen[0].Headers.Authorization.ToString());
        Assert.Equal("source_file_missing", await Refused("khác.csv"));
    }

    [Fact]
    public async Task Reads_a_parquet_file_and_lists_it_and_what_is_declared_beside_it()
    {
        web.Files["t.parquet"] = new HttpFile(ParquetBook.Of(ParquetBook.Text("a", "x", null)));
        var adapter = new ParquetSourceAdapter(Stores(), TimeProvider.System);

        var (rows, _, _) = await ReadAll(adapter, web.With(), Contract(SourceKit.File("t.parquet"), "a"));
        var tables = await adapter.ListTablesAsync(web.With(("files", "t.parquet,tai-ve/7")), default);

        Assert.Equal([["x"], ["∅"]], rows);
        Assert.Equal(["t.parquet", "tai-ve/7"], tables.Select(t => t.Name));
        Assert.Equal("a string", $"{tables[0].Columns[0].Name} {tables[0].Columns[0].NativeType}");
        Assert.StartsWith("source_file_missing", tables[1].Comment, StringComparison.Ordinal);
        Assert.NotEmpty((await adapter.TestAsync(web.With(), default)).Product);
    }

    [Theory]
    [InlineData(401, "source_credentials_rejected")]
    [InlineData(403, "source_permission_denied")]
    [InlineData(404, "source_file_missing")]
    [InlineData(204, "source_failed")]
    [InlineData(304, "source_failed")]
    [InlineData(400, "source_failed")]
    [InlineData(500, "source_busy")]
    public async Task Says_what_a_status_means(int status, string code)
    {
        web.Instead = (c, _) => Task.FromResult(c.Response.StatusCode = status);

        Assert.Equal(code, await Refused());
    }

    [Fact]
    public async Task Refuses_a_page_for_signing_in_in_place_of_the_file()
    {
        web.Instead = (c, _) => RestServer.Bytes(c, "\n<!DOCTYPE html><title>Đăng nhập</title>"u8.ToArray(), "text/html; charset=utf-8");
        Assert.Equal("source_file_is_web_page", await Refused());

        web.Instead = (c, _) => RestServer.Bytes(c, "a\n1\n"u8.ToArray(), "text/html");
        Assert.Equal(["1"], await Read("hồ sơ.csv"));
    }

    [Fact]
    public async Task Goes_on_where_a_download_broke_off_while_the_file_is_the_same()
    {
        web.Put("lớn.csv", "a\n" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i}\n")), "\"v7\"");
        await using var proxy = new CuttingProxy(web.Port, 2, 200_000);

        var rows = await Read("lớn.csv", ("baseUrl", $"http://127.0.0.1:{proxy.Port}/tai"));

        Assert.Equal(Enumerable.Range(0, 100_000).Select(i => $"{i}"), rows);
        Assert.Equal(["", "\"v7\"", "\"v7\""], web.Seen.Select(r => r.Headers.IfRange.ToString()));
        Assert.All(web.Seen.Skip(1), r => Assert.StartsWith("bytes=", r.Headers.Range.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"cũ\"", false)]
    [InlineData("\"cũ\"", true)]
    [InlineData("W/\"yếu\"", false)]
    [InlineData(null, false)]
    public async Task Never_joins_two_versions_of_a_file(string? tag, bool serverIgnoresTheCondition)
    {
        tag = tag?.Replace("cũ", "v1", StringComparison.Ordinal).Replace("yếu", "w", StringComparison.Ordinal);
        string Text(char c) => "a\n" + string.Concat(Enumerable.Repeat(c + "\n", 200_000));
        web.Put("x.csv", Text('1'), tag);
        web.Instead = (c, _) =>
        {
            web.Put("x.csv", Text('2'), tag?.Replace("v1", "v2", StringComparison.Ordinal));
            c.Request.Headers.IfRange = serverIgnoresTheCondition ? default : c.Request.Headers.IfRange;
            return null;
        };
        await using var proxy = new CuttingProxy(web.Port, 1, 200_000);

        var rows = await Read("x.csv", ("baseUrl", $"http://127.0.0.1:{proxy.Port}/tai"));

        Assert.Equal(200_000, rows.Count);
        Assert.All(rows, r => Assert.Equal("2", r));
    }

    [Fact]
    public async Task Refuses_what_is_too_large_encoded_or_without_an_end()
    {
        Assert.Equal("source_file_too_large", await Refused(limits: new FileSourceOptions { MaxFetchedBytes = 3 }));
        web.Instead = (c, _) =>
        {
            c.Response.Headers.ContentEncoding = "gzip";
            return RestServer.Bytes(c, Packing.Gzip("a\n1\n"), "text/csv");
        };
        Assert.Equal("source_protocol_unexpected", await Refused());
        web.Instead = (c, file) => HttpFiles.BreakAsync(c, file!, 2);
        Assert.Equal("source_connection_lost", await Refused());
    }

    [Fact]
    public async Task Takes_a_file_once_by_its_tag_and_else_by_its_content()
    {
        web.Put("yếu.csv", "a\nyếu\n", "W/\"w\"");
        web.Put("giờ.csv", "a\ngiờ\n", null, LongAgo);
        var first = await Pull(null);
        var before = web.Seen.Count;

        var second = await Pull(first.Position);
        var asked = web.Seen.Skip(before).Select(r => r.Path["/tai/".Length..]);
        web.Put("hồ sơ.csv", "a\n1\n", "\"v2\"");
        var third = await Pull(second.Position);
        web.Put("hồ sơ.csv", "a\n9\n", "\"v3\"");
        web.Put("giờ.csv", "a\nmới\n", null, LongAgo.AddHours(1));
        var fourth = await Pull(third.Position);

        Assert.Equal(["giờ", "1", "yếu"], first.Rows);
        Assert.Empty(second.Rows);
        // A strong tag, and a time with a size, are enough; a weak tag is not.
        Assert.Equal(["giờ.csv", "hồ sơ.csv", "yếu.csv", "yếu.csv"], asked);
        Assert.Empty(third.Rows);
        Assert.Equal(["mới", "9"], fourth.Rows);
    }

    [Fact]
    public async Task Goes_only_where_the_policy_and_the_settings_allow()
    {
        Assert.Equal("source_address_denied", await Refused(network: new SourceNetworkPolicy { AllowLocal = false }));
        web.Instead = (c, _) =>
        {
            c.Response.Redirect("https://vi-du.invalid/x.csv");
            return Task.CompletedTask;
        };
        Assert.Equal("source_redirect_denied", await Refused());
    }

    [Fact]
    public void Settings_are_refused_with_all_their_problems()
    {
        var errors = Csv().Check(new SourceSettings("web", "csv", new Dictionary<string, string>
        {
            ["transport"] = "http", ["baseUrl"] = "http://vi-du.vn/tai", ["files"] = "../x.csv,y.csv,y.csv", ["folder"] = ".",
        }, null, null));

        Assert.Equal(["/settings/baseUrl", "/settings/files", "/settings/files", "/settings/folder"], errors.Select(e => e.Pointer).Order(StringComparer.Ordinal));
    }
}

/// <summary>The part of the suite for files behind HTTP.</summary>
public sealed class HttpFilesConformanceTests : SourceConformance, IAsyncLifetime
{
    private HttpFiles web = null!;

    internal override ISourceAdapter Adapter { get; } = new CsvSourceAdapter(
        new FileStores(new FileSourceOptions(), new SourceNetworkPolicy()), TimeProvider.System);

    public override SourceSettings Source => web.With();

    public override DatasetTerms Terms => SourceKit.File("năm/xã.csv");

    public override DatasetTerms MissingTerms => SourceKit.File("năm/khác.csv");

    public async ValueTask InitializeAsync()
    {
        web = await HttpFiles.StartAsync();
        web.Put("năm/xã.csv", "mã,tên\n1,Trà Vinh\n2,\n3,🏠\n");
    }

    public ValueTask DisposeAsync() => web.DisposeAsync();
}
