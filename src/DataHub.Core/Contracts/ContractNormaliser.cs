using System.Text.Json;
using System.Text.Json.Nodes;

namespace DataHub.Core.Contracts;

/// <summary>
/// Third step of reading: rewrites a well-structured document of any readable version as ODCS 3.1, in place. Positions in
/// lists never change, so that a pointer into the result is a pointer into what the provider wrote.
/// </summary>
internal static class ContractNormaliser
{
    /// <summary>What the hub emits.</summary>
    public const string Emitted = "v3.1.0";

    public static IReadOnlyList<string> Readable { get; } = ["v3.0.0", "v3.0.1", "v3.0.2", Emitted];

    /// <summary>Library rules that 3.0 and its examples named otherwise.</summary>
    private static readonly Dictionary<string, string> Metrics = new(StringComparer.Ordinal)
    {
        ["nullCheck"] = "nullValues",
        ["nullValues"] = "nullValues",
        ["missingValues"] = "missingValues",
        ["validValues"] = "invalidValues",
        ["invalidValues"] = "invalidValues",
        ["duplicateCount"] = "duplicateValues",
        ["duplicateValues"] = "duplicateValues",
        ["countCheck"] = "rowCount",
        ["rowCount"] = "rowCount",
    };

    public static void Normalise(JsonObject root, bool isOld)
    {
        root["apiVersion"] = Emitted;
        if (ContractVersion.TryParse(root.Text("version"), out var version))
        {
            root["version"] = version.ToString();
        }

        if (root["team"] is JsonArray members)
        {
            root["team"] = new JsonObject { ["members"] = members.DeepClone() };
        }

        foreach (var item in root.Objects("schema"))
        {
            Quality(item);
            foreach (var column in item.Objects("properties"))
            {
                Column(column);
                if (isOld)
                {
                    Moment(column);
                }
            }
        }
    }

    /// <summary>3.0 had one logical type for dates, times and timestamps; hub.type says which it is.</summary>
    private static void Moment(JsonObject column)
    {
        var declared = column.Objects("customProperties").FirstOrDefault(p => p.Text("property") == "hub.type");
        if (column.Text("logicalType") == "date" && (declared?.Text("value") is "time" or "timestamp"))
        {
            column["logicalType"] = declared!.Text("value");
        }
    }

    private static void Column(JsonObject column)
    {
        Quality(column);
        if (column["logicalTypeOptions"] is JsonObject options)
        {
            Bound(options, "minimum", "exclusiveMinimum");
            Bound(options, "maximum", "exclusiveMaximum");
        }

        foreach (var inner in column.Objects("properties"))
        {
            Column(inner);
        }

        if (column["items"] is JsonObject item)
        {
            Column(item);
        }
    }

    /// <summary>3.0 said "this bound is exclusive"; 3.1 gives the exclusive bound itself.</summary>
    private static void Bound(JsonObject options, string bound, string exclusive)
    {
        if (options[exclusive] is not { } flag || flag.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
        {
            return;
        }

        var applies = flag.GetValue<bool>();
        options.Remove(exclusive);
        if (applies && options[bound] is { } value)
        {
            options.Remove(bound);
            options[exclusive] = value.DeepClone();
        }
    }

    private static void Quality(JsonObject owner)
    {
        foreach (var rule in owner.Objects("quality"))
        {
            if (rule.Text("rule") is { } old && rule["metric"] is null)
            {
                rule.Remove("rule");
                rule["metric"] = Metrics.GetValueOrDefault(old, old);
                // These names of 3.0 meant "no record at all" unless they said more.
                if ((old is "nullCheck" or "validValues" or "duplicateCount") && !QualityOperators.In(rule).Any())
                {
                    rule["mustBe"] = 0;
                }
            }

            MoveArgument(rule, "validValues");
        }
    }

    /// <summary>3.0 wrote the list beside the rule; reading its structure put it among the custom properties.</summary>
    private static void MoveArgument(JsonObject rule, string name)
    {
        var found = rule.Objects("customProperties").FirstOrDefault(p => p.Text("property") == name);
        if (found?["value"] is not JsonArray values || rule["metric"] is null || rule["arguments"]?[name] is not null)
        {
            return;
        }

        rule["arguments"] ??= new JsonObject();
        rule["arguments"]![name] = values.DeepClone();
        var custom = (JsonArray)rule["customProperties"]!;
        custom.Remove(found);
        if (custom.Count == 0)
        {
            rule.Remove("customProperties");
        }
    }
}

/// <summary>Reads a tree whose structure is known to be right; anything else counts as absent.</summary>
internal static class JsonTree
{
    public static string? Text(this JsonObject node, string name) =>
        node[name] is { } value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>Text that says something.</summary>
    public static string? Words(this JsonObject node, string name) =>
        node.Text(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    public static bool Flag(this JsonObject node, string name) => node[name]?.GetValueKind() == JsonValueKind.True;

    public static IEnumerable<JsonObject> Objects(this JsonObject node, string name) =>
        node[name] is JsonArray items ? items.OfType<JsonObject>() : [];

    /// <summary>A scalar as it is spelled: text as it is, numbers and booleans raw; null for anything else.</summary>
    public static string? Spelling(this JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => value.GetValue<string>(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.ToJsonString(),
        _ => null,
    };

    /// <summary>What a message shows of a value: its spelling, shortened.</summary>
    public static string Shown(this JsonNode? value)
    {
        var text = value is null ? "null" : value.Spelling() ?? value.ToJsonString(ContractWriter.Plain);
        return text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 79), "…");
    }
}
