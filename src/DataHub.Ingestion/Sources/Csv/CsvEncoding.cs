using System.Buffers;
using System.Text;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>Encodings that a CSV source may declare.</summary>
internal enum CsvEncoding
{
    Utf8,
    Utf16LittleEndian,
    Utf16BigEndian,
    Windows1258,
    Tcvn,
    Viscii,
}

/// <summary>
/// Recognises at a file's beginning that it is not in the declared encoding. It only ever refuses: another encoding than the
/// declared one is never used.
/// </summary>
internal static class CsvEncodingMark
{
    private const int ManyLetters = 8;

    /// <summary>Bytes of the byte order mark to pass over.</summary>
    public static int Length(ReadOnlySpan<byte> head, CsvEncoding declared) => declared switch
    {
        CsvEncoding.Utf8 => head.StartsWith("\uFEFF"u8) ? 3 : 0,
        CsvEncoding.Utf16LittleEndian => head.StartsWith<byte>([0xFF, 0xFE]) ? 2 : 0,
        CsvEncoding.Utf16BigEndian => head.StartsWith<byte>([0xFE, 0xFF]) ? 2 : 0,
        _ => 0,
    };

    /// <summary>What the beginning shows instead of the declared encoding, or null when nothing speaks against it.</summary>
    public static string? Contradiction(ReadOnlySpan<byte> head, CsvEncoding declared)
    {
        var seen = Seen(head);
        if (seen is not null)
        {
            return seen == declared ? null : Name(seen.Value);
        }

        // Without a mark: half of the bytes of ASCII text in UTF-16 are zero, in UTF-8 none is.
        var whole = head;
        head = head[..Math.Min(head.Length & ~1, 2048)];
        var (even, odd) = (0, 0);
        for (var i = 0; i < head.Length; i += 2)
        {
            even += head[i] == 0 ? 1 : 0;
            odd += head[i + 1] == 0 ? 1 : 0;
        }

        if (declared is not (CsvEncoding.Utf16LittleEndian or CsvEncoding.Utf16BigEndian))
        {
            return declared != CsvEncoding.Utf8 && IsSurelyUtf8(whole) ? "utf-8" : even > head.Length / 8 ? "utf-16be" : odd > head.Length / 8 ? "utf-16le" : null;
        }

        var expected = declared == CsvEncoding.Utf16BigEndian ? even : odd;
        var opposite = declared == CsvEncoding.Utf16BigEndian ? odd : even;
        return head.Length > 1 && expected == 0 ? opposite > 0 ? Name(Swap(declared)) : "utf-8" : null;
    }

    /// <summary>
    /// Letters beyond ASCII, every one of them whole in UTF-8: text in an encoding of single bytes does not come out so by chance. Its last
    /// letter may be cut off by the end of what is looked at.
    /// </summary>
    private static bool IsSurelyUtf8(ReadOnlySpan<byte> head)
    {
        var letters = 0;
        while (head.Length > 0)
        {
            if (Rune.DecodeFromUtf8(head, out var rune, out var used) != OperationStatus.Done)
            {
                return letters >= ManyLetters && head.Length < 4;
            }

            letters += rune.IsAscii ? 0 : 1;
            head = head[used..];
        }

        return letters >= ManyLetters;
    }

    private static CsvEncoding? Seen(ReadOnlySpan<byte> head) =>
        head.StartsWith("\uFEFF"u8) ? CsvEncoding.Utf8
        : head.StartsWith<byte>([0xFF, 0xFE]) ? CsvEncoding.Utf16LittleEndian
        : head.StartsWith<byte>([0xFE, 0xFF]) ? CsvEncoding.Utf16BigEndian
        : null;

    private static CsvEncoding Swap(CsvEncoding encoding) => encoding == CsvEncoding.Utf16BigEndian
        ? CsvEncoding.Utf16LittleEndian
        : CsvEncoding.Utf16BigEndian;

    private static string Name(CsvEncoding encoding) => encoding switch
    {
        CsvEncoding.Utf8 => "utf-8",
        CsvEncoding.Utf16LittleEndian => "utf-16le",
        _ => "utf-16be",
    };
}
