using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace DataHub.Gateway.Tests.BadInput;

/// <summary>Two datasets with two versions each, one of them with a personal key.</summary>
public sealed class ReadHub : IAsyncLifetime
{
    internal SectorHub Sectors { get; } = new();

    /// <summary>Anybody.</summary>
    public HttpClient Reader { get; private set; } = null!;

    /// <summary>A recipient of the personal dataset.</summary>
    public HttpClient Recipient { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Sectors.InitializeAsync();
        Reader = Sectors.Server.CreateClient();
        await Sectors.Sector.ExecuteAsync("""
            CREATE TABLE offices (code text, no int, name text, PRIMARY KEY (code, no));
            INSERT INTO offices SELECT 'Xã ' || i, i, 'Tên ' || i FROM generate_series(1, 30) i;
            CREATE TABLE citizens (cccd text PRIMARY KEY, name text, ward text);
            INSERT INTO citizens SELECT '0840000' || (10000 + i), 'Người ' || i, 'X' || i FROM generate_series(1, 30) i;
            """);
        await AddAsync("offices", "open", "code text key", "no int32 key", "name text");
        await AddAsync("offices-too", "open", "code text key", "no int32 key", "name text");
        await AddAsync("citizens", "shared", "cccd text key personal", "name text personal", "ward text");
        await Sectors.Sector.ExecuteAsync("UPDATE offices SET name = name || '!' WHERE no = 5");
        await Sectors.Admin.PullAsync("offices");
        await Sectors.Server.AddAgencyAsync("000.00.12.H61");
        Recipient = await Sectors.Server.RecipientAsync("H61", "citizens", "tra cuu", "cccd", "ward");
    }

    public async ValueTask DisposeAsync()
    {
        Reader.Dispose();
        Recipient.Dispose();
        await Sectors.DisposeAsync();
    }

    private async Task AddAsync(string name, string access, params string[] columns)
    {
        var table = name.Split('-')[0];
        await Sectors.Admin.AddDatasetAsync(TestContracts.Yaml(name, "sector", "table=public." + table, access, columns));
        var run = await Sectors.Admin.PullAsync(name);
        Assert.True(run.State() == "published", run.GetRawText());
    }
}

/// <summary>Reads that are refused: the reference, the key, the cursor, the limit, the parameters.</summary>
public sealed class RefusedReadTests(ReadHub hub) : IClassFixture<ReadHub>
{
    private const string Records = "datasets/offices/versions/latest/records";

