using CsCheck;
using DataHub.Core.Schedules;

namespace DataHub.Core.Tests.Schedules;

/// <summary>Circles of datasets that wait for each other.</summary>
public sealed class DependencyCycleTests
{
    [Theory]
    [InlineData("a", "b", "b:c c:a", "a b c a")]
    [InlineData("a", "a", "", "a a")]
    [InlineData("a", "b d", "b:c c:e d:a", "a d a")]
    [InlineData("a", "b c", "b:d c:d d:e", null)]
    [InlineData("a", "b", "c:a b:d", null)]
    [InlineData("a", "b", "b:c c:b", null)]
    public void Names_the_shortest_circle_through_the_dataset(string dataset, string after, string waits, string? expected) =>
        Assert.Equal(expected, DependencyCycle.Find(dataset, after.Split(' '), Waits(waits)) is { } path ? string.Join(' ', path) : null);

    [Fact]
    public void A_graph_without_a_circle_stays_without_one_when_every_change_is_asked_first() =>
        Gen.Int[0, 7].Select(Gen.Int[0, 7]).List[0, 40].Sample(wishes =>
        {
            var edges = new HashSet<(string From, string To)>();
            foreach (var (from, to) in wishes.Select(w => ($"{w.Item1}", $"{w.Item2}")))
            {
                var after = edges.Where(e => e.From == from).Select(e => e.To).Append(to);
                if (DependencyCycle.Find(from, after, edges.Where(e => e.From != from).ToLookup(e => e.From, e => e.To)) is null)
                {
                    edges.Add((from, to));
                }
            }

            // What is left can be taken apart from its leaves.
            while (edges.RemoveWhere(e => edges.All(o => o.From != e.To)) > 0)
            {
            }

            return edges.Count == 0;
        });

    private static ILookup<string, string> Waits(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => w.Split(':')).ToLookup(w => w[0], w => w[1]);
}
