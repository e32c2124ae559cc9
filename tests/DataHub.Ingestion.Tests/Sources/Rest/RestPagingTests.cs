using Xunit;
using static DataHub.Ingestion.Tests.Sources.Rest.RestServer;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources.Rest;

/// <summary>Every way of paging reads every record once, and none reads for ever.</summary>
public sealed class RestPagingTests : IAsyncLifetime
{
    private RestServer server = null!;

    public async ValueTask InitializeAsync() => server = await RestServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task<string> ReadAsync(params string[] settings)
    {
        var (rows, broken, positions) = await ReadAll(server.Adapter, server.With(settings), Contract(Table("xã/danh sách"), "t"));
        Assert.Empty(broken);
        Assert.Equal(Enumerable.Range(1, rows.Count).Select(i => (long)i), positions);
        return string.Join(" ", rows.Select(r => r[0]));
    }

    private async Task<string> CodeAsync(params string[] settings) => (await Refusal(() => ReadAsync(settings))).Code;

    private static string Expected(int rows) => string.Join(" ", Enumerable.Range(1, rows).Select(n => "t" + n));

    [Fact]
    public async Task Follows_offsets_by_what_came_though_the_server_gives_fewer_than_asked()
    {
        server.Answer = c => Json(c, Page(c, rows: 11, cap: 4));

        Assert.Equal(Expected(11), await ReadAsync("paging=offset", "pageSize=10", "query=loai=xã&a=b c"));
        Assert.Equal(["0", "4", "8", "11"], server.Seen.Select(s => s["offset"]));
        Assert.All(server.Seen, s => Assert.Equal(("/api/xã/danh sách", "10", "xã", "b c"), (s.Path, s["limit"], s["loai"], s["a"])));
    }

    [Fact]
    public async Task Follows_page_numbers_until_an_empty_page()
    {
        server.Answer = c => Json(c, Rows(((Parameter(c, "p", 1) - 1) * 4) + 1, Math.Min(10, Parameter(c, "p", 1) * 4)));

        Assert.Equal(Expected(10), await ReadAsync("paging=page", "pageParameter=p", "pageSizeParameter=size", "pageSize=4"));
        Assert.Equal(["1", "2", "3", "4"], server.Seen.Select(s => s["p"]));
    }

    [Fact]
    public async Task Stops_without_another_request_when_the_announced_total_has_come()
    {
        server.Answer = c => Json(c, "{\"tổng\":8,\"data\":{\"items\":" + Page(c, 8) + "}}");

        Assert.Equal(Expected(8), await ReadAsync("paging=offset", "pageSize=4", "records=/data/items", "totalPath=/tổng"));
        Assert.Equal(["0", "4"], server.Seen.Select(s => s["offset"]));
    }

    [Theory]
    [InlineData("{\"next\":#,\"items\":@}")]
    [InlineData("{\"items\":@,\"next\":#}")]
    public async Task Follows_a_cursor_wherever_it_stands(string form)
    {
        server.Answer = c =>
        {
            var at = Parameter(c, "token", 0);
            return Json(c, form.Replace("@", Rows(at + 1, at + 3), StringComparison.Ordinal).Replace("#", at == 6 ? "null" : $"{at + 3}", StringComparison.Ordinal));
        };

        Assert.Equal(Expected(9), await ReadAsync("paging=cursor", "cursorPath=/next", "cursorParameter=token", "records=/items"));
    }

    [Fact]
    public async Task Follows_link_headers_relative_and_absolute()
    {
        server.Answer = c =>
        {
            var at = Parameter(c, "after", 0);
            c.Response.Headers.Link = at switch
            {
                0 => """<../x?a=1>; rel="prev", </api/khac?after=2>; title="a,b"; rel="next last" """,
                2 => $"<{server.Address}api/khac?after=4>; rel=next",
                _ => """</api?after=0>; rel="first" """,
            };
            return Json(c, Rows(at + 1, at + 2));
        };

        Assert.Equal(Expected(6), await ReadAsync("paging=link"));
    }

    [Fact]
    public async Task Follows_an_address_in_the_body()
    {
        server.Answer = c =>
        {
            var at = Parameter(c, "after", 0);
            var next = at == 4 ? "" : $"?after={at + 2}";
            return Json(c, $$"""{"@odata.nextLink":"{{next}}","value":{{Rows(at + 1, at + 2)}}}""");
        };

        Assert.Equal(Expected(6), await ReadAsync("paging=next", "nextPath=/@odata.nextLink", "records=/value"));
    }

