using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.BadInput;

/// <summary>
/// What comes over the wire and could only be misread is refused before anybody reads it, with a problem document and no fault of
/// the hub; on a real port, where the server's own limits count.
/// </summary>
public sealed class UnreadableRequestTests(PortHub hub) : IClassFixture<PortHub>
{
    private const string Records = "datasets/xa-phuong/versions/latest/records";

    [Fact]
    public async Task A_filter_of_two_thousand_Vietnamese_letters_is_read_and_a_longer_one_told_what_to_do()
    {
        var most = $"ten eq '{new string('ệ', 1_990)}'";
        var page = await HubCalls.ReadAsync(await hub.Reader.GetAsync($"{HubCalls.Api}{Records}?filter={Uri.EscapeDataString(most)}"), HttpStatusCode.OK);
        Assert.Equal(0, page.GetProperty("value").GetArrayLength());
        await Refusal.OfGetAsync(hub.Reader, $"{Records}?filter={Uri.EscapeDataString(most + "       ")}", HttpStatusCode.BadRequest, "filter_too_complex");
        await Refusal.OfGetAsync(hub.Reader, $"{Records}?filter={new string('a', 33 << 10)}", HttpStatusCode.RequestUriTooLong, "address_too_long");
    }

    [Theory]
    [InlineData(Records + "?filter=ten%20eq%20%27Tr%E0%20Vinh%27", "filter")]
    [InlineData(Records + "?ten=Tr%E0+Vinh", "ten")]
    [InlineData(Records + "?limit=1&ten=%ED%A0%80", "ten")]
    [InlineData("catalog/datasets?q=Tr%E0%20Vinh&limit=1", "q")]
    public async Task A_text_that_is_not_UTF8_is_no_other_text(string path, string parameter)
    {
        // Spelt by the single-byte alphabets of old programs; replaced by U+FFFD it would find nothing, and nobody would know why.
        var refusal = await Refusal.OfGetAsync(hub.Reader, path, HttpStatusCode.BadRequest, "request_invalid");
        Assert.Equal([parameter + " text_not_utf8"], refusal.Errors);
    }

    [Theory]
    [InlineData("agencies", "application/json; charset=klingon")]
    [InlineData("agencies", "application/json; charset=\"utf-7\"")]
    [InlineData("datasets/xa-phuong/versions/1/lookup", "application/json; charset=klingon")]
    [InlineData("datasets/xa-phuong/versions/1/query", "application/json; charset=klingon")]
    [InlineData("datasets", "application/yaml; charset=klingon")]
    public async Task A_body_in_an_encoding_that_nobody_knows_is_refused(string path, string type) =>
        await Refusal.OfAsync(hub.Admin, () => Post(HubCalls.Api + path, "{}", type), HttpStatusCode.UnsupportedMediaType, "media_type_unsupported");

