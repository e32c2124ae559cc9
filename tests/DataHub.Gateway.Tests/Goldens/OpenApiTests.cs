using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Goldens;

public sealed class OpenApiTests(SharedHub hub) : IClassFixture<SharedHub>
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact]
    public async Task The_document_is_the_committed_one() =>
        Golden.Check("contracts/openapi/v1.json", (await ReadAsync()).ToJsonString(Readable) + "\n");

    [Fact]
    public async Task Every_operation_has_an_id_a_summary_a_tag_and_the_problem_answer()
    {
        var seen = new HashSet<string>();
        foreach (var (place, operation) in Operations(await ReadAsync()))
        {
            Assert.True(operation["summary"]?.GetValue<string>().Length > 5, $"{place} has no summary");
            Assert.True(operation["operationId"] is { } id && seen.Add(id.GetValue<string>()), $"{place} has no operationId of its own");
            Assert.True(operation["tags"]?.AsArray().Count == 1, $"{place} has no tag");
            Assert.True(operation["responses"]?["default"]?["content"]?["application/problem+json"] is not null, $"{place} has no problem");
            Assert.True(operation["security"] is JsonArray { Count: > 0 }, $"{place} does not say who may call it");
        }

        Assert.NotEmpty(seen);
    }

    [Fact]
    public async Task Numbers_are_numbers_and_times_are_times()
    {
        var text = (await ReadAsync()).ToJsonString();

        Assert.DoesNotContain("""["integer","string"]""", text, StringComparison.Ordinal);
        Assert.DoesNotContain("""["number","string"]""", text, StringComparison.Ordinal);
        Assert.Contains("\"date-time\"", text, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Place, JsonObject Operation)> Operations(JsonNode document) =>
        from path in document["paths"]!.AsObject()
        from method in path.Value!.AsObject()
        where method.Key is "get" or "put" or "post" or "delete" or "patch" or "head"
        select ($"{method.Key} {path.Key}", method.Value!.AsObject());

    private async Task<JsonNode> ReadAsync()
    {
        using var client = hub.Server.CreateClient();
        return JsonNode.Parse(await client.GetStringAsync("/openapi/v1.json"))!;
    }
}
