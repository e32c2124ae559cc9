using System.Buffers.Binary;
using System.Security.Cryptography;

namespace DataHub.Core.Records;

/// <summary>
/// One validated record in its two encodings, built side by side and reused for every record of a pull: the canonical form that is
/// hashed, and the fields of a PostgreSQL binary COPY tuple.
/// </summary>
/// <remarks>
/// Canonical form 1: for each non-null column in id order, int32 column id, int32 length, canonical bytes, all big-endian. Nulls leave no
/// trace, so that a column added later re-hashes nothing.
/// </remarks>
public sealed class RecordBuffer
{
    /// <summary>Number of the canonical form that this class writes; kept with every store pair.</summary>
    public const int CanonicalForm = 1;

    /// <summary>Bytes that the canonical form puts before a value: column id and length.</summary>
    internal const int CanonicalHead = 8;

    private byte[] canonical = new byte[512];
    private byte[] tuple = new byte[512];
    private int canonicalLength;
    private int tupleLength;

    /// <summary>Fields of the COPY tuple without the leading field count, in column order.</summary>
    public ReadOnlySpan<byte> Tuple => tuple.AsSpan(0, tupleLength);

    public void Clear() => canonicalLength = tupleLength = 0;

    /// <summary>First 128 bits of SHA-256 over the canonical form: collision-resistant, and in every language's library.</summary>
    public UInt128 Hash()
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(canonical.AsSpan(0, canonicalLength), digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    public void AppendNull() => BinaryPrimitives.WriteInt32BigEndian(ReserveTuple(4), -1);

    /// <summary>A value whose canonical and PostgreSQL bytes are the same (text, bytes, int64, boolean).</summary>
    public void Append(int columnId, ReadOnlySpan<byte> value)
    {
        value.CopyTo(Canonical(columnId, value.Length));
        value.CopyTo(Field(value.Length));
    }

    /// <summary>Room for a canonical value of exactly <paramref name="length"/> bytes.</summary>
    public Span<byte> Canonical(int columnId, int length)
    {
        Grow(ref canonical, canonicalLength + length + CanonicalHead);
        var room = canonical.AsSpan(canonicalLength, length + CanonicalHead);
        BinaryPrimitives.WriteInt32BigEndian(room, columnId);
        BinaryPrimitives.WriteInt32BigEndian(room[4..], length);
        canonicalLength += length + CanonicalHead;
        LastCanonical = canonicalLength - length;
        return room[CanonicalHead..];
    }

    /// <summary>Where the canonical bytes of the value appended last begin.</summary>
    internal int LastCanonical { get; private set; }

    /// <summary>Canonical bytes from <paramref name="start"/>.</summary>
    internal ReadOnlySpan<byte> CanonicalBytes(int start, int length) => canonical.AsSpan(start, length);

    internal int CanonicalLength => canonicalLength;

    /// <summary>Room for a tuple field of exactly <paramref name="length"/> bytes.</summary>
    public Span<byte> Field(int length)
    {
        var room = ReserveTuple(length + 4);
        BinaryPrimitives.WriteInt32BigEndian(room, length);
        return room[4..];
    }

    private Span<byte> ReserveTuple(int length)
    {
        Grow(ref tuple, tupleLength + length);
        var room = tuple.AsSpan(tupleLength, length);
        tupleLength += length;
        return room;
    }

    private static void Grow(ref byte[] buffer, int needed)
    {
        if (needed > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(needed, buffer.Length * 2));
        }
    }
}
