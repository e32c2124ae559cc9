using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataHub.Core.Errors;

namespace DataHub.Core.Contracts;

/// <summary>Reads the one comparison of a quality rule.</summary>
internal static class QualityOperators
{
    private static readonly Dictionary<string, QualityOperator> ByName = Enum.GetValues<QualityOperator>()
        .ToDictionary(o => JsonNamingPolicy.CamelCase.ConvertName(o.ToString()), o => o, StringComparer.Ordinal);

    private static readonly Text OneNumber = new("một số", "one number");

    private static readonly Text TwoNumbers = new(
        "hai số, số nhỏ đứng trước", "two numbers, the lower one first");

    /// <summary>The operators that a rule declares, in the order of ODCS.</summary>
    public static IEnumerable<string> In(JsonObject rule) => ByName.Keys.Where(rule.ContainsKey);

    public static (QualityOperator Operator, IReadOnlyList<decimal> Thresholds)? Read(
        JsonObject rule, string pointer, ContractProblems problems)
    {
        var names = In(rule).ToArray();
        if (names.Length != 1)
        {
            problems.Add(ContractCodes.QualityOperator.At(pointer, names.Length) with { Allowed = [.. ByName.Keys] });
            return null;
        }

        var name = names[0];
        var chosen = ByName[name];
        var between = chosen is QualityOperator.MustBeBetween or QualityOperator.MustNotBeBetween;
        var values = between ? rule[name] as JsonArray ?? [] : (IEnumerable<JsonNode?>)[rule[name]];
        var numbers = values.Select(Number).ToArray();
        var fits = numbers.All(n => n is not null) && numbers.Length == (between ? 2 : 1)
            && (!between || numbers[0] < numbers[1]);
        if (!fits)
        {
            problems.Add(ContractCodes.QualityThreshold.At(
                JsonPointer.Below(pointer, name), name, between ? TwoNumbers : OneNumber));
            return null;
        }

        return (chosen, [.. numbers.Select(n => n!.Value)]);
    }

    private static decimal? Number(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.Number && decimal.TryParse(
            value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
