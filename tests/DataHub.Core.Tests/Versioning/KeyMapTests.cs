using CsCheck;
using DataHub.Core.Versioning;

namespace DataHub.Core.Tests.Versioning;

/// <summary>The key map equals a dictionary with the plan's rules, also while it grows.</summary>
public sealed class KeyMapTests
{
    [Fact]
    public void Equals_the_plan_on_random_pulls()
    {
        var record = Gen.Select(Gen.Int[0, 30], Gen.Int[-1, 2]);
        Gen.Select(Gen.Int[0, 2].Array[31], record.Array[0, 120]).Sample((current, pull) =>
        {
            var map = new KeyMap(0);
            var before = new Dictionary<string, UInt128>();
            for (var key = 0; key < current.Length; key++)
            {
                if (current[key] > 0)
                {
                    before["k" + key] = (UInt128)(current[key] - 1);
                    map.AddCurrent((UInt128)key, (UInt128)(current[key] - 1));
                }
            }

            var counts = Pull(map, pull);
            var plan = ChangePlanner.Plan(before, [.. pull.Select(r => new PlannedRecord<string>("k" + r.Item1, r.Item2 < 0 ? null : (UInt128)r.Item2))]);
            Assert.Equal(plan.Counts, counts);
        }, iter: 5_000);
    }

    [Fact]
    public void Keeps_every_key_while_it_grows()
    {
        const int Keys = 60_000;
        var random = new Random(5);
        var oracle = new Dictionary<UInt128, UInt128>();
        var map = new KeyMap(0);
        var memory = map.Memory;
        while (oracle.Count < Keys)
        {
            // Neighbouring small keys and digests alike, zero among them.
            var key = oracle.Count % 2 == 0 ? (UInt128)oracle.Count : new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64());
            if (oracle.TryAdd(key, (UInt128)random.NextInt64()))
            {
                map.AddCurrent(key, oracle[key]);
            }
        }

        Assert.True(map.Memory > memory);
        Assert.Equal((Keys, Keys), (map.Count, (int)map.Unseen));
        foreach (var (key, hash) in oracle)
        {
            Assert.Equal(KeyState.Current, map[key]);
            Assert.Equal(Arrival.Unchanged, map.Arrive(key, hash, 1).Verdict);
        }

        Assert.Equal(0, map.Unseen);
    }

    [Fact]
    public void Positions_of_first_records_survive_growth()
    {
        var map = new KeyMap(0);
        for (var i = 0; i < 5_000; i++)
        {
            map.Arrive((UInt128)i, 1, i + 10);
        }

        for (var i = 0; i < 5_000; i++)
        {
            Assert.Equal(new Arrived(Arrival.FirstConflict, KeyState.New, i + 10), map.Arrive((UInt128)i, 2, 0));
        }
    }

    private static RunCounts Pull(KeyMap map, (int Key, int Hash)[] pull)
    {
        long added = 0, changed = 0, unchanged = 0, duplicate = 0, rejected = 0;
        foreach (var (key, hash) in pull)
        {
            if (hash < 0)
            {
                rejected++;
                map.Reject((UInt128)key);
                continue;
            }

            var arrived = map.Arrive((UInt128)key, (UInt128)hash, 1);
            switch (arrived.Verdict)
            {
                case Arrival.New: added++; break;
                case Arrival.Changed: changed++; break;
                case Arrival.Unchanged: unchanged++; break;
                case Arrival.Duplicate: duplicate++; break;
                case Arrival.Conflict: rejected++; break;
                default:
                    rejected += 2 + arrived.Copies;
                    duplicate -= arrived.Copies;
                    added -= arrived.First == KeyState.New ? 1 : 0;
                    changed -= arrived.First == KeyState.Changed ? 1 : 0;
                    unchanged -= arrived.First == KeyState.Unchanged ? 1 : 0;
                    break;
            }
        }

        return new RunCounts
        {
            Read = pull.Length, New = added, Changed = changed, Unchanged = unchanged, Duplicate = duplicate, Rejected = rejected,
            Removed = map.Unseen, Stale = map.CountStale(),
        };
    }
}
