using CsCheck;
using DataHub.Core.Versioning;

namespace DataHub.Core.Tests.Versioning;

/// <summary>The oracle of the store obeys laws of its own.</summary>
public sealed class ChangePlannerTests
{
    private static readonly Gen<Dictionary<string, UInt128>> States =
        Gen.Select(Gen.Int[0, 12], Gen.Int[0, 3]).Array[0, 12].Select(a => a.DistinctBy(r => r.Item1).ToDictionary(r => "k" + r.Item1, r => (UInt128)r.Item2));

    [Fact]
    public void A_pull_of_a_state_makes_that_state() => Gen.Select(States, States).Sample((a, b) =>
    {
        var plan = ChangePlanner.Plan(a, Pull(b));
        Assert.True(plan.Next.Count == b.Count && plan.Next.All(r => b[r.Key] == r.Value));
        Assert.True(plan.Counts.AddUp);
        Assert.Equal(b.Count, a.Count + plan.Counts.New - plan.Counts.Removed);
    }, iter: 2_000);

    [Fact]
    public void A_pull_of_the_same_state_is_no_change() => States.Sample(a => Assert.False(ChangePlanner.Plan(a, Pull(a)).Counts.IsChange), iter: 1_000);

    [Fact]
    public void Rejecting_never_removes() => States.Sample(a =>
    {
        var plan = ChangePlanner.Plan(a, [.. a.Keys.Select(k => new PlannedRecord<string>(k, null))]);
        Assert.Equal((0, a.Count, a.Count), (plan.Counts.Removed, plan.Counts.Stale, plan.Next.Count));
    }, iter: 1_000);

    [Fact]
    public void Conflicting_records_are_all_rejected_and_the_last_good_image_stays()
    {
        var before = new Dictionary<string, UInt128> { ["a"] = 1 };
        var plan = ChangePlanner.Plan(before, [new("a", 1), new("a", 1), new("a", 2), new("b", 1), new("b", 2)]);
        Assert.Equal(new RunCounts { Read = 5, Rejected = 5, Stale = 1 }, plan.Counts);
        Assert.Equal((UInt128)1, Assert.Single(plan.Next).Value);
    }

    private static List<PlannedRecord<string>> Pull(Dictionary<string, UInt128> state) => [.. state.Select(r => new PlannedRecord<string>(r.Key, r.Value))];
}
