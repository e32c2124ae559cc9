using System.Buffers.Binary;
using System.Text;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;

namespace DataHub.Core.Validation;

/// <summary>
/// Makes the key of records without one while a pull goes by: counts how often each was met. The set of keys is the same in whatever order the records come.
/// </summary>
internal sealed class Occurrences
{
    /// <summary>Different records of a pull: about 100 MB of memory.</summary>
    public const int Most = 2_000_000;

    private const int HashDigits = 32;
    private readonly Dictionary<UInt128, int> counts = [];
    private readonly byte[] digits = new byte[HashDigits];
    private readonly byte[] key = new byte[HashDigits + 16];

    /// <summary>Appends both key fields to the tuple of a whole record (its canonical form stays without them) and returns the key's fingerprint.</summary>
    /// <exception cref="HubErrorException">keyless_too_large.</exception>
    public UInt128 AppendKey(RecordBuffer record)
    {
        var hash = record.Hash();
        if (counts.Count >= Most && !counts.ContainsKey(hash))
        {
            throw HubErrors.KeylessTooLarge(Most).ToException();
        }

        var number = counts[hash] = counts.GetValueOrDefault(hash) + 1;
        Encoding.ASCII.GetBytes(hash.ToString("x32", System.Globalization.CultureInfo.InvariantCulture), digits);
        digits.CopyTo(record.Field(HashDigits));
        BinaryPrimitives.WriteInt32BigEndian(record.Field(4), number);
        Span<byte> canonical = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(canonical, number);
        var length = KeyFingerprint.AppendPart(key, digits);
        length += KeyFingerprint.AppendPart(key.AsSpan(length), canonical);
        return KeyFingerprint.Of(key.AsSpan(0, length));
    }
}
