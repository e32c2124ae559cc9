namespace DataHub.Core.Schedules;

/// <summary>Finds datasets that would wait for each other in a circle; such a schedule is never stored.</summary>
public static class DependencyCycle
{
    /// <summary>
    /// The shortest circle through <paramref name="dataset"/> by what waits for what, as <c>a, b, a</c>; null when there is none.
    /// </summary>
    /// <param name="after">What <paramref name="dataset"/> is to wait for.</param>
    /// <param name="waits">For a dataset those that it waits for already; the former ones of <paramref name="dataset"/> itself do not count.</param>
    public static IReadOnlyList<string>? Find(string dataset, IEnumerable<string> after, ILookup<string, string> waits)
    {
        var cameFrom = new Dictionary<string, string>(StringComparer.Ordinal);
        var next = new Queue<string>();
        foreach (var first in after.Where(a => cameFrom.TryAdd(a, dataset)))
        {
            next.Enqueue(first);
        }

        while (next.TryDequeue(out var place))
        {
            if (place == dataset)
            {
                return Path(dataset, cameFrom);
            }

            foreach (var further in waits[place].Where(w => cameFrom.TryAdd(w, place)))
            {
                next.Enqueue(further);
            }
        }

        return null;
    }

    private static List<string> Path(string dataset, Dictionary<string, string> cameFrom)
    {
        var path = new List<string> { dataset };
        for (var place = cameFrom[dataset]; place != dataset; place = cameFrom[place])
        {
            path.Add(place);
        }

        path.Add(dataset);
        path.Reverse();
        return path;
    }
}
