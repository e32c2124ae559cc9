using System.Text.Json.Nodes;
using DataHub.Core.Contracts;
using DataHub.Core.Records;

namespace DataHub.Core.Validation;

/// <summary>
/// The revision of a contract that takes a source's columns as they are now: the same document with other types for them and the version that such a revision
/// must have. Nothing else changes, so that whoever publishes it decides on the types alone.
/// </summary>
public static class TypeProposal
{
    private const string Zone = "Asia/Ho_Chi_Minh";

    /// <summary>What speaks of values of the type that was; it says nothing of the new one.</summary>
    private static readonly string[] OfOldType =
        ["hub.format", "hub.numberPattern", "hub.decimalChar", "hub.groupChar", "hub.trueTexts", "hub.falseTexts", "hub.zeroDate", "hub.timeZone"];

    /// <summary>Null where no contract of the hub can have the source's types (a key of floating-point numbers).</summary>
    public static DataContract? For(DataContract contract, TypeDrift drift)
    {
        var root = JsonNode.Parse(contract.Document)!.AsObject();
        var properties = root["schema"]![0]!["properties"]!.AsArray();
        foreach (var column in drift.Columns)
        {
            Revise(properties.First(p => (string?)p!["name"] == column.Declared.Name)!.AsObject(), column);
        }

        var revised = Read(root);
        if (revised is null)
        {
            return null;
        }

        root["version"] = ContractChange.Between(contract, revised).LowestVersion.ToString();
        return Read(root);
    }

    /// <summary>The lines of <paramref name="proposed"/> that differ from <paramref name="contract"/>'s, as YAML: version and columns.</summary>
    public static string Difference(DataContract contract, DataContract proposed)
    {
        var (before, after) = (Properties(contract), Properties(proposed));
        var changed = after.Where(a => !before.Any(b => JsonNode.DeepEquals(a, b))).Select(a => a!.DeepClone());
        return ContractWriter.ToYaml(new JsonObject
        {
            ["version"] = proposed.Version.ToString(),
            ["schema"] = new JsonArray(new JsonObject { ["properties"] = new JsonArray([.. changed]) }),
        }.ToJsonString());
    }

    private static JsonArray Properties(DataContract contract) => JsonNode.Parse(contract.Document)!["schema"]![0]!["properties"]!.AsArray();

    private static DataContract? Read(JsonObject root) => ContractReader.Read(root.ToJsonString()).Contract;

    private static void Revise(JsonObject node, ChangedColumn column)
    {
        var type = column.LacksZone ? column.Declared.Type : column.Found.Proposed ?? Plain(column.Found.Kind);
        if (!column.LacksZone)
        {
            node["logicalType"] = ColumnTypes.LogicalType(type.Kind);
            Set(node, "hub.type", type.ToString());
            node.Remove("logicalTypeOptions");
            Drop(node, OfOldType);
        }

        if (node.ContainsKey("physicalType"))
        {
            node["physicalType"] = column.Found.NativeType;
        }

        if (column.Found.Kind == SourceKind.LocalTimestamp)
        {
            Set(node, "hub.timeZone", Zone);
        }
    }

    private static ColumnType Plain(SourceKind kind) => kind switch
    {
        SourceKind.Int64 => new(ColumnKind.Int64),
        SourceKind.Decimal => new(ColumnKind.Decimal, ColumnType.MaxPrecision, 6),
        SourceKind.Float64 => new(ColumnKind.Float64),
        SourceKind.Boolean => new(ColumnKind.Boolean),
        SourceKind.Date => new(ColumnKind.Date),
        SourceKind.Time => new(ColumnKind.Time),
        SourceKind.LocalTimestamp or SourceKind.Instant => new(ColumnKind.Timestamp),
        SourceKind.Bytes => new(ColumnKind.Bytes),
        _ => new(ColumnKind.Text),
    };

    private static void Set(JsonObject node, string property, string value)
    {
        Drop(node, [property]);
        var custom = node["customProperties"] as JsonArray ?? [];
        custom.Add(new JsonObject { ["property"] = property, ["value"] = value });
        node["customProperties"] = custom;
    }

    private static void Drop(JsonObject node, string[] properties)
    {
        if (node["customProperties"] is JsonArray custom)
        {
            custom.RemoveAll(p => properties.Contains((string?)p?["property"]));
        }
    }
}
