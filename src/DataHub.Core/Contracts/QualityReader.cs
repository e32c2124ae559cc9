using System.Text.Json.Nodes;
using DataHub.Core.Errors;

namespace DataHub.Core.Contracts;

/// <summary>
/// Reads the library metrics of ODCS into <see cref="QualityRule"/>s. A rule that every single record can be held to
/// (invalidValues mustBe 0, severity error) becomes a rule of its column instead, so that bad records are quarantined one by one.
/// </summary>
internal sealed class QualityReader(ContractProblems problems, IReadOnlyList<ContractColumn> declared)
{
    private static readonly Dictionary<string, QualityMetric> Metrics = new(StringComparer.Ordinal)
    {
        ["rowCount"] = QualityMetric.RowCount,
        ["nullValues"] = QualityMetric.NullValues,
        ["missingValues"] = QualityMetric.MissingValues,
        ["invalidValues"] = QualityMetric.InvalidValues,
        ["duplicateValues"] = QualityMetric.DuplicateValues,
    };

    private static readonly string[] Severities = ["error", "warning", "info"];
    private static readonly string[] Units = ["rows", "percent"];

    private static readonly Text TextList = new("cần một danh sách giá trị không rỗng", "a list of values is needed");
    private static readonly Text ColumnList = new("cần danh sách tên cột", "a list of column names is needed");
    private static readonly Text ValidNeeded = new("cần validValues hoặc pattern", "validValues or pattern is needed");

    private readonly ContractColumn[] columns = [.. declared];
    private readonly List<QualityRule> rules = [];

    /// <summary>The columns with what <see cref="Read"/> added to them.</summary>
    public IReadOnlyList<ContractColumn> Columns => columns;

    public IReadOnlyList<QualityRule> Read(JsonObject? item)
    {
        if (item is null)
        {
            return rules;
        }

        var nodes = item.Objects("properties").ToArray();
        for (var i = 0; i < columns.Length; i++)
        {
            var pointer = JsonPointer.Below("/schema/0/properties", i);
            Unique(nodes[i], columns[i]);
            Owner(nodes[i], pointer, i);
        }

        Owner(item, "/schema/0", null);
        return rules;
    }

    private void Unique(JsonObject node, ContractColumn column)
    {
        // A column that is the whole key is unique already.
        var isKey = column.KeyPosition is not null && columns.Count(c => c.KeyPosition is not null) == 1;
        if (node.Flag("unique") && !isKey)
        {
            Add(new QualityRule
            {
                Name = $"unique:{column.Name}",
                Metric = QualityMetric.DuplicateValues,
                Columns = [column.Name],
                Operator = QualityOperator.MustBe,
                Thresholds = [0],
            });
        }
    }

    private void Owner(JsonObject owner, string pointer, int? column)
    {
        var list = JsonPointer.Below(pointer, "quality");
        foreach (var (rule, i) in owner.Objects("quality").Select((rule, i) => (rule, i)))
        {
            Rule(rule, JsonPointer.Below(list, i), column);
        }
    }

    private void Rule(JsonObject rule, string pointer, int? column)
    {
        var type = rule.Text("type") ?? "library";
        if (type != "library" && rule["metric"] is null)
        {
            if (type is "sql" or "custom")
            {
                problems.Warn(ContractCodes.QualityNotExecuted.At(pointer, type));
            }

            return;
        }

        var metricText = rule.Text("metric") ?? "";
        if (!Metrics.TryGetValue(metricText, out var metric))
        {
            problems.Add(ContractCodes.QualityMetric.At(
                JsonPointer.Below(pointer, "metric"), metricText, DidYouMean.Clause(metricText, Metrics.Keys)) with
            { Allowed = [.. Metrics.Keys] });
            return;
        }

        var comparison = QualityOperators.Read(rule, pointer, problems);
        var unit = Choice(rule, pointer, "unit", Units);
        var severity = Choice(rule, pointer, "severity", Severities);
        var of = ColumnsOf(rule, metric, pointer, column);
        var arguments = Arguments(rule, metric, pointer, column);
        if (comparison is null || of is null || arguments is null)
        {
            return;
        }

        var result = arguments with
        {
            Name = rule.Words("name") ?? rule.Words("id") ?? $"{metricText}:{string.Join(',', of)}".TrimEnd(':'),
            Columns = of,
            Operator = comparison.Value.Operator,
            Thresholds = comparison.Value.Thresholds,
            Percent = unit == "percent",
            Holds = severity == "error",
        };
        if (column is null || !BecomesColumnRule(result, column.Value))
        {
            Add(result);
        }
    }

    private string Choice(JsonObject rule, string pointer, string name, string[] allowed)
    {
        var value = rule.Text(name);
        if (value is null || allowed.Contains(value))
        {
            return value ?? allowed[0];
        }

        problems.Add(ContractCodes.ValueNotAllowed.At(
            JsonPointer.Below(pointer, name), name, rule[name].Shown(), DidYouMean.Clause(value, allowed)) with
        { Allowed = allowed });
        return allowed[0];
    }

