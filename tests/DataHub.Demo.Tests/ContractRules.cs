using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace DataHub.Demo.Tests;

/// <summary>
/// A second, plain reading of a contract's value rules: it judges generated rows by the shipped contract, so that the
/// documented flaw counts, the generator and the contract cannot drift apart.
/// </summary>
internal sealed class ContractRules
{
    private readonly List<Column> columns = [];

    internal ContractRules(string dataset)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "contracts", "datasets", dataset, "contract.yaml");
        var yaml = new YamlStream();
        using var reader = new StreamReader(path);
        yaml.Load(reader);
        var schema = (YamlMappingNode)yaml.Documents[0].RootNode["schema"][0];
        foreach (var node in (YamlSequenceNode)schema["properties"])
        {
            var map = (YamlMappingNode)node;
            var options = map.Children.TryGetValue("logicalTypeOptions", out var o) ? (YamlMappingNode)o : [];
            columns.Add(new Column(
                Text(map, "name")!, Text(map, "physicalName"), Text(map, "required") == "true", Text(options, "pattern"),
                Number(options, "minLength"), Number(options, "maxLength"), Number(options, "minimum"),
                Number(options, "maximum"), Text(options, "format"),
                map.Children.TryGetValue("quality", out var q)
                    ? [.. ((YamlSequenceNode)q[0]["arguments"]["validValues"]).Select(v => ((YamlScalarNode)v).Value!)]
                    : null,
                ((YamlSequenceNode)map["customProperties"]).Where(p => Is(p, "hub.type"))
                    .Select(p => ((YamlScalarNode)p["value"]).Value!).Single()));
        }
    }

    internal IEnumerable<string> SourceNames => columns.Select(c => c.Physical ?? c.Name);

    /// <summary>Names of the columns whose value, as text in contract order, breaks a rule; null is no value.</summary>
    internal List<string> Broken(IReadOnlyList<string?> row) =>
        [.. columns.Where((column, i) => !Good(column, row[i])).Select(column => column.Name)];

    private static bool Good(Column column, string? value)
    {
        if (value is null)
        {
            return !column.Required;
        }

        var typed = column.Type switch
        {
            var t when t.StartsWith("decimal", StringComparison.Ordinal) =>
                decimal.TryParse(value, CultureInfo.InvariantCulture, out var d) && Math.Abs(d) < 10_000_000_000_000_000m
                && !(d < column.Minimum) && !(d > column.Maximum),
            "int32" or "int64" => long.TryParse(value, CultureInfo.InvariantCulture, out var n)
                && !(n < column.Minimum) && !(n > column.Maximum),
            "date" => DateOnly.TryParseExact(value, column.Format ?? "yyyy-MM-dd", out _),
            _ => true,
        };
        return typed && !(value.Length < column.MinLength) && !(value.Length > column.MaxLength)
            && (column.Pattern is null || Regex.IsMatch(value, column.Pattern)) && (column.Valid?.Contains(value) ?? true);
    }

    private static bool Is(YamlNode property, string name) => ((YamlScalarNode)property["property"]).Value == name;

    private static string? Text(YamlMappingNode map, string name) =>
        map.Children.TryGetValue(name, out var node) ? ((YamlScalarNode)node).Value : null;

    private static decimal? Number(YamlMappingNode map, string name) =>
        Text(map, name) is { } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : null;

    private sealed record Column(
        string Name, string? Physical, bool Required, string? Pattern, decimal? MinLength, decimal? MaxLength,
        decimal? Minimum, decimal? Maximum, string? Format, List<string>? Valid, string Type);
}
