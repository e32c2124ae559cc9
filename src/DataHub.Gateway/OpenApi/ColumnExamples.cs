using System.Globalization;
using System.Text.Json.Nodes;
using DataHub.Core.Contracts;

namespace DataHub.Gateway.OpenApi;

/// <summary>An example of a column's value: the contract's own, else its first allowed value or bound, else a plain one of
/// its type. Never a person's.</summary>
internal sealed class ColumnExamples
{
    private readonly Dictionary<string, JsonNode?> values;

    public ColumnExamples(DataContract contract)
    {
        var properties = (JsonNode.Parse(contract.Document)?["schema"]?[0]?["properties"] as JsonArray ?? []).OfType<JsonObject>()
            .GroupBy(p => (string?)p["name"] ?? "").ToDictionary(g => g.Key, g => g.First());
        values = contract.Columns.Where(c => !c.Personal).ToDictionary(c => c.Name, c =>
            FromContract(properties.GetValueOrDefault(c.Name), c)
            ?? (c.Rules.Enum is [var first, ..] ? Json(c.Type.Kind, first) : ByRule(c)));
    }

    /// <summary>Null where there is none to give.</summary>
    public JsonNode? Of(ContractColumn column) => values.GetValueOrDefault(column.Name);

    /// <summary>A value in its canonical text as JSON has it.</summary>
    public static JsonNode Json(ColumnKind kind, string text) => kind switch
    {
        // Parsed as written, so that a number keeps its scale.
        ColumnKind.Int32 or ColumnKind.Int64 or ColumnKind.Decimal or ColumnKind.Float64 or ColumnKind.Boolean => JsonNode.Parse(text)!,
        _ => JsonValue.Create(text),
    };

    // One that the schema itself would not take teaches nothing.
    private static JsonValue? FromContract(JsonObject? property, ContractColumn column) =>
        property?["examples"] is JsonArray { Count: > 0 } examples && examples[0] is JsonValue value
            && Fits(column.Type.Kind, value) ? value : null;

    private static bool Fits(ColumnKind kind, JsonValue value) => kind switch
    {
        ColumnKind.Int32 or ColumnKind.Int64 => value.GetValueKind() == System.Text.Json.JsonValueKind.Number
            && long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        ColumnKind.Decimal or ColumnKind.Float64 => value.GetValueKind() == System.Text.Json.JsonValueKind.Number,
        ColumnKind.Boolean => value.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False,
        _ => value.GetValueKind() == System.Text.Json.JsonValueKind.String,
    };

    private static JsonNode? ByRule(ContractColumn column)
    {
        var rules = column.Rules;
        if (rules.Pattern is not null)
        {
            return null;
        }

        var bound = rules.Minimum is { } minimum && !rules.ExclusiveMinimum ? minimum : rules.Maximum is { } maximum
            && !rules.ExclusiveMaximum ? maximum : null;
        if (bound is not null)
        {
            return Json(column.Type.Kind, bound);
        }

        return rules.Minimum is not null || rules.Maximum is not null ? null : column.Type.Kind switch
        {
            ColumnKind.Text => Words(rules),
            ColumnKind.Int32 or ColumnKind.Int64 => JsonNode.Parse("1"),
            ColumnKind.Decimal when column.Type.Scale == 0 || column.Type.Precision == column.Type.Scale => JsonNode.Parse("0"),
            ColumnKind.Decimal => JsonNode.Parse("1." + new string('5', column.Type.Scale)),
            ColumnKind.Float64 => JsonNode.Parse("1.5"),
            ColumnKind.Boolean => JsonNode.Parse("true"),
            ColumnKind.Date => "2026-01-31",
            ColumnKind.Time => "08:30:00",
            ColumnKind.Timestamp => "2026-01-31T01:30:00Z",
            _ => "AAEC",
        };
    }

    private static JsonValue Words(ValueRules rules)
    {
        var text = "văn bản".PadRight(rules.MinLength ?? 0, 'a');
        return JsonValue.Create(text.Length > rules.MaxLength ? text[..rules.MaxLength.Value] : text);
    }
}
