namespace DataHub.Core.Versioning;

/// <summary>What the map knows of a key during a pull.</summary>
public enum KeyState : byte
{
    Empty,

    /// <summary>In the current version, not met yet: removed if it stays so.</summary>
    Current,

    /// <summary>In the current version, met only in rejected records: its published image stays, stale.</summary>
    Stale,

    Unchanged,
    Changed,
    New,

    /// <summary>Different records have this key; it is in the current version, whose image stays, stale.</summary>
    ConflictCurrent,

    /// <summary>Different records have this key; it is not in the current version.</summary>
    ConflictNew,
}

/// <summary>What one valid record means against the current version and the records before it.</summary>
public enum Arrival
{
    New,
    Changed,
    Unchanged,

    /// <summary>Byte-equal to an earlier record of the pull.</summary>
    Duplicate,

    /// <summary>The second, different record of a key: this one and the earlier ones are rejected.</summary>
    FirstConflict,

    /// <summary>A further record of a key in conflict.</summary>
    Conflict,
}

/// <summary>The verdict on one valid record. The rest is set for <see cref="Arrival.FirstConflict"/> only.</summary>
/// <param name="Verdict">What the record means.</param>
/// <param name="First">State of the key until now: what the earlier record had been counted as.</param>
/// <param name="FirstPosition">Where the earlier record stands in the source.</param>
/// <param name="Copies">Equal copies of the earlier record that were counted as duplicates.</param>
public readonly record struct Arrived(Arrival Verdict, KeyState First = KeyState.Empty, long FirstPosition = 0, int Copies = 0);

/// <summary>
/// Keys and record hashes of the current version and of the pull, in an open-addressing table of 37 bytes a slot (about 55 MB a million
/// records). It decides every record at once, so that only changes are sent to PostgreSQL.
/// </summary>
public sealed class KeyMap
{
    private const int BytesPerSlot = 37;
    private const double MaxLoad = 0.75;

    private readonly Dictionary<UInt128, int> duplicates = [];
    private UInt128[] keys;
    private UInt128[] hashes;
    private KeyState[] states;
    private uint[] positions;
    private int limit;

    /// <param name="expected">Keys to make room for.</param>
    public KeyMap(long expected)
    {
        var capacity = (int)Math.Clamp((expected * 1.1 / MaxLoad) + 64, 1024, Array.MaxLength / 2);
        keys = new UInt128[capacity];
        hashes = new UInt128[capacity];
        states = new KeyState[capacity];
        positions = new uint[capacity];
        limit = (int)(capacity * MaxLoad);
    }

    public int Count { get; private set; }

    /// <summary>Bytes held by the table.</summary>
    public long Memory => (long)states.Length * BytesPerSlot;

    /// <summary>Bytes that the table would hold after <paramref name="more"/> further keys.</summary>
    public long MemoryWith(int more) => Count + more < limit ? Memory : 2 * Memory;

    /// <summary>Keys of the current version that were not met.</summary>
    public long Unseen { get; private set; }

    /// <summary>Bytes that <paramref name="records"/> keys take.</summary>
    public static long MemoryFor(long records) => (long)(records * 1.1 / MaxLoad * BytesPerSlot);

    /// <summary>Takes in a record of the current version.</summary>
    public void AddCurrent(UInt128 key, UInt128 hash)
    {
        ref var state = ref Find(key, out var slot);
        state = KeyState.Current;
        keys[slot] = key;
        hashes[slot] = hash;
        Unseen++;
        Added();
    }

    /// <summary>Takes in a valid record that stands at <paramref name="position"/> of the source.</summary>
    public Arrived Arrive(UInt128 key, UInt128 hash, long position)
    {
        ref var state = ref Find(key, out var slot);
        var before = state;
        switch (before)
        {
            case KeyState.Empty:
                keys[slot] = key;
                hashes[slot] = hash;
                positions[slot] = (uint)position;
                state = KeyState.New;
                Added();
                return new Arrived(Arrival.New);
            case KeyState.Current or KeyState.Stale:
                Unseen -= before == KeyState.Current ? 1 : 0;
                state = hashes[slot] == hash ? KeyState.Unchanged : KeyState.Changed;
                hashes[slot] = hash;
                positions[slot] = (uint)position;
                return new Arrived(state == KeyState.Unchanged ? Arrival.Unchanged : Arrival.Changed);
            case KeyState.ConflictCurrent or KeyState.ConflictNew:
                return new Arrived(Arrival.Conflict);
            default:
                if (hashes[slot] == hash)
                {
                    duplicates[key] = duplicates.GetValueOrDefault(key) + 1;
                    return new Arrived(Arrival.Duplicate);
                }

                state = before == KeyState.New ? KeyState.ConflictNew : KeyState.ConflictCurrent;
                _ = duplicates.Remove(key, out var copies);
                return new Arrived(Arrival.FirstConflict, before, positions[slot], copies);
        }
    }

    /// <summary>Takes in the key of a rejected record: it counts as seen.</summary>
    public void Reject(UInt128 key)
    {
        ref var state = ref Find(key, out _);
        if (state == KeyState.Current)
        {
            state = KeyState.Stale;
            Unseen--;
        }
    }

    /// <summary>State of a key; <see cref="KeyState.Empty"/> when unknown.</summary>
    public KeyState this[UInt128 key] => Find(key, out _);

    /// <summary>Keys whose published image stays although their records were rejected.</summary>
    public long CountStale()
    {
        long stale = 0;
        foreach (var state in states)
        {
            stale += state is KeyState.Stale or KeyState.ConflictCurrent ? 1 : 0;
        }

        return stale;
    }

    /// <summary>Hashes of the keys that are new, in no order.</summary>
    public UInt128[] NewHashes()
    {
        var found = new UInt128[states.AsSpan().Count(KeyState.New)];
        var next = 0;
        for (var i = 0; i < states.Length; i++)
        {
            if (states[i] == KeyState.New)
            {
                found[next++] = hashes[i];
            }
        }

        return found;
    }

    private ref KeyState Find(UInt128 key, out int slot)
    {
        // Short keys are their own fingerprint: mix them, or neighbours would cluster.
        var mixed = ((ulong)key ^ (ulong)(key >> 64)) * 0x9E3779B97F4A7C15UL;
        mixed ^= mixed >> 32;
        slot = (int)(((mixed & 0xFFFFFFFF) * (ulong)states.Length) >> 32);
        while (states[slot] != KeyState.Empty && keys[slot] != key)
        {
            slot = slot + 1 == states.Length ? 0 : slot + 1;
        }

        return ref states[slot];
    }

    private void Added()
    {
        if (++Count < limit)
        {
            return;
        }

        var (oldKeys, oldHashes, oldStates, oldPositions) = (keys, hashes, states, positions);
        var capacity = (int)Math.Min(oldStates.Length * 2L, Array.MaxLength);
        (keys, hashes, states, positions) = (new UInt128[capacity], new UInt128[capacity], new KeyState[capacity], new uint[capacity]);
        limit = (int)(capacity * MaxLoad);
        for (var i = 0; i < oldStates.Length; i++)
        {
            if (oldStates[i] != KeyState.Empty)
            {
                Find(oldKeys[i], out var slot) = oldStates[i];
                keys[slot] = oldKeys[i];
                hashes[slot] = oldHashes[i];
                positions[slot] = oldPositions[i];
            }
        }
    }
}
