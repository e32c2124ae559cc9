using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataHub.Core.Errors;

namespace DataHub.Core.Contracts;

/// <summary>
/// Second step of reading: holds the tree against the structure of ODCS and copies it, section by section, in canonical
/// order. Text fields become text (<c>version: 1.10</c>), nulls of known properties fall away. What ODCS does not know is
/// an error in 3.1; in 3.0, whose schema was open, it moves into the nearest <c>customProperties</c>.
/// </summary>
internal sealed class StructureReader(ContractProblems problems, bool movesUnknown)
{
    private static readonly Text TextWanted = new("văn bản", "text");
    private static readonly Text BooleanWanted = new("true hoặc false", "true or false");
    private static readonly Text IntegerWanted = new("số nguyên", "a whole number");
    private static readonly Text NumberWanted = new("một số", "a number");
    private static readonly Text ScalarWanted = new("một giá trị đơn", "a single value");
    private static readonly Text MapWanted = new("một đối tượng", "an object");
    private static readonly Text ListWanted = new("một danh sách", "a list");

    /// <summary>Where an unknown property goes: into <paramref name="Into"/>, named after its place below that section.</summary>
    private sealed record Shelter(JsonArray Into, string Prefix)
    {
        public Shelter Below(string name) => this with { Prefix = $"{Prefix}{name}." };
    }

    public JsonObject Read(JsonObject root) =>
        Section(root, OdcsSections.Get("root"), "", new Shelter([], ""));

    private JsonObject Section(JsonObject source, OdcsSection section, string pointer, Shelter outer)
    {
        var own = section.Find("customProperties") is not null;
        var shelter = own ? new Shelter([], "") : outer;
        var result = new JsonObject();
        foreach (var property in section.Properties)
        {
            var below = JsonPointer.Below(pointer, property.Name);
            var present = source.TryGetPropertyValue(property.Name, out var value);
            var read = present && value is not null ? Value(value, property, below, shelter) : null;
            if (read is not null || (present && value is null && property.Kind is OdcsKind.Any or OdcsKind.Scalar))
            {
                result[property.Name] = read;
            }
            else if (property.Required)
            {
                problems.AddStructural(ContractCodes.PropertyMissing.At(below, property.Name));
            }
        }

        Unknown(source, section, pointer, shelter, result);
        if (own && shelter.Into.Count > 0)
        {
            var custom = result["customProperties"] as JsonArray ?? [];
            result["customProperties"] = new JsonArray([.. custom.Concat(shelter.Into).Select(n => n?.DeepClone())]);
        }

        return result;
    }

    private void Unknown(JsonObject source, OdcsSection section, string pointer, Shelter shelter, JsonObject result)
    {
        foreach (var (name, value) in source.Where(p => section.Find(p.Key) is null))
        {
            var below = JsonPointer.Below(pointer, name);
            var hint = DidYouMean.Clause(name, section.Properties.Select(p => p.Name));
            if (section.Open)
            {
                result[name] = value?.DeepClone();
            }
            else if (movesUnknown && section.Name != "root")
            {
                shelter.Into.Add(new JsonObject { ["property"] = shelter.Prefix + name, ["value"] = value?.DeepClone() });
                problems.Warn(ContractCodes.PropertyMoved.At(below, name, hint));
            }
            else
            {
                problems.AddStructural(ContractCodes.PropertyUnknown.At(below, name, hint) with
                {
                    Allowed = [.. section.Properties.Select(p => p.Name)],
                });
            }
        }
    }

    private JsonNode? Value(JsonNode value, OdcsProperty property, string pointer, Shelter shelter) => property.Kind switch
    {
        OdcsKind.Text => TextValue(value, property, pointer),
        OdcsKind.Boolean => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False
            ? value.DeepClone() : Wrong(property.Name, pointer, BooleanWanted),
        OdcsKind.Integer => IsInteger(value)
            ? value.DeepClone() : Wrong(property.Name, pointer, IntegerWanted),
        OdcsKind.Number => value.GetValueKind() == JsonValueKind.Number
            ? value.DeepClone() : Wrong(property.Name, pointer, NumberWanted),
        OdcsKind.Scalar => value is JsonValue ? value.DeepClone() : Wrong(property.Name, pointer, ScalarWanted),
        OdcsKind.Map => value is JsonObject ? value.DeepClone() : Wrong(property.Name, pointer, MapWanted),
        OdcsKind.List => value is JsonArray ? value.DeepClone() : Wrong(property.Name, pointer, ListWanted),
        OdcsKind.Texts => Texts(value, property, pointer),
        OdcsKind.Section => One(value, property.Section!, property.Name, pointer, shelter.Below(property.Name)),
        OdcsKind.Sections => Many(value, property.Section!, property.Name, pointer, shelter.Below(property.Name)),
        OdcsKind.SectionOrSections => value is JsonArray
            ? Many(value, property.Section!.Split('|')[1][1..^1], property.Name, pointer, shelter.Below(property.Name))
            : One(value, property.Section!.Split('|')[0][1..^1], property.Name, pointer, shelter.Below(property.Name)),
        _ => value.DeepClone(),
    };

    private JsonObject? One(JsonNode value, string section, string name, string pointer, Shelter shelter)
    {
        if (value is JsonObject source)
        {
            return Section(source, OdcsSections.Get(section), pointer, shelter);
        }

        Wrong(name, pointer, MapWanted);
        return null;
    }

    private JsonArray? Many(JsonNode value, string section, string name, string pointer, Shelter shelter)
    {
        if (value is not JsonArray items)
        {
            Wrong(name, pointer, ListWanted);
            return null;
        }

        // A wrong item leaves an empty one behind, so that the pointers of those after it stay true.
        var read = items.Select((item, i) =>
        {
            var below = JsonPointer.Below(pointer, i);
            return One(item ?? JsonValue.Create("")!, section, $"{name}[{i}]", below, shelter.Below($"{i}"))
                ?? new JsonObject();
        });
        return new JsonArray([.. read]);
    }

    private JsonNode? TextValue(JsonNode value, OdcsProperty property, string pointer)
    {
        var text = AsText(value);
        if (text is null)
        {
            return Wrong(property.Name, pointer, TextWanted);
        }

        if (property.Required && string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (property.Allowed is { } allowed && !allowed.Contains(text))
        {
            problems.AddStructural(ContractCodes.ValueNotAllowed.At(
                pointer, property.Name, text, DidYouMean.Clause(text, allowed)) with
            { Allowed = allowed });
            return null;
        }

        return JsonValue.Create(text);
    }

    private JsonArray? Texts(JsonNode value, OdcsProperty property, string pointer)
    {
        if (value is not JsonArray items)
        {
            Wrong(property.Name, pointer, ListWanted);
            return null;
        }

        var texts = items.Select((item, i) =>
        {
            var text = AsText(item);
            if (text is null)
            {
                Wrong($"{property.Name}[{i}]", JsonPointer.Below(pointer, i), TextWanted);
            }

            return (JsonNode?)JsonValue.Create(text ?? "");
        });
        return new JsonArray([.. texts]);
    }

    private static string? AsText(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => value.GetValue<string>(),
        // The raw spelling: 1.10 stays 1.10.
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.ToJsonString(),
        _ => null,
    };

    private static bool IsInteger(JsonNode value) => value.GetValueKind() == JsonValueKind.Number && int.TryParse(
        value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private JsonNode? Wrong(string name, string pointer, Text wanted)
    {
        problems.AddStructural(ContractCodes.PropertyType.At(pointer, name, wanted));
        return null;
    }
}
