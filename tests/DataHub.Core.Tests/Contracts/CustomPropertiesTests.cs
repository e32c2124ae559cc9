using System.Text.Json;
using System.Text.Json.Nodes;
using DataHub.Core.Contracts;
using Xunit;

namespace DataHub.Core.Tests.Contracts;

/// <summary>Holds contracts/custom-properties.json and the code together; DATAHUB_WRITE_GOLDENS=1 rewrites the file.</summary>
public class CustomPropertiesTests
{
    private static readonly string File = Path.Combine(Samples.Root, "contracts", "custom-properties.json");

    [Fact]
    public void The_published_list_is_the_list_in_code()
    {
        var expected = Published();
        if (Environment.GetEnvironmentVariable("DATAHUB_WRITE_GOLDENS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(File)!);
            System.IO.File.WriteAllText(File, expected);
        }

        Assert.Equal(expected, System.IO.File.ReadAllText(File).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Every_example_is_accepted()
    {
        foreach (var property in CustomProperties.All)
        {
            var value = $"- {{property: {property.Name}, value: {(property.Type == "boolean" ? property.Example : $"'{property.Example}'")}}}";
            var text = property.Level == CustomPropertyLevel.Column
                ? Samples.Contract($"- {{name: a, {TypeFor(property)}, customProperties: [{value[2..] + Companion(property)}]}}")
                : WithTerm(property.Name, value);
            Samples.Valid(text);
        }
    }

    private const string PullColumns = """
        - {name: id, logicalType: integer, primaryKey: true, primaryKeyPosition: 1}
        - {name: cap_nhat_luc, logicalType: timestamp}
        - {name: da_xoa, logicalType: boolean}
        - {name: trang_thai, logicalType: string}
        """;

    /// <summary>What a property needs beside it.</summary>
    private static string Companion(CustomProperty property) => property.Name switch
    {
        "hub.trueTexts" => ", {property: hub.falseTexts, value: '0'}",
        "hub.falseTexts" => ", {property: hub.trueTexts, value: '1'}",
        "hub.numberPattern" => ", {property: hub.groupChar, value: ','}",
        _ => "",
    };

    private static string TypeFor(CustomProperty property) => property switch
    {
        { Name: "hub.type" } => "logicalType: number",
        { Kinds: { } kinds } when kinds.Contains(ColumnKind.Float64) => "logicalType: number, logicalTypeOptions: {format: f64}",
        { Kinds: { } kinds } => $"logicalType: {ColumnTypes.LogicalType(kinds[0])}",
        _ => "logicalType: string",
    };

    private static string WithTerm(string name, string value)
    {
        var replaced = name is "hub.query" or "hub.file" ? "hub.table" : name;
        var lines = Samples.Contract(PullColumns).Split('\n').Where(l => !l.Contains(replaced, StringComparison.Ordinal)).ToList();
        lines.Insert(lines.FindIndex(l => l.StartsWith("customProperties", StringComparison.Ordinal)) + 1, value);
        lines.InsertRange(lines.IndexOf(value) + 1, Beside(name));
        return string.Join('\n', lines);
    }

    /// <summary>What the properties of pulling need beside them.</summary>
    private static IEnumerable<string> Beside(string name) => name switch
    {
        "hub.mode" or "hub.lag" or "hub.fullRefresh" => ["- {property: hub.watermark, value: cap_nhat_luc}"],
        "hub.tombstoneTexts" => ["- {property: hub.tombstone, value: trang_thai}"],
        _ => [],
    };

    private static string Published()
    {
        var list = new JsonArray();
        foreach (var property in CustomProperties.All)
        {
            var item = new JsonObject
            {
                ["name"] = property.Name,
                ["appliesTo"] = property.Level == CustomPropertyLevel.Dataset ? "dataset" : "column",
                ["type"] = property.Type,
                ["required"] = property.Required,
            };
            if (property.AlsoOnDataset)
            {
                item["alsoOnDataset"] = true;
            }

            if (property.Kinds is { } kinds)
            {
                item["columnTypes"] = new JsonArray([.. kinds.Select(k => JsonValue.Create(k.ToString().ToLowerInvariant()))]);
            }

            if (property.Allowed is { } allowed)
            {
                item["allowed"] = new JsonArray([.. allowed.Select(a => JsonValue.Create(a))]);
            }

            if (property.Pattern is { } pattern)
            {
                item["pattern"] = pattern;
            }

            if (property is { Type: "text" or "texts", Allowed: null })
            {
                item["maxLength"] = property.MaxLength;
            }

            item["default"] = property.Default;
            item["description"] = new JsonObject { ["vi"] = property.Description.Vi, ["en"] = property.Description.En };
            item["example"] = property.Example;
            list.Add(item);
        }

        return ContractWriter.ToJson(new JsonObject { ["customProperties"] = list }.ToJsonString());
    }
}
