using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DataHub.Gateway.Tests.BadInput;

namespace DataHub.Gateway.Tests.Formats;

/// <summary>Pages in three formats: which one, how it ends, what its headers say, also where it is too large to wait.</summary>
public sealed partial class PageFormatTests(PageFormatTests.Data hub) : IClassFixture<PageFormatTests.Data>
{
    private const string Records = HubCalls.Api + "datasets/pages/versions/1/records";

    /// <summary>250 small records, and 60 of 100 kB.</summary>
    public sealed class Data : IAsyncLifetime
    {
        internal FormatHub Hub { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await Hub.InitializeAsync();
            await Hub.PublishAsync("pages", "CREATE TABLE pages (id int PRIMARY KEY, t text); INSERT INTO pages SELECT i, 'Xã ' || i FROM generate_series(1, 250) i",
                "id int32 key", "t text");
            await Hub.PublishAsync("large", "CREATE TABLE large (id int PRIMARY KEY, t text); INSERT INTO large SELECT i, repeat('x', 100000) || i FROM generate_series(1, 130) i",
                "id int32 key", "t text");
        }

        public ValueTask DisposeAsync() => Hub.DisposeAsync();
    }

    [Theory]
    [InlineData("", null, "application/json")]
    [InlineData("", "*/*", "application/json")]
    [InlineData("", "text/csv", "text/csv")]
    [InlineData("", "text/*", "text/csv")]
    [InlineData("", "application/x-ndjson", "application/x-ndjson")]
    [InlineData("", "text/csv;q=0.5, application/x-ndjson;q=0.9, */*;q=0.1", "application/x-ndjson")]
    [InlineData("", "application/json;q=0, */*", "application/x-ndjson")]
    [InlineData("", "image/png, text/csv;q=0.1", "text/csv")]
    [InlineData("?format=csv", "application/json", "text/csv")]
    [InlineData("?format=json", "image/png", "application/json")]
    [InlineData("?format=ndjson", null, "application/x-ndjson")]
    public async Task The_format_parameter_beats_accept_and_the_best_quality_wins(string query, string? accept, string type)
    {
        using var answer = await hub.Hub.SendAsync(HttpMethod.Get, Records + query, accept);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("none", string.Join(',', answer.Headers.AcceptRanges));
    }

