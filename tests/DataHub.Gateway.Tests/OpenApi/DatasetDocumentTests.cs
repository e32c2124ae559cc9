using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace DataHub.Gateway.Tests.OpenApi;

/// <summary>The OpenAPI document of one dataset: true to its contract, valid, careful with personal columns, and runnable as
/// it stands.</summary>
public sealed class DatasetDocumentTests(DocumentHub hub) : IClassFixture<DocumentHub>
{
    [Theory]
    [InlineData(DocumentHub.Open)]
    [InlineData(DocumentHub.Shared)]
    public async Task Is_read_back_without_a_remark(string dataset)
    {
        var (document, diagnostic) = OpenApiDocument.Parse((await hub.ReadAsync(dataset)).ToJsonString(), "json");

        Assert.Empty(diagnostic!.Errors.Select(e => $"{e.Pointer} {e.Message}"));
        Assert.Empty(diagnostic.Warnings.Select(e => $"{e.Pointer} {e.Message}"));
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, diagnostic.SpecificationVersion);
        Assert.NotEmpty(document!.Paths);
    }

    [Fact]
    public async Task Says_the_contracts_types_titles_and_rules()
    {
        var document = await hub.ReadAsync(DocumentHub.Open);
        var columns = document["components"]!["schemas"]!["Record"]!["properties"]!.AsObject();

        Assert.Equal("Đơn vị hành chính", document["info"]!["title"]!.GetValue<string>());
        Assert.Contains("Nghị định 278/2025/NĐ-CP", document["info"]!["description"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(
            [
                "mã string ", "tên_đơn_vị string ", "dân_số [\"null\",\"integer\"] int64", "số_hộ [\"null\",\"integer\"] int32",
                "diện_tích [\"null\",\"number\"] decimal", "tỉ_lệ [\"null\",\"number\"] double", "còn_hiệu_lực [\"null\",\"boolean\"] ",
                "ngày [\"null\",\"string\"] date", "giờ [\"null\",\"string\"] time", "lúc [\"null\",\"string\"] date-time",
                "ảnh [\"null\",\"string\"] byte", "limit [\"null\",\"string\"] ",
            ],
            columns.Select(c => $"{c.Key} {c.Value!["type"]!.ToJsonString().Trim('"')} {c.Value["format"]}"));
        var code = columns["mã"]!;
        Assert.Equal(("Mã tỉnh", "^[0-9]{3}$", "084"), ((string?)code["title"], (string?)code["pattern"], (string?)code["examples"]![0]));
        Assert.StartsWith("Theo danh mục, giữ số 0 đầu.", (string?)code["description"], StringComparison.Ordinal);
        Assert.Equal("1.55", columns["diện_tích"]!["examples"]![0]!.ToJsonString());
        Assert.Equal(0, (int?)columns["dân_số"]!["minimum"]);
        Assert.DoesNotContain("0987654321", document.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("don-vi.csv", document.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_data_needs_no_token_and_shared_data_one()
    {
        var (open, shared) = (await hub.ReadAsync(DocumentHub.Open), await hub.ReadAsync(DocumentHub.Shared));

        Assert.Null(open["security"]);
        Assert.Null(open["components"]!["securitySchemes"]);
        Assert.Equal("""[{"oauth2":["datahub.read"]}]""", shared["security"]!.ToJsonString());
        Assert.Equal("/connect/token", (string?)shared["components"]!["securitySchemes"]!["oauth2"]!["flows"]!["clientCredentials"]!["tokenUrl"]);
        Assert.Equal("[]", Operation(shared, "getContract")["security"]!.ToJsonString());
    }

    [Fact]
    public async Task A_personal_value_never_stands_in_an_address()
    {
        var document = await hub.ReadAsync(DocumentHub.Shared);
        var paths = document["paths"]!.AsObject();

        Assert.DoesNotContain(paths, p => p.Key.Contains("{key}", StringComparison.Ordinal));
        Assert.Contains($"/api/v1/datasets/{DocumentHub.Shared}/versions/{{reference}}/lookup", paths.Select(p => p.Key));
        Assert.All(Operations(document), o => Assert.DoesNotContain("cccd", Parameters(o).Select(p => (string?)p!["name"])));
        Assert.DoesNotContain("082001012345", document.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("Data-Purpose", Parameters(Operation(document, "listRecords")).Select(p => (string?)p!["name"]));
        Assert.DoesNotContain("Data-Purpose", Parameters(Operation(await hub.ReadAsync(DocumentHub.Open),
            "listRecords")).Select(p => (string?)p!["name"]));
        Assert.NotNull(Operation(await hub.ReadAsync(DocumentHub.Open), "getRecord"));
    }

    [Fact]
    public async Task Its_calls_run_as_they_stand()
    {
        using var client = hub.Server.CreateClient();
        var called = new List<string>();
        foreach (var (path, item) in (await hub.ReadAsync(DocumentHub.Open))["paths"]!.AsObject())
        {
            foreach (var (method, operation) in item!.AsObject())
            {
                var address = Parameters(operation!).Where(p => (string?)p!["in"] == "path").Aggregate(path, (a, p) => a.Replace(
                    $"{{{p!["name"]}}}", (string?)p["example"] ?? (string?)p["schema"]!["examples"]![0] ?? "?", StringComparison.Ordinal));
                using var request = new HttpRequestMessage(new HttpMethod(method), address);
                if (operation!["requestBody"]?["content"]?["application/json"]?["example"] is { } body)
                {
                    request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
                }

                using var answer = await client.SendAsync(request);
                Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{method} {address}: {await answer.Content.ReadAsStringAsync()}");
                called.Add((string)operation["operationId"]!);
            }
        }

        Assert.Superset(new HashSet<string> { "listRecords", "getRecord", "lookupRecord", "queryRecords", "getCsvFile",
            "getNdjsonFile", "getVersion", "getVersionHeaders", "listVersions", "getContract" }, called.ToHashSet());
        Assert.Equal(called.Count, called.Distinct().Count());
    }

    [Fact]
    public async Task Every_column_that_may_stand_in_an_address_is_a_typed_parameter()
    {
        var listed = Operation(await hub.ReadAsync(DocumentHub.Open), "listRecords");
        var columns = Parameters(listed).Where(p => (string?)p!["in"] == "query").Select(p =>
            $"{p!["name"]} {p["schema"]!["type"]} {p["schema"]!["format"]}").ToList();

        Assert.Superset(
            new HashSet<string>
            {
                "mã string ", "tên_đơn_vị string ", "dân_số integer int64", "số_hộ integer int32", "diện_tích number decimal",
                    "tỉ_lệ number double",
                "còn_hiệu_lực boolean ", "ngày string date", "giờ string time", "lúc string date-time", "filter string ",
                    "select string ", "orderby string ",
                "count string ", "limit integer int32", "cursor string ", "format string ", "bom boolean ",
            },
            columns.ToHashSet());
        Assert.StartsWith("Mã tỉnh. Theo danh mục, giữ số 0 đầu. ",
            (string?)Parameters(listed).Single(p => (string?)p!["name"] == "mã")!["description"], StringComparison.Ordinal);
        Assert.DoesNotContain(columns, c => c.StartsWith("ảnh", StringComparison.Ordinal)
            || c.StartsWith("điện_thoại", StringComparison.Ordinal));
        Assert.Equal(columns.Count, columns.Select(c => c.Split(' ')[0]).Distinct().Count());
    }

    [Fact]
    public async Task Every_optional_parameter_runs_with_its_example()
    {
        using var client = hub.Server.CreateClient();
        var listed = Operation(await hub.ReadAsync(DocumentHub.Open), "listRecords");
        foreach (var parameter in Parameters(listed).Where(p => (string?)p!["in"] == "query" && (string?)p["name"] != "cursor"))
        {
            var schema = parameter!["schema"]!;
            var value = schema["examples"]?[0] ?? schema["enum"]?[0] ?? (schema["type"]!.GetValue<string>() == "boolean" ? true : null);
            if (value is not null)
            {
                var text = value.GetValueKind() == System.Text.Json.JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
                using var answer = await client.GetAsync($"/api/v1/datasets/{DocumentHub.Open}/versions/latest/records?{((string?)parameter["name"] == "bom" ? "format=csv&" : "")}{Uri.EscapeDataString((string)parameter["name"]!)}={Uri.EscapeDataString(text)}");
                Assert.True(answer.StatusCode == HttpStatusCode.OK,
                    $"{parameter["name"]}={text}: {await answer.Content.ReadAsStringAsync()}");
            }
        }
    }

    [Fact]
    public async Task Is_kept_by_contract_revision()
    {
        using var client = hub.Server.CreateClient();
        var address = $"/api/v1/datasets/{DocumentHub.Shared}/openapi.json";
        using var first = await client.GetAsync(address);
        Assert.Equal("application/json", first.Content.Headers.ContentType?.MediaType);
        client.DefaultRequestHeaders.IfNoneMatch.Add(new EntityTagHeaderValue(first.Headers.ETag!.Tag));
        using var same = await client.GetAsync(address);
        Assert.Equal((HttpStatusCode.NotModified, 0), (same.StatusCode, (await same.Content.ReadAsByteArrayAsync()).Length));

        using var admin = await hub.Server.AdminClientAsync();
        var revised = DocumentHub.SharedContract.Replace("version: 1.0.0", "version: 1.1.0", StringComparison.Ordinal)
            + "\n  - {name: ấp, logicalType: string}";
        using var put = await admin.PutAsync($"/api/v1/datasets/{DocumentHub.Shared}/contract", HubCalls.Yaml(revised));
        await put.JsonAsync();
        using var next = await client.GetAsync(address);

        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        Assert.Contains("\"ấp\"", await next.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var missing = await client.GetAsync("/api/v1/datasets/khong-co/openapi.json");
        await missing.ProblemAsync(404, "dataset_not_found");
    }

    private static IEnumerable<JsonNode> Operations(JsonNode document) =>
        document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()).Select(o => o.Value!);

    private static JsonNode Operation(JsonNode document, string id) => Operations(document).Single(o => (string?)o["operationId"] == id);

    private static JsonArray Parameters(JsonNode operation) => operation["parameters"] as JsonArray ?? [];
}
