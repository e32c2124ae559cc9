using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DataHub.Core.Tests.Contracts;

/// <summary>
/// The keywords of JSON Schema 2019-09 that the official ODCS schema uses, if/then and unevaluatedProperties among them,
/// which the packages that restore here leave out. An unknown keyword is an exception, so that nothing is passed in silence.
/// </summary>
internal sealed class MiniJsonSchema(JsonObject root)
{
    private static readonly HashSet<string> Silent =
    [
        "$schema", "$defs", "title", "description", "examples", "default", "deprecated", "format", "then", "$comment",
    ];

    public static MiniJsonSchema Load(string path) => new((JsonObject)JsonNode.Parse(File.ReadAllText(path))!);

    /// <summary>Everything that is wrong; empty when the document is valid.</summary>
    public List<string> Validate(JsonNode? document)
    {
        var problems = new List<string>();
        Check(root, document, "", problems);
        return problems;
    }

    /// <summary>Returns the names of the properties that were evaluated.</summary>
    private HashSet<string> Check(JsonNode? schema, JsonNode? value, string path, List<string> problems)
    {
        var seen = new HashSet<string>();
        if (schema is not JsonObject rules)
        {
            return seen;
        }

        // unevaluatedProperties looks at what all the others evaluated.
        foreach (var (keyword, rule) in rules.OrderBy(r => r.Key == "unevaluatedProperties"))
        {
            Keyword(rules, keyword, rule!, value, path, seen, problems);
        }

        return seen;
    }

    private void Keyword(
        JsonObject rules, string keyword, JsonNode rule, JsonNode? value, string path, HashSet<string> seen,
        List<string> problems)
    {
        var fits = true;
        switch (keyword)
        {
            case "$ref":
                seen.UnionWith(Check(Resolve(rule.GetValue<string>()), value, path, problems));
                break;
            case "type":
                fits = rule.GetValue<string>() == TypeOf(value)
                    || (rule.GetValue<string>() == "number" && TypeOf(value) == "integer");
                break;
            case "enum":
                fits = rule.AsArray().Any(r => JsonNode.DeepEquals(r, value));
                break;
            case "const":
                fits = JsonNode.DeepEquals(rule, value);
                break;
            case "pattern":
                fits = TypeOf(value) != "string" || Regex.IsMatch(value!.GetValue<string>(), rule.GetValue<string>());
                break;
            case "minItems":
                fits = value is not JsonArray few || few.Count >= rule.GetValue<int>();
                break;
            case "maxItems":
                fits = value is not JsonArray many || many.Count <= rule.GetValue<int>();
                break;
            case "uniqueItems":
                fits = value is not JsonArray all || all.Select(i => i?.ToJsonString()).Distinct().Count() == all.Count;
                break;
            case "minimum" or "exclusiveMinimum":
                fits = value is null || value.GetValueKind() != JsonValueKind.Number
                    || value.GetValue<double>() > rule.GetValue<double>()
                    || (keyword == "minimum" && value.GetValue<double>() == rule.GetValue<double>());
                break;
            case "required":
                fits = value is not JsonObject o || rule.AsArray().All(r => o.ContainsKey(r!.GetValue<string>()));
                break;
            case "items":
                foreach (var (item, i) in (value as JsonArray ?? []).Select((item, i) => (item, i)))
                {
                    Check(rule, item, $"{path}/{i}", problems);
                }

                break;
            case "properties" or "additionalProperties" or "unevaluatedProperties":
                Properties(rules, keyword, rule, value as JsonObject ?? [], path, seen, problems);
                break;
            default:
                fits = Combined(rules, keyword, rule, value, path, seen, problems);
                break;
        }

        if (!fits)
        {
            problems.Add($"{path} {keyword}");
        }
    }

    private void Properties(
        JsonObject rules, string keyword, JsonNode rule, JsonObject value, string path, HashSet<string> seen,
        List<string> problems)
    {
        if (keyword == "properties")
        {
            foreach (var (name, inner) in rule.AsObject().Where(r => value.ContainsKey(r.Key)))
            {
                Check(inner, value[name], $"{path}/{name}", problems);
                seen.Add(name);
            }

            return;
        }

        var known = keyword == "unevaluatedProperties"
            ? seen : (rules["properties"] as JsonObject ?? []).Select(p => p.Key).ToHashSet();
        if (rule.GetValueKind() == JsonValueKind.False)
        {
            problems.AddRange(value.Where(p => !known.Contains(p.Key)).Select(p => $"{path}/{p.Key} {keyword}"));
        }
    }

    private bool Combined(
        JsonObject rules, string keyword, JsonNode rule, JsonNode? value, string path, HashSet<string> seen,
        List<string> problems)
    {
        switch (keyword)
        {
            case "allOf":
                foreach (var part in rule.AsArray())
                {
                    seen.UnionWith(Check(part, value, path, problems));
                }

                return true;
            case "anyOf" or "oneOf":
                var results = rule.AsArray().Select(part => Try(part, value, path)).Where(r => r.Fits).ToArray();
                foreach (var result in results)
                {
                    seen.UnionWith(result.Seen);
                }

                return keyword == "anyOf" ? results.Length > 0 : results.Length == 1;
            case "not":
                return !Try(rule, value, path).Fits;
            case "if":
                var condition = Try(rule, value, path);
                if (condition.Fits)
                {
                    seen.UnionWith(condition.Seen);
                    seen.UnionWith(Check(rules["then"], value, path, problems));
                }

                return true;
            default:
                return Silent.Contains(keyword) ? true : throw new NotSupportedException(keyword);
        }
    }

    private (bool Fits, HashSet<string> Seen) Try(JsonNode? schema, JsonNode? value, string path)
    {
        var problems = new List<string>();
        var seen = Check(schema, value, path, problems);
        return (problems.Count == 0, seen);
    }

    private JsonNode? Resolve(string reference) =>
        reference.Split('/').Skip(1).Aggregate((JsonNode?)root, (node, name) => node?[name])
        ?? throw new NotSupportedException(reference);

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.String => "string",
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        JsonValueKind.Number => value.GetValue<double>() % 1 == 0 ? "integer" : "number",
        _ => "boolean",
    };
}
