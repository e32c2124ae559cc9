namespace DataHub.Core.Versioning;

/// <summary>One record of a pull as the plan sees it.</summary>
/// <param name="Key">Key, or null when it could not be read.</param>
/// <param name="Hash">Hash of a valid record, or null when it was rejected or deleted.</param>
/// <param name="Tombstone">True when the source says that it has deleted the record.</param>
public readonly record struct PlannedRecord<TKey>(TKey? Key, UInt128? Hash, bool Tombstone = false) where TKey : class;

/// <summary>What a pull does to a version.</summary>
public sealed record ChangePlan<TKey>(RunCounts Counts, IReadOnlyDictionary<TKey, UInt128> Next) where TKey : class;

/// <summary>
/// The rules of a pull, pure and in memory: what the set-based and the streaming difference of the store must equal. It is the oracle of the
/// tests and the place to read the rules.
/// </summary>
public static class ChangePlanner
{
    /// <summary>Plans the next version from the current one (record hash by key) and the records of a pull.</summary>
    /// <param name="current">Record hash by key.</param>
    /// <param name="pull">In the source's order, which decides nothing.</param>
    /// <param name="whole">False for a part: then absence says nothing, and only a tombstone removes.</param>
    public static ChangePlan<TKey> Plan<TKey>(
        IReadOnlyDictionary<TKey, UInt128> current, IReadOnlyList<PlannedRecord<TKey>> pull, bool whole = true)
        where TKey : class
    {
        var buried = pull.Where(r => r.Tombstone).Select(r => r.Key!).ToHashSet();
        var next = whole ? [] : current.Where(c => !buried.Contains(c.Key)).ToDictionary();
        long added = 0, changed = 0, unchanged = 0, duplicate = 0, stale = 0;
        long rejected = pull.Count(r => r.Hash is null && !r.Tombstone);
        var met = new HashSet<TKey>();
        foreach (var group in pull.Where(r => r.Hash is not null).GroupBy(r => r.Key!))
        {
            if (group.Select(r => r.Hash).Distinct().Count() > 1)
            {
                rejected += group.Count();
                continue;
            }

            var hash = group.First().Hash!.Value;
            next[group.Key] = hash;
            met.Add(group.Key);
            duplicate += group.Count() - 1;
            if (!current.TryGetValue(group.Key, out var before))
            {
                added++;
            }
            else if (before == hash)
            {
                unchanged++;
            }
            else
            {
                changed++;
            }
        }

        // A key met only in rejected records counts as seen: its last good image stays.
        foreach (var key in pull.Where(r => r.Key is not null && !r.Tombstone).Select(r => r.Key!).Distinct())
        {
            if (!met.Contains(key) && current.TryGetValue(key, out var image))
            {
                next[key] = image;
                stale++;
            }
        }

        var counts = new RunCounts
        {
            Read = pull.Count, New = added, Changed = changed, Unchanged = unchanged, Rejected = rejected, Duplicate = duplicate,
            Tombstones = pull.Count(r => r.Tombstone),
            Removed = current.Keys.Count(k => !next.ContainsKey(k)), Stale = stale,
        };
        return new ChangePlan<TKey>(counts, next);
    }
}
