using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Storage.Loads;
using DataHub.Storage.Tests.Kit;
using Xunit;

namespace DataHub.Storage.Tests.Versions;

/// <summary>Every metric, measured by the store over a first load and over a difference, on every type whose text the store spells its own way.</summary>
public sealed class QualityRuleTests
{
    private static readonly DataContract Contract = StoreLab.Contract("1.0.0",
        "{name: k, logicalType: string, primaryKey: true}", "{name: a, logicalType: string}", StoreLab.Typed("n", "number", "decimal(10,2)"),
        "{name: t, logicalType: timestamp}", "{name: f, logicalType: number, customProperties: [{property: hub.type, value: float64}]}",
        "{name: b, logicalType: boolean}", "{name: d, logicalType: date}", "{name: h, logicalType: time}");

    private static readonly string?[][] Records =
    [
        ["k1", "x", "1.50", "2026-01-01T07:00:00+07:00", "1e16", "true", "2026-01-01", "08:00"],
        ["k2", "x", "2", "2026-01-01T00:00:00.5Z", "0.5", "false", "2026-01-02", "08:00:00.5"],
        ["k3", "n/a", null, null, null, null, null, null],
        ["k4", null, "1.5", null, null, null, null, null],
        ["k5", "X1", "100", null, "0.00001", null, null, null],
    ];

    public static TheoryData<string, string, string[], string[], string?, int> Measures => new()
    {
        { "NullValues", "a", [], [], null, 1 },
        { "NullValues", "t", [], [], null, 3 },
        { "MissingValues", "a", ["n/a", "-"], [], null, 2 },
        { "MissingValues", "n", ["1.5"], [], null, 3 },
        { "InvalidValues", "a", [], ["x", "n/a"], null, 1 },
        { "InvalidValues", "a", [], [], "^[a-z/]+$", 1 },
        { "InvalidValues", "a", [], ["x"], "^x", 2 },
        { "InvalidValues", "n", [], ["1.5", "2", "100"], null, 0 },
        { "InvalidValues", "n", [], ["1.5"], null, 2 },
        { "InvalidValues", "t", [], ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z"], null, 0 },
        { "InvalidValues", "t", [], ["2026-01-01T00:00:00Z"], null, 1 },
        { "InvalidValues", "f", [], ["1E+16", "0.5", "1E-05"], null, 0 },
        { "InvalidValues", "b", [], ["true", "false"], null, 0 },
        { "InvalidValues", "b", [], ["true"], null, 1 },
        { "InvalidValues", "d", [], ["2026-01-01"], null, 1 },
        { "InvalidValues", "h", [], ["08:00:00", "08:00:00.5"], null, 0 },
        { "DuplicateValues", "a", [], [], null, 1 },
        { "DuplicateValues", "n", [], [], null, 1 },
        { "DuplicateValues", "a,n", [], [], null, 0 },
        { "RowCount", "", [], [], null, 5 },
    };

    [Fact]
    public async Task Metrics_count_what_they_say_over_a_first_load_and_over_a_difference()
    {
        await using var lab = await StoreLab.StartAsync();
        var first = await lab.AddAsync(Contract);
        var direct = await lab.LoadAsync(first, Way.Direct, Records);

        // The same content by a difference: one record changes, one goes, one comes, two stay.
        var later = await lab.AddAsync(Contract);
        await lab.PublishAsync(later, [.. Records.Take(3), ["k4", "other", null, null, null, null, null, null], ["k6", "gone", null, null, null, null, null, null]]);
        var compared = await lab.LoadAsync(later, Way.Compared, Records);
        Assert.Equal((1L, 1L, 1L), (compared.Candidate.Counts.New, compared.Candidate.Counts.Changed, compared.Candidate.Counts.Removed));
        var wrong = new List<string>();
        foreach (var row in Measures)
        {
            var (metric, columns, missing, valid, pattern, expected) = row.Data;
            foreach (var load in new[] { direct, compared })
            {
                if (await MeasureAsync(lab, load, Rule(metric, columns, missing, valid, pattern)) is var measured && measured != expected.ToString(CultureInfo.InvariantCulture))
                {
                    wrong.Add($"{metric} {columns} {pattern}{string.Join('/', valid)}{string.Join('/', missing)} first {load.Candidate.IsFirstLoad}: {measured} for {expected}");
                }
            }
        }

        Assert.Empty(wrong);
        Assert.Equal("20", await MeasureAsync(lab, direct, Rule("NullValues", "a", [], [], null) with { Percent = true }));
    }

    [Fact]
    public async Task A_broken_rule_holds_and_a_broken_warning_is_reported()
    {
        await using var lab = await PipelineLab.StartAsync("""
            quality:
              - {metric: rowCount, mustBeGreaterThan: 2, name: enough}
              - {metric: duplicateValues, mustBe: 0, severity: warning, name: alone, arguments: {properties: [gia]}}
              - {metric: nullValues, mustBeLessThan: 50, unit: percent, name: filled, arguments: {properties: [gia]}}
            """);
        var held = await lab.RunAsync("a,1", "b,1");
        Assert.Equal("held", held.State);
        Assert.Contains("enough", held.Holds, StringComparison.Ordinal);
        Assert.DoesNotContain("alone", held.Holds, StringComparison.Ordinal);
        Assert.Contains("alone", held.Warnings, StringComparison.Ordinal);
        var good = await lab.RunAsync("a,1", "b,1", "c,");
        Assert.Equal("published", good.State);
        Assert.Contains("alone", good.Warnings, StringComparison.Ordinal);
        Assert.Equal("held", (await lab.RunAsync("a,1", "b,", "c,")).State);
        var clean = await lab.RunAsync("a,1", "b,2", "c,3");
        Assert.Equal(("published", null), (clean.State, clean.Warnings));
    }

    private static QualityRule Rule(string metric, string columns, string[] missing, string[] valid, string? pattern) => new()
    {
        Name = "r", Metric = Enum.Parse<QualityMetric>(metric), Columns = [.. columns.Split(',').Where(c => c.Length > 0)],
        Operator = QualityOperator.MustBe, Thresholds = [-1], MissingValues = missing, ValidValues = valid, Pattern = pattern,
    };

    // The finding of a rule that nothing keeps tells what was measured.
    private static async Task<string> MeasureAsync(StoreLab lab, LabLoad load, QualityRule rule)
    {
        var findings = await lab.Check.JudgeRulesAsync(load.Candidate, load.Target.Layout, Contract with { Rules = [rule] }, CancellationToken.None);
        return findings.Single().Message.En.Split("measured ")[1].Split([',', ' '])[0];
    }
}
