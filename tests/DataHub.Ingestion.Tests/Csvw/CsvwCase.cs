using System.Text.Json;
using System.Text.Json.Nodes;

namespace DataHub.Ingestion.Tests.Csvw;

/// <summary>One of the cases of CSV on the Web that say of a file and its description whether they fit.</summary>
internal sealed record CsvwCase(string Id, bool Valid, string Name, IReadOnlyList<JsonObject> Tables)
{
    public JsonObject Table => Tables[0];

    public string File => Table["csv"]!.GetValue<string>();

    public IReadOnlyList<JsonObject> Columns => [.. Table["columns"]!.AsArray().Select(c => c!.AsObject())];

    public bool HasForeignKeys => Tables.Any(t => t["foreignKeys"] is JsonArray { Count: > 0 });

    /// <summary>Names of the key's columns.</summary>
    public IReadOnlyList<string> Key => Texts(Table["primaryKey"]);

    public static IReadOnlyList<CsvwCase> Read(string file) =>
    [
        .. JsonNode.Parse(System.IO.File.ReadAllText(file))!.AsArray().Select(c => new CsvwCase(
            c!["id"]!.GetValue<string>(),
            c["verdict"]!.GetValue<string>() switch { "valid" => true, "invalid" => false, var other => throw new JsonException(other) },
            c["name"]!.GetValue<string>(), [.. c["tables"]!.AsArray().Select(t => t!.AsObject())])),
    ];

    /// <summary>A text alone, or a list of them.</summary>
    public static IReadOnlyList<string> Texts(JsonNode? node) => node switch
    {
        null => [],
        JsonArray list => [.. list.Select(i => i!.GetValue<string>())],
        _ => [node.GetValue<string>()],
    };
}
