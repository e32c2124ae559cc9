using System.Globalization;
using System.Text.RegularExpressions;
using DataHub.Core.Contracts;
using DataHub.Storage.Tests.Kit;
using Xunit;

namespace DataHub.Storage.Tests.Versions;

/// <summary>A pattern means the same in a rule over the whole as on a column, also where PostgreSQL's own patterns differ.</summary>
public sealed class PatternRuleTests
{
    private static readonly string[] Values =
    [
        "abc", "ABC", "Đặng Thị Ánh", "đ", "123", "\u0661\u0662", "a\nb", "a\n", "", "aab", "H08.12", "\u1EA5", "a\u0302\u0301", "Ⅷ", "x y",
        "a\u00A0b", "ﬀ", "İ", "ß", "🏠",
    ];

    /// <summary>Each is read by both engines, most of them differently; the last ones PostgreSQL does not read at all.</summary>
    private static readonly string[] Patterns =
    [
        @"^\d+$", @"^\w+$", @"^[[:alpha:]]+$", @"\s", @"^a+?b$", @"^.$", @"^a.b$", "^b$", "(?m)^b$", "(?i)^abc$", "(?i)đặng", @"^\S{2,3}\z",
        @"\bThị\b", @"^[^a-z]*$", "a$", @"\x41", @"\u0110", @"^H\d{2}(\.\d{2})?$", "(?x) a b c ", "(?s)^a.b$", @"^[\w-[\d]]+$",
        @"\p{L}", @"^\p{Lu}\p{Ll}+", @"^\P{Nd}+$", @"(?<x>a)b", @"\A\p{IsLatinExtendedAdditional}\z",
    ];

    [Fact]
    public async Task A_rule_counts_by_the_same_reading_of_a_pattern_as_a_column()
    {
        await using var lab = await StoreLab.StartAsync();
        var contract = StoreLab.Contract("1.0.0",
            "{name: k, logicalType: integer, primaryKey: true}", "{name: v, logicalType: string}");
        var dataset = await lab.AddAsync(contract);
        string?[][] records = [.. Values.Select((v, i) => new[] { i.ToString(CultureInfo.InvariantCulture), v }), ["99", null]];
        var load = await lab.LoadAsync(dataset, Way.Direct, records);
        QualityRule[] rules = [.. Patterns.Select(p => new QualityRule
        {
            Name = p, Metric = QualityMetric.InvalidValues, Columns = ["v"], Operator = QualityOperator.MustBe, Thresholds = [-1], Pattern = p,
        })];

        var findings = await lab.Check.JudgeRulesAsync(load.Candidate, load.Target.Layout, contract with { Rules = rules }, CancellationToken.None);

        var expected = Patterns.Select(p => $"{p}: {Values.Count(v => !Regex.IsMatch(v, p, RegexOptions.CultureInvariant))}");
        var measured = Patterns.Zip(findings, (p, f) => $"{p}: {f.Message.En.Split("measured ")[1].Split([',', ' '])[0]}");
        Assert.Equal(expected, measured);
    }

    [Theory]
    [InlineData(@"(?=a)b")]
    [InlineData(@"(?!a)b")]
    [InlineData(@"(?<=a)b")]
    [InlineData(@"(a)\1")]
    [InlineData(@"(?>a+)b")]
    [InlineData(@"a**")]
    [InlineData(@"[b-a]")]
    public void A_pattern_that_cannot_be_run_in_linear_time_is_refused_when_the_contract_is_registered(string pattern)
    {
        var quality = "{metric: invalidValues, mustBeLessThan: 5, arguments: {pattern: '" + pattern + "'}}";

        var error = Assert.Throws<InvalidOperationException>(() => StoreLab.Contract("1.0.0",
            "{name: k, logicalType: string, primaryKey: true}", $"{{name: v, logicalType: string, quality: [{quality}]}}"));

        Assert.Contains("/schema/0/properties/1/quality/0/arguments/pattern", error.Message, StringComparison.Ordinal);
    }
}
