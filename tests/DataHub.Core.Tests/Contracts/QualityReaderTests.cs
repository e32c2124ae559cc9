using DataHub.Core.Contracts;
using Xunit;

namespace DataHub.Core.Tests.Contracts;

/// <summary>Library metrics become rules over the whole, or rules of their column where each record can be held to them.</summary>
public class QualityReaderTests
{
    [Theory]
    [InlineData("mustBe: 0", QualityOperator.MustBe)]
    [InlineData("mustNotBe: 3", QualityOperator.MustNotBe)]
    [InlineData("mustBeGreaterThan: 1", QualityOperator.MustBeGreaterThan)]
    [InlineData("mustBeGreaterOrEqualTo: 1", QualityOperator.MustBeGreaterOrEqualTo)]
    [InlineData("mustBeLessThan: 1.5", QualityOperator.MustBeLessThan)]
    [InlineData("mustBeLessOrEqualTo: 1", QualityOperator.MustBeLessOrEqualTo)]
    [InlineData("mustBeBetween: [1, 2]", QualityOperator.MustBeBetween)]
    [InlineData("mustNotBeBetween: [1, 2]", QualityOperator.MustNotBeBetween)]
    public void Reads_every_operator(string comparison, QualityOperator expected)
    {
        var rule = Assert.Single(Samples.Valid(OfTable($"metric: rowCount, {comparison}")).Rules);
        Assert.Equal((QualityMetric.RowCount, expected, true), (rule.Metric, rule.Operator, rule.Holds));
    }

    [Fact]
    public void Reads_unit_severity_and_arguments()
    {
        var rule = Assert.Single(Samples.Valid(OfColumn(
            "metric: missingValues, arguments: {missingValues: ['', 'n/a', null]}, mustBeLessThan: 5, unit: percent, "
            + "severity: warning")).Rules);
        Assert.Equal(["", "n/a"], rule.MissingValues);
        Assert.Equal(["a"], rule.Columns);
        Assert.True(rule is { Percent: true, Holds: false, Name: "missingValues:a" });
        var several = Assert.Single(Samples.Valid(OfTable(
            "id: k, metric: duplicateValues, arguments: {properties: [a, b]}, mustBe: 0")).Rules);
        Assert.Equal(["a", "b"], several.Columns);
        Assert.Equal("k", several.Name);
    }

    [Fact]
    public void Turns_a_rule_for_every_record_into_a_rule_of_the_column()
    {
        var listed = Samples.Valid(OfColumn(
            "metric: invalidValues, arguments: {validValues: [01, 02, null]}, mustBe: 0"));
        Assert.Equal(["01", "02"], listed.Columns[0].Rules.Enum);
        Assert.Empty(listed.Rules);
        var pattern = Samples.Valid(OfColumn("metric: invalidValues, arguments: {pattern: '^[0-9]{2}$'}, mustBe: 0"));
        Assert.Equal("^[0-9]{2}$", pattern.Columns[0].Rules.Pattern);
        var reported = Samples.Valid(OfColumn(
            "metric: invalidValues, arguments: {validValues: [x]}, mustBe: 0, severity: info"));
        Assert.Null(reported.Columns[0].Rules.Enum);
        Assert.Equal(["x"], Assert.Single(reported.Rules).ValidValues);
    }

    [Fact]
    public void Makes_a_rule_of_unique_but_not_for_the_whole_key()
    {
        var rules = Samples.Valid(Samples.Contract(
            "- {name: a, logicalType: string, primaryKey: true, unique: true}\n- {name: b, logicalType: string, unique: true}"))
            .Rules;
        Assert.Equal("unique:b", Assert.Single(rules).Name);
        Assert.Equal(QualityMetric.DuplicateValues, rules[0].Metric);
    }

    [Theory]
    [InlineData("rule: duplicateCount, mustBeLessThan: 10", QualityMetric.DuplicateValues)]
    [InlineData("rule: nullCheck", QualityMetric.NullValues)]
    [InlineData("rule: rowCount, mustBeGreaterThan: 10", QualityMetric.RowCount)]
    public void Reads_the_rule_names_of_3_0(string rule, QualityMetric metric)
    {
        var contract = Samples.Valid(OfColumn(rule, "v3.0.2"));
        Assert.Equal(metric, Assert.Single(contract.Rules).Metric);
        Assert.DoesNotContain("\"rule\"", contract.Document);
    }

    [Fact]
    public void Moves_the_valid_values_of_3_0_into_the_arguments()
    {
        var contract = Samples.Valid(OfColumn("rule: validValues, validValues: [x, y]", "v3.0.2"));
        Assert.Equal(["x", "y"], contract.Columns[0].Rules.Enum);
        Assert.Contains("\"arguments\":{\"validValues\":[\"x\",\"y\"]}", contract.Document);
    }

    [Theory]
    [InlineData("metric: nullvalues, mustBe: 0", "quality_metric_unknown", "/metric")]
    [InlineData("description: x", "quality_metric_unknown", "/metric")]
    [InlineData("metric: nullValues", "quality_operator_not_single", "")]
    [InlineData("metric: nullValues, mustBe: 0, mustNotBe: 1", "quality_operator_not_single", "")]
    [InlineData("metric: nullValues, mustBe: none", "quality_threshold_invalid", "/mustBe")]
    [InlineData("metric: nullValues, mustBeBetween: [2, 1]", "quality_threshold_invalid", "/mustBeBetween")]
    [InlineData("metric: nullValues, mustBeBetween: [2]", "quality_threshold_invalid", "/mustBeBetween")]
    [InlineData("metric: nullValues, mustBe: 0, unit: rws", "contract_value_not_allowed", "/unit")]
    [InlineData("metric: nullValues, mustBe: 0, severity: high", "contract_value_not_allowed", "/severity")]
    [InlineData("metric: invalidValues, mustBe: 0", "quality_argument_invalid", "/arguments/validValues")]
    [InlineData("metric: missingValues, mustBe: 0", "quality_argument_invalid", "/arguments/missingValues")]
    [InlineData("metric: invalidValues, mustBe: 0, arguments: {pattern: '['}", "pattern_invalid", "/arguments/pattern")]
    public void Refuses_a_wrong_rule(string rule, string code, string below) =>
        Samples.Error(OfColumn(rule), code, $"/schema/0/properties/0/quality/0{below.Replace("/arguments/validValues", "/arguments")}");

    [Fact]
    public void Refuses_an_unknown_column_with_a_hint()
    {
        var error = Samples.Error(
            OfTable("metric: duplicateValues, mustBe: 0, arguments: {properties: [a, bb]}"),
            "quality_column_unknown", "/schema/0/quality/0/arguments/properties/1");
        Assert.Contains("\"b\"", error.Message.En);
    }

    [Fact]
    public void Keeps_rules_that_it_does_not_execute_and_says_so()
    {
        var reading = ContractReader.Read(OfColumn("type: sql, query: SELECT 1, mustBe: 0"));
        Assert.NotNull(reading.Contract);
        Assert.Equal("quality_not_executed", Assert.Single(reading.Warnings).Code);
        Assert.Contains("SELECT 1", reading.Contract.Document);
        Assert.Empty(ContractReader.Read(OfColumn("type: text, description: x")).Warnings);
    }

    private static string OfColumn(string rule, string apiVersion = "v3.1.0") =>
        Samples.Contract($"- {{name: a, logicalType: string, quality: [{{{rule}}}]}}", apiVersion: apiVersion);

    private static string OfTable(string rule) => Samples.Contract(
        "- {name: a, logicalType: string}\n- {name: b, logicalType: string}", item: $"quality: [{{{rule}}}]");
}