    [Fact]
    public async Task A_form_that_cannot_be_taken_apart_is_the_callers_fault()
    {
        foreach (var form in new[] { "client_id=%00&client_secret=%00", string.Join('&', Enumerable.Range(0, 3_000).Select(i => $"a{i}=1")) })
        {
            await Refusal.OfAsync(hub.Reader, () => Post("/connect/token", "grant_type=client_credentials&" + form, "application/x-www-form-urlencoded"),
                HttpStatusCode.BadRequest, "request_malformed");
        }

        using var basic = Post("/connect/token", "grant_type=client_credentials", "application/x-www-form-urlencoded");
        basic.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("a\0b:x"u8));
        using var answer = await hub.Reader.SendAsync(basic);
        Assert.InRange((int)answer.StatusCode, 400, 401);
    }

    [Fact]
    public async Task A_cursor_of_another_dataset_is_no_missing_version()
    {
        var page = await HubCalls.ReadAsync(await hub.Reader.GetAsync($"{HubCalls.Api}{Records}?limit=1"), HttpStatusCode.OK);
        var cursor = page.GetProperty("next").GetString()!.Split("cursor=")[1];
        await Refusal.OfGetAsync(hub.Reader, $"datasets/mot-lan/versions/latest/records?cursor={cursor}", HttpStatusCode.BadRequest, "cursor_mismatch");
    }

    [Fact]
    public async Task A_next_page_that_no_address_could_name_is_refused_and_reached_by_a_body()
    {
        const string Walk = "datasets/mot-lan/versions/latest/";
        await Refusal.OfGetAsync(hub.Reader, Walk + "records?orderby=ten&limit=1", HttpStatusCode.BadRequest, "next_page_too_long");
        await Refusal.OfPostAsync(hub.Reader, Walk + "query?format=csv", new { orderby = "ten", limit = 1 }, HttpStatusCode.BadRequest, "next_page_too_long");
        var found = new List<int>();
        for (string? cursor = null; found.Count == 0 || cursor is not null;)
        {
            var body = JsonSerializer.Serialize(new { orderby = "ten", limit = 1, cursor });
            using var answer = await hub.Reader.SendAsync(Post(HubCalls.Api + Walk + "query", body, "application/json"));
            var page = await answer.JsonAsync();
            found.AddRange(page.GetProperty("value").EnumerateArray().Select(r => r.GetProperty("id").GetInt32()));
            cursor = page.GetProperty("cursor").GetString();
        }

        Assert.Equal([3, 2, 1], found);
    }

    [Theory]
    [InlineData("datasets/xa-phuong/versions")]
    [InlineData("datasets/xa-phuong/versions/latest")]
    [InlineData("datasets/xa-phuong/contract")]
    [InlineData(Records)]
    public async Task A_picture_of_it_is_not_to_be_had(string path)
    {
        await Refusal.OfAsync(hub.Reader, () =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, HubCalls.Api + path);
            request.Headers.TryAddWithoutValidation("Accept", "image/png");
            return request;
        }, HttpStatusCode.NotAcceptable, "not_acceptable");
    }

    [Fact]
    public async Task A_document_that_there_is_not_is_a_problem_like_any_other()
    {
        using var answer = await hub.Reader.GetAsync("/openapi/v2.json");
        await answer.ProblemAsync(404, "route_not_found");
        using var there = await hub.Reader.GetAsync("/openapi/v1.json");
        Assert.Equal(HttpStatusCode.OK, there.StatusCode);
    }

    [Fact]
    public async Task Runs_are_walked_to_the_first()
    {
        var seen = new List<long>();
        for (var next = HubCalls.Api + "runs?dataset=xa-phuong&limit=1"; next is not null;)
        {
            var page = await HubCalls.ReadAsync(await hub.Admin.GetAsync(next), HttpStatusCode.OK);
            seen.AddRange(page.GetProperty("value").EnumerateArray().Select(r => r.GetProperty("id").GetInt64()));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(3, seen.Count);
        Assert.Equal(seen.OrderDescending(), seen);
    }

    private static HttpRequestMessage Post(string path, string body, string type)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        return request;
    }
}

/// <summary>A hub on a port with two open datasets: one of two versions after three runs, one with long texts.</summary>
public sealed class PortHub : IAsyncLifetime
{
    private TestDatabase sector = null!;

    public HubServer Server { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    public HttpClient Reader { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await HubServer.StartAsync(new HubServerOptions { OnPort = true });
        sector = await TestDatabase.CreateEmptyAsync();
        (Admin, Reader) = (await Server.AdminClientAsync(), Server.CreateClient());
        await Admin.AddPostgresAsync("sector", sector.Name);
        await Server.AddAgencyAsync("000.00.12.H61");
        await sector.ExecuteAsync("""
            CREATE TABLE xa_phuong (id int PRIMARY KEY, ten text); INSERT INTO xa_phuong VALUES (1, 'Trà Vinh'), (2, 'Bến Tre'), (3, 'Cần Thơ');
            CREATE TABLE mot_lan (id int PRIMARY KEY, ten text); INSERT INTO mot_lan SELECT i, repeat('x', 50000) || (9 - i) FROM generate_series(1, 3) i
            """);
        foreach (var dataset in new[] { "xa-phuong", "mot-lan" })
        {
            await Admin.AddDatasetAsync(TestContracts.Yaml(dataset, "sector", "table=public." + dataset.Replace('-', '_'), "open", "id int32 key", "ten text"));
            Assert.Equal("published", (await Admin.PullAsync(dataset)).State());
        }

        await sector.ExecuteAsync("UPDATE xa_phuong SET ten = 'Vĩnh Long' WHERE id = 3");
        Assert.Equal("published", (await Admin.PullAsync("xa-phuong")).State());
        Assert.Equal("unchanged", (await Admin.PullAsync("xa-phuong")).State());
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        Reader.Dispose();
        await Server.DisposeAsync();
        await sector.DisposeAsync();
    }
}