    [Fact]
    public async Task Reads_lines_of_json_and_a_single_answer()
    {
        server.Answer = c => Json(c, "\uFEFF" + "{\"t\":\"t1\"}\n\n{\"t\":\"t2\"}\r\n{\"t\":\"t3\"}");
        Assert.Equal(Expected(3), await ReadAsync("format=ndjson"));

        server.Answer = c => Json(c, "\uFEFF" + Rows(1, 3));
        Assert.Equal(Expected(3), await ReadAsync());

        foreach (var (body, settings) in new[] { ("", "format=ndjson"), (" \n", "format=ndjson"), ("[]", "format=json"), ("{\"a\":null}", "records=/a") })
        {
            server.Answer = c => Json(c, body);
            Assert.Equal("", await ReadAsync(settings));
        }

        server.Answer = c => Task.FromResult(c.Response.StatusCode = 204);
        Assert.Equal("", await ReadAsync("records=/x"));
    }

    [Fact]
    public async Task Never_reads_for_ever()
    {
        // A parameter that the server does not know gives the first page again.
        server.Answer = c => Json(c, Rows(1, 3));
        Assert.Equal("source_paging_loop", await CodeAsync("paging=offset", "pageSize=3"));
        Assert.Equal("source_paging_loop", await CodeAsync("paging=page"));

        server.Answer = c => Json(c, $$"""{"next":"{{(c.Request.Query["cursor"] == "a" ? "b" : "a")}}","items":[{"t":"x"}]}""");
        Assert.Equal("source_paging_loop", await CodeAsync("paging=cursor", "cursorPath=/next", "records=/items"));

        server.Answer = c => Json(c, """{"next":"?a=1","items":[{"t":"x"}]}""");
        Assert.Equal("source_paging_loop", await CodeAsync("paging=next", "nextPath=/next", "records=/items"));

        server.Answer = c => Json(c, Rows(Parameter(c, "offset", 0) + 1, Parameter(c, "offset", 0) + 1));
        Assert.Equal("source_page_limit", await CodeAsync("paging=offset", "maxPages=5"));
    }

    [Theory]
    [InlineData(10, 10, 9)]
    [InlineData(10, 11, 10)]
    [InlineData(12, 12, 10)]
    public async Task Publishes_nothing_of_pages_that_moved(int first, int last, int rows)
    {
        server.Answer = c =>
        {
            var from = Parameter(c, "offset", 0);
            return Json(c, $$"""{"n":{{(from == 0 ? first : last)}},"items":{{Rows(from + 1, Math.Min(from + 5, rows))}}}""");
        };

        Assert.Equal("source_pages_moved", await CodeAsync("paging=offset", "pageSize=5", "records=/items", "totalPath=/n"));
    }

    [Fact]
    public async Task Sees_that_one_answer_has_only_a_part_of_what_it_announces()
    {
        server.Answer = c =>
        {
            c.Response.Headers["X-Total-Count"] = "3321";
            return Json(c, Rows(1, 100));
        };

        Assert.Equal("source_pages_moved", await CodeAsync("totalHeader=X-Total-Count"));
    }

    [Fact]
    public async Task Names_the_place_where_the_records_were_expected()
    {
        server.Answer = c => Json(c, """{"data":{"rows":[]}}""");
        Assert.Equal("source_records_missing", await CodeAsync("records=/data/items"));
        Assert.Equal("source_records_missing", await CodeAsync());
        server.Answer = c => Json(c, """{"data":[],"x":1,"data":[{"t":"x"}]}""");
        Assert.Equal("source_response_invalid", await CodeAsync("records=/data"));
    }

    [Fact]
    public void Refuses_wrong_settings_all_at_once()
    {
        var wrong = server.With(
            "baseUrl=https://u:p@h/x?y", "records=a.b", "paging=cursor", "pageSize=0", "auth=oauth2", "resources=../x", "headers=1", "caCertificate=x");

        var problems = server.Adapter.Check(wrong).Select(e => e.Pointer).Order().ToArray();

        Assert.Equal(
            ["/settings/baseUrl", "/settings/caCertificate", "/settings/cursorPath", "/settings/headers", "/settings/pageSize",
                "/settings/records", "/settings/resources", "/settings/tokenUrl"], problems);
        Assert.Equal("/settings/baseUrl", Assert.Single(server.Adapter.Check(server.With("baseUrl=http://api.gov.vn/"))).Pointer);
        Assert.Empty(server.Adapter.Check(server.With("baseUrl=http://api.gov.vn/", "allowHttp=true")));
    }
}
