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

    /// <summary>Judges a candidate by its counts.</summary>
    /// <param name="counts">Of the run.</param>
    /// <param name="before">Records of the version before; 0 for a first load.</param>
    /// <param name="after">Records that the candidate would have.</param>
    /// <param name="limits">The dataset's.</param>
    /// <param name="expected">Removals that were announced for this run; 0 for none.</param>
    public static IEnumerable<Finding> Judge(RunCounts counts, long before, long after, BrakeLimits limits, long expected = 0)
    {
        var tooMany = counts.Removed > Math.Max(limits.MinRemoved, expected);
        if (before > 0 && after == 0)
        {
            if (!limits.MayBeEmpty && expected < counts.Removed)
            {
                yield return new Finding(Emptied, new($"Phiên bản mới sẽ không còn bản ghi nào (trước đó {N(before)}).",
                    $"The new version would have no record at all ({N(before)} before)."), true);
            }
        }
        else if (tooMany && counts.Removed > before * limits.RemovedShare)
        {
            yield return new Finding(RemovedShare, new(
                $"{N(counts.Removed)} trong {N(before)} bản ghi biến mất khỏi nguồn (ngưỡng {P(limits.RemovedShare)} %).",
                $"{N(counts.Removed)} of {N(before)} records are gone from the source (limit {P(limits.RemovedShare)} %)."), true);
        }

        if (counts.Rejected > counts.Read * limits.RejectedShare)
        {
            yield return new Finding(RejectedShare, new(
                $"{N(counts.Rejected)} trong {N(counts.Read)} bản ghi bị từ chối (ngưỡng {P(limits.RejectedShare)} %).",
                $"{N(counts.Rejected)} of {N(counts.Read)} records were rejected (limit {P(limits.RejectedShare)} %)."), true);
        }
    }

    private static string P(double share) => Math.Round((decimal)share * 100, 4).ToString("0.####", CultureInfo.InvariantCulture);

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
