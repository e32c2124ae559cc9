namespace DataHub.Demo.Generation;

/// <summary>Distinct row numbers, dealt out in portions: which rows get a flaw, which change, which disappear.</summary>
internal sealed class Picks(ulong seed, int population)
{
    private readonly HashSet<int> taken = [];
    private SplitMix64 random = new(seed);

    /// <summary>The next <paramref name="count"/> rows below <paramref name="limit"/>; no row is ever dealt twice.</summary>
    public int[] Take(int count, int? limit = null)
    {
        var picked = new int[count];
        for (var i = 0; i < count;)
        {
            var row = random.Below(Math.Min(limit ?? population, population));
            if (taken.Add(row))
            {
                picked[i++] = row;
            }
        }

        return picked;
    }
}
