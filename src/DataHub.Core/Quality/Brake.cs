using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Versioning;

namespace DataHub.Core.Quality;

/// <summary>A finding about a whole candidate version.</summary>
/// <param name="Code">Stable, snake_case.</param>
/// <param name="Message">In both languages, with the figures.</param>
/// <param name="Holds">Whether it keeps the candidate from being published without a decision.</param>
public sealed record Finding(string Code, Text Message, bool Holds);

/// <summary>
/// The brake: a candidate that loses too much, or rejects too much, waits for a person while the last good version stays live. Nobody deletes what is
/// missing without asking.
/// </summary>
public static class Brake
{
    public const string RemovedShare = "removed_share";
    public const string Emptied = "emptied";
    public const string RejectedShare = "rejected_share";

    /// <summary>Removed records above this share of the version before …</summary>
    public const double MaxRemovedShare = 0.10;

    /// <summary>… and above this number.</summary>
    public const int MinRemoved = 10;

    /// <summary>Rejected records above this share of those read.</summary>
    public const double MaxRejectedShare = 0.01;

    /// <summary>Judges a candidate by its counts.</summary>
    /// <param name="counts">Of the run.</param>
    /// <param name="before">Records of the version before; 0 for a first load.</param>
    /// <param name="after">Records that the candidate would have.</param>
    public static IEnumerable<Finding> Judge(RunCounts counts, long before, long after)
    {
        if (before > 0 && after == 0)
        {
            yield return new Finding(Emptied, new($"Phiên bản mới sẽ không còn bản ghi nào (trước đó {N(before)}).",
                $"The new version would have no record at all ({N(before)} before)."), true);
        }
        else if (counts.Removed > MinRemoved && counts.Removed > before * MaxRemovedShare)
        {
            yield return new Finding(RemovedShare, new(
                $"{N(counts.Removed)} trong {N(before)} bản ghi biến mất khỏi nguồn (ngưỡng 10 %).",
                $"{N(counts.Removed)} of {N(before)} records are gone from the source (limit 10 %)."), true);
        }

        if (counts.Rejected > counts.Read * MaxRejectedShare)
        {
            yield return new Finding(RejectedShare, new(
                $"{N(counts.Rejected)} trong {N(counts.Read)} bản ghi bị từ chối (ngưỡng 1 %).",
                $"{N(counts.Rejected)} of {N(counts.Read)} records were rejected (limit 1 %)."), true);
        }
    }

    private static string N(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Judges the contract's rules over the whole.</summary>
public static class QualityJudge
{
    public const string RuleBroken = "quality_rule";

    /// <summary>Whether a measured value keeps <paramref name="rule"/>.</summary>
    public static bool Keeps(QualityRule rule, decimal value)
    {
        var first = rule.Thresholds[0];
        return rule.Operator switch
        {
            QualityOperator.MustBe => value == first,
            QualityOperator.MustNotBe => value != first,
            QualityOperator.MustBeGreaterThan => value > first,
            QualityOperator.MustBeGreaterOrEqualTo => value >= first,
            QualityOperator.MustBeLessThan => value < first,
            QualityOperator.MustBeLessOrEqualTo => value <= first,
            QualityOperator.MustBeBetween => value >= first && value <= rule.Thresholds[1],
            _ => value < first || value > rule.Thresholds[1],
        };
    }

    /// <summary>The measured figure as the rule's unit: a count, or percent of <paramref name="total"/> (0 of 0 is 0 %).</summary>
    public static decimal InUnit(QualityRule rule, long count, long total) =>
        rule.Percent ? (total == 0 ? 0 : 100m * count / total) : count;

    /// <summary>The finding of a broken rule.</summary>
    public static Finding Broken(QualityRule rule, decimal value)
    {
        var limits = string.Join("–", rule.Thresholds.Select(t => t.ToString(CultureInfo.InvariantCulture)));
        var unit = rule.Percent ? " %" : "";
        var measured = Math.Round(value, 4).ToString(CultureInfo.InvariantCulture);
        return new Finding(RuleBroken, new(
            $"Quy tắc {rule.Name}: đo được {measured}{unit}, yêu cầu {rule.Operator} {limits}{unit}.",
            $"Rule {rule.Name}: measured {measured}{unit}, required {rule.Operator} {limits}{unit}."), rule.Holds);
    }
}
