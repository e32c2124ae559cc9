using System.Buffers.Binary;

namespace DataHub.Core.Validation;

/// <summary>
/// Texts of one column that were found valid a moment ago: codes, names of procedures and states repeat, and the same bytes need not be checked by pattern, length and
/// list a million times. A column whose values hardly repeat is left alone after a thousand of them.
/// </summary>
/// <remarks>A fixed table that a later text overwrites: no object a value, 24 KB a column.</remarks>
internal sealed class KnownTexts
{
    private const int Slots = 256;
    private const int LongestText = 96;
    private const int Trial = 1_024;

    private readonly byte[] texts = new byte[Slots * LongestText];
    private readonly byte[] lengths = new byte[Slots];
    private int hits;
    private int misses;

    /// <summary>True when exactly these bytes were added before.</summary>
    public bool Contains(ReadOnlySpan<byte> text)
    {
        if (!Takes(text))
        {
            return false;
        }

        var slot = SlotOf(text);
        if (lengths[slot] == text.Length && texts.AsSpan(slot * LongestText, text.Length).SequenceEqual(text))
        {
            hits++;
            return true;
        }

        misses++;
        return false;
    }

    /// <summary>Notes a text that keeps all rules and is stored as it is.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        if (!Takes(text))
        {
            return;
        }

        var slot = SlotOf(text);
        lengths[slot] = (byte)text.Length;
        text.CopyTo(texts.AsSpan(slot * LongestText));
    }

    // The counts may wrap in a pull of thousands of millions: then the trial begins again.
    private bool Takes(ReadOnlySpan<byte> text) => text.Length is > 0 and <= LongestText && (misses < Trial || misses < hits);

    private static int SlotOf(ReadOnlySpan<byte> text)
    {
        ulong first = 0, last = 0;
        if (text.Length >= 8)
        {
            first = BinaryPrimitives.ReadUInt64LittleEndian(text);
            last = BinaryPrimitives.ReadUInt64LittleEndian(text[^8..]);
        }
        else
        {
            foreach (var b in text)
            {
                first = (first << 8) | b;
            }
        }

        var mixed = (first ^ (last * 0xC2B2AE3D27D4EB4FUL) ^ (uint)text.Length) * 0x9E3779B97F4A7C15UL;
        return (int)(mixed >> 56);
    }
}
