using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DataHub.Core.Errors;

namespace DataHub.Core.Contracts;

/// <summary>The <c>hub.*</c> properties of one dataset or column, each checked against <see cref="CustomProperties"/>.</summary>
internal sealed class HubProperties(ContractProblems problems, CustomPropertyLevel level)
{
    private static readonly Text OfDataset = new("tập dữ liệu (hợp đồng hoặc schema[0])", "the dataset (contract or schema[0])");
    private static readonly Text OfColumn = new("cột (schema[0].properties[…])", "a column (schema[0].properties[…])");
    private const int MostTexts = 50;
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, (string Value, string Pointer)> values = new(StringComparer.Ordinal);
    private readonly HashSet<string> declared = new(StringComparer.Ordinal);

    public string? this[string name] => values.TryGetValue(name, out var found) ? found.Value : null;

    /// <summary>True also when its value was refused, so that it is not reported as missing on top.</summary>
    public bool IsDeclared(string name) => declared.Contains(name);

    public bool Flag(string name) => this[name] == "true";

    /// <summary>A property of type <c>texts</c>, or null.</summary>
    public TextSet? Texts(string name) =>
        this[name] is { } list ? new TextSet(JsonSerializer.Deserialize<string[]>(list)!) : null;

    /// <summary>Takes over what the dataset says for all columns, where it fits the type and this column does not say otherwise.</summary>
    public void Inherit(HubProperties dataset, ColumnKind kind)
    {
        foreach (var (name, found) in dataset.values)
        {
            var known = CustomProperties.All.First(p => p.Name == name);
            if (known.AlsoOnDataset && !declared.Contains(name) && known.Kinds?.Contains(kind) != false)
            {
                values.Add(name, found);
            }
        }
    }

    /// <summary>Pointer of the value, for problems that a later reader finds in it.</summary>
    public string PointerOf(string name) => values[name].Pointer;

    public IEnumerable<string> Names => values.Keys;

    /// <summary>Reads the <c>customProperties</c> of <paramref name="owner"/>; may be called for several owners.</summary>
    public HubProperties Add(JsonObject owner, string pointer)
    {
        var list = JsonPointer.Below(pointer, "customProperties");
        var index = -1;
        foreach (var item in owner["customProperties"] as JsonArray ?? [])
        {
            index++;
            if (item is JsonObject property && property.Text("property") is { } name
                && name.StartsWith(CustomProperties.Prefix, StringComparison.OrdinalIgnoreCase))
            {
                Add(name, property["value"], JsonPointer.Below(list, index));
            }
        }

        return this;
    }

    private void Add(string name, JsonNode? value, string pointer)
    {
        var known = CustomProperties.All.FirstOrDefault(p => p.Name == name);
        if (known is null)
        {
            var names = CustomProperties.All.Where(p => p.Level == level).Select(p => p.Name).ToArray();
            problems.Add(ContractCodes.HubPropertyUnknown.At(
                JsonPointer.Below(pointer, "property"), name, DidYouMean.Clause(name, names)) with
            { Allowed = names });
        }
        else if (known.Level != level && !(known.AlsoOnDataset && level == CustomPropertyLevel.Dataset))
        {
            problems.Add(ContractCodes.HubPropertyLevel.At(
                JsonPointer.Below(pointer, "property"), name,
                known.Level == CustomPropertyLevel.Dataset ? OfDataset : OfColumn));
        }
        else if (!declared.Add(name))
        {
            problems.Add(ContractCodes.HubPropertyDuplicate.At(JsonPointer.Below(pointer, "property"), name));
        }
        else
        {
            var below = JsonPointer.Below(pointer, "value");
            if (Check(known, value, below) is { } text)
            {
                values.Add(name, (text, below));
            }
        }
    }

    private string? Check(CustomProperty known, JsonNode? value, string pointer)
    {
        if (known.Type == "boolean")
        {
            return value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False
                ? value.ToJsonString() : Refuse(known, value, pointer, ["true", "false"]);
        }

        if (known.Type == "texts")
        {
            return CheckTexts(known, value, pointer);
        }

        // YAML's plain null is the word null where null is one of the values.
        var text = value is null && known.Allowed?.Contains("null") == true ? "null" : value.Spelling();
        if (text is null || (string.IsNullOrWhiteSpace(text) && known.Allowed?.Contains(text) != true))
        {
            return Refuse(known, value, pointer, known.Allowed);
        }

        if (known.Name == "hub.type")
        {
            return ColumnType.TryParse(text, out _) ? text : Refuse(known, value, pointer, known.Allowed);
        }

        if (known.Allowed is { } allowed)
        {
            return allowed.Contains(text) ? text : Refuse(known, value, pointer, allowed);
        }

        if (text.Length > known.MaxLength)
        {
            return Invalid(known, text, pointer, new($"dài quá {known.MaxLength} ký tự", $"longer than {known.MaxLength} characters"));
        }

        return known.Pattern is null || Matches(text, known.Pattern)
            ? text
            : Invalid(known, text, pointer, new($"ví dụ đúng: {known.Example}", $"a correct one is {known.Example}"));
    }

    private string? CheckTexts(CustomProperty known, JsonNode? value, string pointer)
    {
        // YAML's plain null in a list of null texts is the word.
        var items = value is JsonArray list ? [.. list.Select(i => i is null ? "null" : i.Spelling())] : new[] { value.Spelling() };
        if (items.Length is 0 or > MostTexts || items.Any(i => i is null || i.Length > known.MaxLength))
        {
            return Invalid(known, value.Shown(), pointer, new(
                $"cần 1-{MostTexts} văn bản, mỗi văn bản dài tối đa {known.MaxLength} ký tự",
                $"1-{MostTexts} texts of at most {known.MaxLength} characters each are needed"));
        }

        return JsonSerializer.Serialize(items);
    }

    private static bool Matches(string text, string pattern) =>
        Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, MatchLimit);

    private string? Refuse(CustomProperty known, JsonNode? value, string pointer, IReadOnlyList<string>? allowed)
    {
        var shown = value.Shown();
        problems.Add(ContractCodes.ValueNotAllowed.At(
            pointer, known.Name, shown, DidYouMean.Clause(shown, allowed ?? [])) with
        { Allowed = allowed });
        return null;
    }

    private string? Invalid(CustomProperty known, string text, string pointer, Text reason)
    {
        problems.Add(ContractCodes.ValueInvalid.At(pointer, known.Name, JsonValue.Create(text).Shown(), reason));
        return null;
    }
}
