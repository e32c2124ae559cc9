using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using DataHub.Storage.Loads;

namespace DataHub.Storage.Versions;

/// <summary>
/// Checksum and digest of a candidate's changes, added one by one in the order (before, after): the one place that knows their form, whether the hashes come from
/// the store or from a load's memory.
/// </summary>
internal sealed class ChangesMeasure(UInt128 checksumBefore) : IDisposable
{
    // A change is one byte (1 = had a before, 2 = has an after) and both hashes.
    private const int ChangeBytes = 33;

    private readonly IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] waiting = new byte[ChangeBytes * 1024];
    private int length;
    private UInt128 checksum = checksumBefore;

    public void AddNew(UInt128 hash) => Add(null, hash);

    public void Add(UInt128? before, UInt128? after)
    {
        var change = waiting.AsSpan(length, ChangeBytes);
        change[0] = (byte)((before is null ? 0 : 1) | (after is null ? 0 : 2));
        BinaryPrimitives.WriteUInt128BigEndian(change[1..], before ?? 0);
        BinaryPrimitives.WriteUInt128BigEndian(change[17..], after ?? 0);
        checksum = unchecked(checksum - (before ?? 0) + (after ?? 0));
        length += ChangeBytes;
        if (length == waiting.Length)
        {
            Flush();
        }
    }

    /// <summary>The candidate with what was measured.</summary>
    public Candidate Of(Candidate candidate)
    {
        Flush();
        return candidate with
        {
            Checksum = checksum.ToString("x32", CultureInfo.InvariantCulture),
            ChangesDigest = Convert.ToHexStringLower(digest.GetHashAndReset()),
        };
    }

    public void Dispose() => digest.Dispose();

    private void Flush()
    {
        digest.AppendData(waiting, 0, length);
        length = 0;
    }
}
