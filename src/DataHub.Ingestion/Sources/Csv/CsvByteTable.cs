using System.Text;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>
/// What each byte of the encodings that Viet Nam wrote before Unicode stands for. A tone that the encoding writes as a mark of its own stays
/// one (NFD); <c>hub.normalize: NFC</c> composes it. Tests hold every position to what the machine's <c>iconv</c> reads.
/// </summary>
internal sealed class CsvByteTable
{
    /// <summary>In place of a character where a byte has no meaning.</summary>
    public const char Undefined = '\uFFFF';

    private const string TcvnUpper =
        "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨ"
        + "ÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ"
        + "\u00A0ĂÂÊÔƠƯĐăâêôơưđẰ"
        + "\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴ"
        + "ẮẦẨẪẤỀặầẩẫấậèỂẻẽ"
        + "éẹềểễếệìỉỄẾỒĩíịò"
        + "Ổỏõóọồổỗốộờởỡớợù"
        + "ỖủũúụừửữứựỳỷỹýỵỐ";

    private const string VisciiUpper =
        "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐ"
        + "ỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ"
        + "Õắằặấầẩậẽẹếềểễệố"
        + "ồổỗỠƠộờởịỰỨỪỬơớƯ"
        + "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳ"
        + "ĐứÒÓÔạỷừửÙÚỹỵÝỡư"
        + "àáâãảăữẫèéêẻìíĩỉ"
        + "đựòóôõỏọụùúũủýợỮ";

    private readonly char[] characters;

    private CsvByteTable(char[] characters) => this.characters = characters;

    /// <summary>Windows-1258, as Windows itself defines it.</summary>
    public static CsvByteTable Windows1258 { get; } = new(FromWindows(1258));

    /// <summary>TCVN 5712:1993 VN1; files in the fonts of VN3 (ABC) are within it.</summary>
    public static CsvByteTable Tcvn { get; } = Of(
        TcvnUpper,
        (0x01, 'Ú'), (0x02, 'Ụ'), (0x04, 'Ừ'), (0x05, 'Ử'), (0x06, 'Ữ'), (0x11, 'Ứ'), (0x12, 'Ự'), (0x13, 'Ỳ'), (0x14, 'Ỷ'),
        (0x15, 'Ỹ'), (0x16, 'Ý'), (0x17, 'Ỵ'));

    /// <summary>VISCII 1.1 (RFC 1456).</summary>
    public static CsvByteTable Viscii { get; } = Of(
        VisciiUpper, (0x02, 'Ẳ'), (0x05, 'Ẵ'), (0x06, 'Ẫ'), (0x14, 'Ỷ'), (0x19, 'Ỹ'), (0x1E, 'Ỵ'));

    /// <summary>The character of a byte, or <see cref="Undefined"/>.</summary>
    public char this[byte b] => characters[b];

    /// <summary>Bytes as UTF-8, three for a byte at most; one without a meaning becomes <paramref name="invalid"/>.</summary>
    public int ToUtf8(ReadOnlySpan<byte> bytes, Span<byte> into, byte invalid)
    {
        var made = 0;
        foreach (var b in bytes)
        {
            var c = characters[b];
            if (c < 0x80)
            {
                into[made++] = (byte)c;
            }
            else
            {
                made += c == Undefined ? Put(into[made..], invalid) : new Rune(c).EncodeToUtf8(into[made..]);
            }
        }

        return made;
    }

    private static int Put(Span<byte> into, byte invalid)
    {
        into[0] = invalid;
        return 1;
    }

    private static CsvByteTable Of(string upper, params (byte Byte, char Character)[] letters)
    {
        var characters = new char[256];
        for (var b = 0; b < 256; b++)
        {
            characters[b] = b < 128 ? (char)b : upper[b - 128];
        }

        foreach (var (b, character) in letters)
        {
            characters[b] = character;
        }

        return new CsvByteTable(characters);
    }

    private static char[] FromWindows(int codePage)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(codePage)!;
        return [.. Enumerable.Range(0, 256).Select(b => encoding.GetString([(byte)b])[0]).Select((c, b) => IsGap(b, c) ? Undefined : c)];
    }

    /// <summary>Windows takes a byte that the page leaves free for the control character of the same number.</summary>
    private static bool IsGap(int b, char c) => b >= 0x80 && (c == b || c == '\uFFFD') && char.IsControl((char)b);
}