    [Fact]
    public async Task What_cannot_be_written_is_refused_with_what_can()
    {
        var refusal = await Refusal.OfAsync(hub.Hub.Reader, () =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, Records);
            request.Headers.TryAddWithoutValidation("Accept", "image/png");
            return request;
        }, HttpStatusCode.NotAcceptable, "not_acceptable");
        Assert.Equal(["Accept format_not_offered"], refusal.Errors);
        Assert.Contains("application/x-ndjson", refusal.En.GetRawText(), StringComparison.Ordinal);

        const string Path = "datasets/pages/versions/1/records";
        foreach (var (query, places) in new (string, string[])[]
        {
            ("format=cvs", ["format format_unknown"]), ("format=CSV", ["format format_unknown"]), ("format=", ["format format_unknown"]),
            ("format=csv&format=json", ["format format_unknown"]), ("format=csv&bom=yes", ["bom flag_invalid"]), ("bom=true", ["bom bom_needs_csv"]),
            ("format=xlsx&bom=1", ["format format_unknown", "bom flag_invalid"]),
        })
        {
            refusal = await Refusal.OfGetAsync(hub.Hub.Reader, $"{Path}?{query}", HttpStatusCode.BadRequest, "request_invalid");
            Assert.Equal(places, refusal.Errors);
        }

        refusal = await Refusal.OfGetAsync(hub.Hub.Reader, Path + "?format=cvs", HttpStatusCode.BadRequest, "request_invalid");
        Assert.Contains("did you mean \"csv\"?", refusal.En.GetRawText().Replace("\\u0022", "\"", StringComparison.Ordinal).Replace("\\\"", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(["json", "ndjson", "csv"], refusal.En.GetProperty("errors")[0].GetProperty("allowed").EnumerateArray().Select(a => a.GetString()));
    }

    [Fact]
    public async Task Lines_end_with_their_number_their_digest_and_the_next_page()
    {
        var seen = new List<string>();
        for (var next = Records + "?format=ndjson&limit=100"; next is not null;)
        {
            using var answer = await hub.Hub.SendAsync(HttpMethod.Get, next);
            var body = await answer.Content.ReadAsByteArrayAsync();
            var lines = FormatHub.OfLines(body);
            var end = JsonDocument.Parse(lines[^1]).RootElement;
            Assert.Equal(["_end"], end.EnumerateObject().Select(p => p.Name));
            end = end.GetProperty("_end");
            Assert.Equal((lines.Length - 1, 1), (end.GetProperty("records").GetInt32(), end.GetProperty("seq").GetInt32()));
            var before = body.AsSpan(0, body.Length - Encoding.UTF8.GetByteCount(lines[^1]) - 1);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(before)), end.GetProperty("sha256").GetString());
            Assert.Equal(end.GetProperty("next").GetString(), Next(answer));
            seen.AddRange(lines[..^1]);
            next = end.GetProperty("next").GetString();
        }

        Assert.Equal(await hub.Hub.Reader.WalkAsync("pages", "1"), seen);
    }

    [Fact]
    public async Task Comma_separated_pages_are_walked_by_their_link_header()
    {
        var seen = new List<string>();
        for (var next = Records + "?format=csv&limit=100"; next is not null;)
        {
            using var answer = await hub.Hub.SendAsync(HttpMethod.Get, next);
            Assert.Equal("text/csv; charset=utf-8; header=present", answer.Content.Headers.ContentType?.ToString());
            var lines = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync()).Split("\r\n");
            Assert.Equal(("id,t", ""), (lines[0], lines[^1]));
            seen.AddRange(lines[1..^1]);
            next = Next(answer);
        }

        Assert.Equal(Enumerable.Range(1, 250).Select(i => $"{i},Xã {i}"), seen);
    }

    [Fact]
    public async Task A_byte_order_mark_comes_only_where_it_is_asked_for()
    {
        foreach (var path in new[] { "records?format=csv", "files/csv?" })
        {
            var plain = await hub.Hub.BytesAsync(FormatHub.Version("pages", $"1/{path}"));
            var marked = await hub.Hub.BytesAsync(FormatHub.Version("pages", $"1/{path}&bom=true"));
            Assert.Equal([0xEF, 0xBB, 0xBF, .. plain], marked);
            Assert.Equal(plain, await hub.Hub.BytesAsync(FormatHub.Version("pages", $"1/{path}&bom=false")));
        }
    }

    [Theory]
    [InlineData("json")]
    [InlineData("ndjson")]
    [InlineData("csv")]
    public async Task A_page_too_large_to_wait_names_the_next_one_all_the_same(string format)
    {
        var keys = new List<int>();
        var pages = 0;
        for (var next = FormatHub.Version("large", $"latest/records?format={format}&limit=60"); next is not null; pages++)
        {
            using var answer = await hub.Hub.SendAsync(HttpMethod.Get, next);
            next = Next(answer);
            var body = await answer.Content.ReadAsByteArrayAsync();
            Assert.True(next is null || body.Length > 6_000_000);
            keys.AddRange(format == "csv"
                ? FormatHub.OfCsv(body).Records.Select(r => int.Parse(r[0]!, System.Globalization.CultureInfo.InvariantCulture))
                : (format == "json" ? FormatHub.OfJson(body) : FormatHub.OfLines(body)[..^1]).Select(r => JsonDocument.Parse(r).RootElement.GetProperty("id").GetInt32()));
            if (format == "ndjson")
            {
                var last = FormatHub.OfLines(body)[^1];
                Assert.Equal(next, JsonDocument.Parse(last).RootElement.GetProperty("_end").GetProperty("next").GetString());
                Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(body.AsSpan(0, body.Length - last.Length - 1))), last, StringComparison.Ordinal);
            }
        }

        Assert.Equal((3, true), (pages, Enumerable.Range(1, 130).SequenceEqual(keys)));
    }

    [Theory]
    [InlineData("records")]
    [InlineData("records?format=csv")]
    [InlineData("records?format=ndjson")]
    [InlineData("files/csv")]
    [InlineData("files/ndjson")]
    public async Task Headers_alone_and_unchanged_answers_touch_no_record(string path)
    {
        using var whole = await hub.Hub.SendAsync(HttpMethod.Get, FormatHub.Version("pages", "latest/" + path));
        using var head = await hub.Hub.SendAsync(HttpMethod.Head, FormatHub.Version("pages", "latest/" + path));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        Assert.Equal(whole.Content.Headers.ContentType, head.Content.Headers.ContentType);
        foreach (var name in new[] { "ETag", "Dataset-Seq", "Dataset-Version", "Contract-Version", "Data-As-Of", "Cache-Control", "Vary", "Accept-Ranges" })
        {
            Assert.Equal(whole.Headers.GetValues(name), head.Headers.GetValues(name));
        }

        // Nobody can read a record meanwhile.
        var table = await hub.Hub.Sectors.Server.Database.ScalarAsync<string>(
            "SELECT p.current_table FROM hub.store_pairs p JOIN hub.datasets d ON d.id = p.dataset_id WHERE d.name = 'pages'");
        await hub.Hub.Sectors.Server.Database.ExecuteAsync($"ALTER TABLE {table} RENAME TO away");
        try
        {
            using var again = await hub.Hub.SendAsync(HttpMethod.Get, FormatHub.Version("pages", "latest/" + path), ifNoneMatch: whole.Headers.ETag!.Tag);
            using var headers = await hub.Hub.SendAsync(HttpMethod.Head, FormatHub.Version("pages", "latest/" + path));
            Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.OK), (again.StatusCode, headers.StatusCode));
        }
        finally
        {
            await hub.Hub.Sectors.Server.Database.ExecuteAsync($"ALTER TABLE store.away RENAME TO {table!.Split('.')[1]}");
        }
    }

    [Fact]
    public async Task Every_form_of_an_answer_has_a_tag_of_its_own()
    {
        var tags = new List<string>();
        foreach (var (path, accept) in new (string, string?)[]
        {
            ("records", null), ("records?format=ndjson", null), ("records?format=csv", null), ("records?format=csv&bom=true", null), ("records?limit=5", null),
            ("records", "application/json;IEEE754Compatible=true"), ("files/csv", null), ("files/csv?bom=true", null), ("files/ndjson", null),
            ("files/ndjson", "application/x-ndjson;IEEE754Compatible=true"),
        })
        {
            using var answer = await hub.Hub.SendAsync(HttpMethod.Head, FormatHub.Version("pages", "1/" + path), accept);
            tags.Add(answer.Headers.ETag!.Tag);
        }

        Assert.Equal(tags.Count, tags.Distinct().Count());
    }

    private static string? Next(HttpResponseMessage answer) =>
        answer.Headers.GetValues("Link").Select(l => NextLink().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value).SingleOrDefault();

    [GeneratedRegex("^<([^>]+)>; rel=\"next\"$")]
    private static partial Regex NextLink();
}
