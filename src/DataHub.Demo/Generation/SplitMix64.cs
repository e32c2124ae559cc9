namespace DataHub.Demo.Generation;

/// <summary>
/// The generator behind all demo data (Steele, Lea, Flood 2014). The runtime's own Random may change its sequence
/// between releases; this one cannot, so that the same seed means the same rows for ever.
/// </summary>
public struct SplitMix64(ulong seed)
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;
    private ulong state = seed;

    /// <summary>
    /// The stream of one row. The index is mixed before it meets the seed: plain addition would make row i+1 repeat
    /// the draws of row i, shifted by one.
    /// </summary>
    public static SplitMix64 ForRow(ulong seed, long index) => new(Mix(seed ^ Mix((ulong)index + Gamma)));

    public ulong Next() => Mix(state += Gamma);

    /// <summary>From 0 to <paramref name="limit"/> − 1.</summary>
    public int Below(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    /// <summary>True in <paramref name="percent"/> of a hundred draws.</summary>
    public bool Percent(int percent) => Below(100) < percent;

    public T Pick<T>(ReadOnlySpan<T> items) => items[Below(items.Length)];

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
