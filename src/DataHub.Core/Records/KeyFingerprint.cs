using System.Buffers.Binary;
using System.Security.Cryptography;

namespace DataHub.Core.Records;

/// <summary>
/// A key in 128 bits: itself when it has at most 15 bytes, else the beginning of its SHA-256. Both are marked by the last byte, so that a short key
/// never equals a digest.
/// </summary>
public static class KeyFingerprint
{
    private const int ShortLength = 15;

    /// <summary>Fingerprint of one canonical key value, or of several joined by <see cref="AppendPart"/>.</summary>
    public static UInt128 Of(ReadOnlySpan<byte> key)
    {
        Span<byte> digest = stackalloc byte[32];
        if (key.Length <= ShortLength)
        {
            digest[..16].Clear();
            key.CopyTo(digest);
            digest[ShortLength] = (byte)key.Length;
        }
        else
        {
            SHA256.HashData(key, digest);
            digest[ShortLength] |= 0x80;
        }

        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    /// <summary>Appends one part of a compound key with its length; returns the bytes written.</summary>
    public static int AppendPart(Span<byte> target, ReadOnlySpan<byte> part)
    {
        BinaryPrimitives.WriteInt32BigEndian(target, part.Length);
        part.CopyTo(target[4..]);
        return part.Length + 4;
    }
}