    private string[]? ColumnsOf(JsonObject rule, QualityMetric metric, string pointer, int? column)
    {
        if (metric == QualityMetric.RowCount)
        {
            return [];
        }

        if (column is { } own)
        {
            return [columns[own].Name];
        }

        var place = $"{pointer}/arguments/properties";
        if (rule["arguments"]?["properties"] is not JsonArray { Count: > 0 } named
            || (metric != QualityMetric.DuplicateValues && named.Count != 1))
        {
            problems.Add(ContractCodes.QualityArgument.At(place, "properties", ColumnList));
            return null;
        }

        var names = named.Select(n => n.Spelling() ?? "").ToArray();
        var unknown = Array.FindIndex(names, n => columns.All(c => c.Name != n));
        if (unknown < 0)
        {
            return names;
        }

        problems.Add(ContractCodes.QualityColumn.At(
            JsonPointer.Below(place, unknown), names[unknown],
            DidYouMean.Clause(names[unknown], columns.Select(c => c.Name))));
        return null;
    }

    /// <summary>A rule that holds the metric's arguments alone; null when they are wrong.</summary>
    private QualityRule? Arguments(JsonObject rule, QualityMetric metric, string pointer, int? column)
    {
        var result = new QualityRule
        {
            Name = "", Metric = metric, Operator = QualityOperator.MustBe, Thresholds = [],
        };
        var arguments = rule["arguments"] as JsonObject ?? [];
        var place = JsonPointer.Below(pointer, "arguments");
        switch (metric)
        {
            case QualityMetric.MissingValues:
                return Values(arguments, "missingValues", place, null) is { } missing
                    ? result with { MissingValues = missing } : null;
            case QualityMetric.InvalidValues when arguments["pattern"] is { } pattern:
                var text = pattern.Spelling() ?? "";
                if (OptionsReader.PatternProblem(text) is { } reason)
                {
                    problems.Add(ContractCodes.PatternInvalid.At(
                        JsonPointer.Below(place, "pattern"), column is { } i ? columns[i].Name : "*", reason));
                    return null;
                }

                return result with { Pattern = text };
            case QualityMetric.InvalidValues when arguments["validValues"] is null:
                problems.Add(ContractCodes.QualityArgument.At(place, "validValues", ValidNeeded));
                return null;
            case QualityMetric.InvalidValues:
                return Values(arguments, "validValues", place, column) is { } valid
                    ? result with { ValidValues = valid } : null;
            default:
                return result;
        }
    }

    /// <summary>The texts of a list, by the column's type where it is known; null items say nothing about a present value.</summary>
    private List<string>? Values(JsonObject arguments, string name, string pointer, int? column)
    {
        var place = JsonPointer.Below(pointer, name);
        if (arguments[name] is not JsonArray { Count: > 0 } items)
        {
            problems.Add(ContractCodes.QualityArgument.At(place, name, TextList));
            return null;
        }

        var texts = new List<string>();
        for (var i = 0; i < items.Count; i++)
        {
            var canonical = "";
            var of = column is { } c ? columns[c] : null;
            if (items[i] is null)
            {
                continue;
            }

            if (items[i].Spelling() is not { } text
                || (of is not null && !CanonicalText.TryRead(text, of.Type, of.Parse, out canonical)))
            {
                var type = of?.Type.ToString() ?? "text";
                problems.Add(ContractCodes.QualityArgument.At(
                    JsonPointer.Below(place, i), name, new Text($"giá trị phải có kiểu {type}", $"a value must be {type}")));
                return null;
            }

            texts.Add(of is null ? text : canonical);
        }

        return texts;
    }

    private bool BecomesColumnRule(QualityRule rule, int column)
    {
        var of = columns[column];
        var everyRecord = rule is
        {
            Metric: QualityMetric.InvalidValues, Operator: QualityOperator.MustBe, Thresholds: [0], Holds: true,
        };
        if (everyRecord && rule.ValidValues.Count > 0 && of.Rules.Enum is null)
        {
            columns[column] = of with { Rules = of.Rules with { Enum = rule.ValidValues } };
            return true;
        }

        if (everyRecord && rule.Pattern is not null && of.Type.Kind == ColumnKind.Text && of.Rules.Pattern is null)
        {
            columns[column] = of with { Rules = of.Rules with { Pattern = rule.Pattern } };
            return true;
        }

        return false;
    }

    private void Add(QualityRule rule)
    {
        var name = rule.Name;
        for (var n = 2; rules.Any(r => r.Name == name); n++)
        {
            name = $"{rule.Name}#{n}";
        }

        rules.Add(rule with { Name = name });
    }
}
