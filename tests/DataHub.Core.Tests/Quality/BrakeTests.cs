using CsCheck;
using DataHub.Core.Contracts;
using DataHub.Core.Quality;
using DataHub.Core.Versioning;

namespace DataHub.Core.Tests.Quality;

/// <summary>The brake at its edges, and the operators of rules.</summary>
public sealed class BrakeTests
{
    [Theory]
    [InlineData(100, 10, "")]
    [InlineData(100, 11, "removed_share")]
    [InlineData(110, 11, "")]
    [InlineData(109, 11, "removed_share")]
    [InlineData(20, 10, "")]
    [InlineData(11, 10, "")]
    [InlineData(12, 11, "removed_share")]
    [InlineData(10, 10, "emptied")]
    [InlineData(1, 1, "emptied")]
    [InlineData(1_000_000, 100_000, "")]
    [InlineData(1_000_000, 100_001, "removed_share")]
    public void Removing_more_than_a_tenth_and_more_than_ten_holds(long before, long removed, string codes) =>
        Assert.Equal(codes, Codes(new RunCounts { Read = before - removed, Unchanged = before - removed, Removed = removed }, before, before - removed));

    [Fact]
    public void Every_exact_tenth_passes() => Gen.Long[2, 100_000_000].Sample(tenth =>
    {
        Assert.Equal("", Codes(new RunCounts { Removed = tenth }, tenth * 10, tenth * 9));
        Assert.Equal(tenth >= 10 ? "removed_share" : "", Codes(new RunCounts { Removed = tenth + 1 }, tenth * 10, (tenth * 9) - 1));
    });

    [Theory]
    [InlineData(100, 1, "")]
    [InlineData(100, 2, "rejected_share")]
    [InlineData(99, 1, "rejected_share")]
    [InlineData(1, 1, "rejected_share")]
    [InlineData(0, 0, "")]
    [InlineData(1_000_000, 10_000, "")]
    [InlineData(1_000_000, 10_001, "rejected_share")]
    public void Rejecting_more_than_a_hundredth_holds(long read, long rejected, string codes) =>
        Assert.Equal(codes, Codes(new RunCounts { Read = read, Rejected = rejected, New = read - rejected }, 0, read - rejected));

    [Fact]
    public void Every_exact_hundredth_passes() => Gen.Long[1, 100_000_000].Sample(hundredth =>
    {
        Assert.Equal("", Codes(new RunCounts { Read = hundredth * 100, Rejected = hundredth }, 0, 1));
        Assert.Equal("rejected_share", Codes(new RunCounts { Read = (hundredth * 100) - 1, Rejected = hundredth }, 0, 1));
    });

    [Fact]
    public void An_empty_first_load_is_not_emptied() => Assert.Equal("", Codes(new RunCounts(), 0, 0));

    [Fact]
    public void Emptying_and_rejecting_are_both_said() =>
        Assert.Equal("emptied,rejected_share", Codes(new RunCounts { Read = 1, Rejected = 1, Removed = 50 }, 50, 0));

    [Theory]
    [InlineData(QualityOperator.MustBe, "5", true, "6", false)]
    [InlineData(QualityOperator.MustNotBe, "6", true, "5", false)]
    [InlineData(QualityOperator.MustBeGreaterThan, "5.01", true, "5", false)]
    [InlineData(QualityOperator.MustBeGreaterOrEqualTo, "5", true, "4.99", false)]
    [InlineData(QualityOperator.MustBeLessThan, "4.99", true, "5", false)]
    [InlineData(QualityOperator.MustBeLessOrEqualTo, "5", true, "5.01", false)]
    [InlineData(QualityOperator.MustBeBetween, "5", true, "4.99", false)]
    [InlineData(QualityOperator.MustBeBetween, "9", true, "9.01", false)]
    [InlineData(QualityOperator.MustNotBeBetween, "4.99", true, "5", false)]
    [InlineData(QualityOperator.MustNotBeBetween, "9.01", true, "9", false)]
    public void Operators(QualityOperator operation, string a, bool keepsA, string b, bool keepsB)
    {
        var rule = Rule(operation);
        Assert.Equal((keepsA, keepsB), (QualityJudge.Keeps(rule, Number(a)), QualityJudge.Keeps(rule, Number(b))));
    }

    [Fact]
    public void Percent_is_a_share_of_all_and_of_nothing_none()
    {
        var rule = Rule(QualityOperator.MustBe) with { Percent = true };
        Assert.Equal((25m, 0m, 3m), (QualityJudge.InUnit(rule, 1, 4), QualityJudge.InUnit(rule, 0, 0), QualityJudge.InUnit(Rule(QualityOperator.MustBe), 3, 4)));
        var broken = QualityJudge.Broken(rule with { Holds = false }, 100m / 3);
        Assert.Equal(("quality_rule", false), (broken.Code, broken.Holds));
        Assert.Contains("33.3333 %", broken.Message.En, StringComparison.Ordinal);
    }

    private static decimal Number(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static QualityRule Rule(QualityOperator operation) => new() { Name = "r", Metric = QualityMetric.RowCount, Operator = operation, Thresholds = [5, 9] };

    private static string Codes(RunCounts counts, long before, long after) => string.Join(',', Brake.Judge(counts, before, after, BrakeLimits.Default).Select(f => f.Code));
}