    [Theory]
    [InlineData("0", 400)]
    [InlineData("-1", 400)]
    [InlineData("01", 400)]
    [InlineData("v1.2.3.4", 400)]
    [InlineData("v01", 400)]
    [InlineData("V1", 400)]
    [InlineData("Latest", 400)]
    [InlineData("@yesterday", 400)]
    [InlineData("@2026-01-01T00:00:00+07:00", 400)]
    [InlineData("@2026-01-01", 400)]
    [InlineData("@2026-13-01T00:00:00Z", 400)]
    [InlineData("1%0A", 400)]
    [InlineData("%E2%88%9E", 400)]
    [InlineData("3", 404)]
    [InlineData("99999999999", 404)]
    [InlineData("v1.0.9", 404)]
    [InlineData("v9", 404)]
    [InlineData("@2001-01-01T00:00:00Z", 404)]
    public async Task A_version_that_is_not_there_is_told_from_one_that_is_no_reference(string reference, int status)
    {
        var code = status == 400 ? "version_malformed" : "version_not_found";
        foreach (var rest in new[] { "", "/records" })
        {
            await Refusal.OfGetAsync(hub.Reader, $"datasets/offices/versions/{reference}{rest}", (HttpStatusCode)status, code);
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("50001")]
    [InlineData("abc")]
    [InlineData("1e3")]
    [InlineData("")]
    [InlineData("99999999999")]
    public async Task A_limit_is_never_clamped(string limit)
    {
        foreach (var (reader, path) in new[]
        {
            (hub.Reader, Records), (hub.Reader, "datasets/offices/versions"), (hub.Reader, "catalog/datasets"),
            (hub.Sectors.Admin, "runs"), (hub.Sectors.Admin, "runs/1/quarantine"),
        })
        {
            var refusal = await Refusal.OfGetAsync(reader, $"{path}?limit={limit}", HttpStatusCode.BadRequest, "limit_out_of_range");
            Assert.Equal(["limit number_invalid"], refusal.Errors);
        }
    }

    [Theory]
    [InlineData("datasets/offices/versions", "before")]
    [InlineData("runs", "before")]
    [InlineData("runs/1/quarantine", "after")]
    public async Task A_place_in_a_list_that_is_no_whole_number_is_named(string path, string parameter)
    {
        foreach (var text in new[] { "abc", "-1", "1.5", "+1", "", "99999999999999999999" })
        {
            var refusal = await Refusal.OfGetAsync(
                hub.Sectors.Admin, $"{path}?{parameter}={Uri.EscapeDataString(text)}", HttpStatusCode.BadRequest, "request_invalid");
            Assert.Equal([parameter + " number_invalid"], refusal.Errors);
        }
    }

    [Fact]
    public async Task Unknown_parameters_are_named_together()
    {
        var refusal = await Refusal.OfGetAsync(hub.Reader, Records + "?limt=5&cusor=x&limit=5", HttpStatusCode.BadRequest, "parameter_unknown");
        Assert.Equal(["cusor parameter_unknown", "limt parameter_unknown"], refusal.Errors.Order(StringComparer.Ordinal));
        Assert.Contains("cursor", refusal.En.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_has_one_spelling()
    {
        var escaped = "~" + Base64Url.EncodeToString("Xã 5"u8);
        var one = await hub.Reader.GetAsync($"{HubCalls.Api}{Records}/{escaped},5");
        Assert.Contains("Tên 5!", await one.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (var key in new[]
        {
            escaped, $"{escaped},5,1", $"{escaped},05", $"{escaped},+5", $"{escaped},5.0", $"{escaped},abc", "~***,5", "X%C3%A3%205,5",
            "~" + Base64Url.EncodeToString("plain"u8) + ",5", $"{escaped},5%0A", $"{escaped},99999999999", "~gA,5",
        })
        {
            var refusal = await Refusal.OfGetAsync(hub.Reader, $"{Records}/{key}", HttpStatusCode.BadRequest, "key_malformed");
            Assert.Contains("code, no", refusal.En.GetProperty("hint").GetString(), StringComparison.Ordinal);
        }

        await Refusal.OfGetAsync(hub.Reader, $"{Records}/absent,5", HttpStatusCode.NotFound, "record_not_found");
        await Refusal.OfGetAsync(hub.Reader, $"{Records}/~,5", HttpStatusCode.NotFound, "record_not_found");
        var nul = "~" + Base64Url.EncodeToString("a\0"u8);
        await Refusal.OfGetAsync(hub.Reader, $"{Records}/{nul},5", HttpStatusCode.BadRequest, "key_malformed");
    }

    [Fact]
    public async Task A_lookup_names_every_wrong_part_of_its_key()
    {
        const string Lookup = "datasets/offices/versions/latest/lookup";
        var refusal = await Refusal.OfPostAsync(hub.Reader, Lookup, new { key = new { nod = 5, no = "abc" } }, HttpStatusCode.BadRequest, "request_invalid");
        Assert.Equal(["/key/code required", "/key/no type_mismatch", "/key/nod column_unknown"], refusal.Errors.Order(StringComparer.Ordinal));
        await Refusal.OfPostAsync(hub.Reader, Lookup, new { }, HttpStatusCode.BadRequest, "request_invalid");
        await Refusal.OfPostAsync(hub.Reader, Lookup, new { key = new { code = "a\0", no = 5 } }, HttpStatusCode.BadRequest, "request_invalid");
        await Refusal.OfAsync(hub.Reader,
            () => new HttpRequestMessage(HttpMethod.Post, HubCalls.Api + Lookup)
            {
                Content = new StringContent("""{"key":{"code":"\ud800","no":5}}""", Encoding.UTF8, "application/json"),
            }, HttpStatusCode.BadRequest, "request_invalid");
    }

    [Fact]
    public async Task A_personal_key_stays_out_of_the_address_and_is_looked_up_in_the_body()
    {
        using var call = new HttpRequestMessage(HttpMethod.Post, HubCalls.Api + "datasets/citizens/versions/latest/lookup")
        {
            Content = JsonContent.Create(new { key = new { cccd = "084000010007" } }), Headers = { { "Data-Purpose", "tra cuu" } },
        };
        var found = await HubCalls.ReadAsync(await hub.Recipient.SendAsync(call), HttpStatusCode.OK);
        Assert.Equal("""{"cccd":"084000010007","ward":"X7"}""", found.GetRawText());
        await Refusal.OfAsync(hub.Recipient, () => Purposed("datasets/citizens/versions/latest/records/084000010007"),
            HttpStatusCode.BadRequest, "personal_value_in_url");
    }

    [Fact]
    public async Task A_cursor_belongs_to_one_walk_of_one_caller()
    {
        var page = await HubCalls.ReadAsync(await hub.Reader.GetAsync($"{HubCalls.Api}datasets/offices/versions/1/records?limit=10"), HttpStatusCode.OK);
        var cursor = page.GetProperty("next").GetString()!.Split("cursor=")[1];
        async Task MismatchAsync(HttpClient client, string path, string given) =>
            await Refusal.OfGetAsync(client, $"{path}?limit=10&cursor={given}", HttpStatusCode.BadRequest, "cursor_mismatch");

        await MismatchAsync(hub.Reader, "datasets/offices-too/versions/1/records", cursor);
        await MismatchAsync(hub.Reader, "datasets/offices/versions/2/records", cursor);
        await MismatchAsync(hub.Recipient, "datasets/offices/versions/1/records", cursor);
        var altered = cursor[..40] + (cursor[40] == 'A' ? 'B' : 'A') + cursor[41..];
        await MismatchAsync(hub.Reader, "datasets/offices/versions/1/records", altered);
        foreach (var nonsense in new[] { "", "x", "%00", "AAAA", "null", cursor[..20] })
        {
            await MismatchAsync(hub.Reader, "datasets/offices/versions/1/records", nonsense);
        }

        // The same walk goes on with another page size and from a moving reference.
        await HubCalls.ReadAsync(await hub.Reader.GetAsync($"{HubCalls.Api}datasets/offices/versions/1/records?limit=7&cursor={cursor}"), HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_cursor_ends_with_the_agreement_it_was_given_under()
    {
        using var reader = await hub.Sectors.Server.CallerAsync("H62");
        var first = await hub.Sectors.Server.AddAgreementAsync("H62", "citizens", "thong ke", "ward");
        var page = await HubCalls.ReadAsync(await reader.GetAsync($"{HubCalls.Api}datasets/citizens/versions/1/records?limit=10"), HttpStatusCode.OK);
        Assert.Equal("""{"ward":"X1"}""", page.GetProperty("value")[0].GetRawText());
        await HubCalls.ReadAsync(
            await hub.Sectors.Admin.PostAsJsonAsync($"{HubCalls.Api}agreements/{first}/end", new { reason = "test" }), HttpStatusCode.OK);
        await Refusal.OfGetAsync(reader, "datasets/citizens/versions/1/records", HttpStatusCode.Forbidden, "agreement_required");
        await hub.Sectors.Server.AddAgreementAsync("H62", "citizens", "thong ke", "ward");

        var next = page.GetProperty("next").GetString()!;
        await Refusal.OfAsync(reader, () => new HttpRequestMessage(HttpMethod.Get, next), HttpStatusCode.BadRequest, "cursor_mismatch");
    }

    [Theory]
    [InlineData("GET", "catalog/datasets/nowhere")]
    [InlineData("GET", "datasets/nowhere/contract")]
    [InlineData("PUT", "datasets/nowhere/contract")]
    [InlineData("POST", "datasets/nowhere/contract/check")]
    [InlineData("POST", "datasets/nowhere/runs")]
    [InlineData("GET", "datasets/nowhere/versions")]
    [InlineData("GET", "datasets/nowhere/versions/1")]
    [InlineData("GET", "datasets/nowhere/versions/latest/records")]
    [InlineData("GET", "datasets/nowhere/versions/latest/records/1")]
    [InlineData("POST", "datasets/nowhere/versions/latest/lookup")]
    public async Task An_unknown_dataset_is_said_on_every_route(string method, string path) => await Refusal.OfAsync(
        hub.Sectors.Admin,
        () => new HttpRequestMessage(new HttpMethod(method), HubCalls.Api + path)
        {
            Content = method == "GET" ? null
                : path.Contains("contract", StringComparison.Ordinal)
                    ? HubCalls.Yaml(TestContracts.Yaml("nowhere", "sector", "table=t", "open", "id int32 key"))
                    : JsonContent.Create(path.EndsWith("runs", StringComparison.Ordinal) ? new { mode = "full" } : (object)new { key = new { id = 1 } }),
        },
        HttpStatusCode.NotFound, "dataset_not_found");

    private static HttpRequestMessage Purposed(string path) =>
        new(HttpMethod.Get, HubCalls.Api + path) { Headers = { { "Data-Purpose", "tra cuu" } } };
}
