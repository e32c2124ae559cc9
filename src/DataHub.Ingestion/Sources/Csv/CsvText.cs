namespace DataHub.Ingestion.Sources.Csv;

/// <summary>What the tokenizer does with a stretch of text once it knows where it ends; pure.</summary>
internal static class CsvText
{
    private const byte LineFeed = (byte)'\n', Return = (byte)'\r';

    /// <summary>Line ends in a stretch: CRLF, LF or CR.</summary>
    public static int LinesIn(ReadOnlySpan<byte> text)
    {
        var lines = text.Count(LineFeed);
        if (!text.Contains(Return))
        {
            return lines;
        }

        for (var i = 0; i < text.Length; i++)
        {
            lines += text[i] == Return && (i + 1 == text.Length || text[i + 1] != LineFeed) ? 1 : 0;
        }

        return lines;
    }

    /// <summary>Copies content without the first of every two marks (a doubled quote, an escape and what follows it).</summary>
    /// <param name="content">Holds <paramref name="marks"/> pairs, each complete.</param>
    /// <param name="mark">Quote or escape.</param>
    /// <param name="into">Grown where it is too small.</param>
    public static void Unescape(ReadOnlySpan<byte> content, byte mark, int marks, ref byte[] into)
    {
        if (into.Length < content.Length - marks)
        {
            into = new byte[Math.Max(content.Length, 1024)];
        }

        var made = 0;
        while (true)
        {
            var at = content.IndexOf(mark);
            var taken = at < 0 ? content.Length : at;
            content[..taken].CopyTo(into.AsSpan(made));
            made += taken;
            if (at < 0)
            {
                return;
            }

            into[made++] = content[at + 1];
            content = content[(at + 2)..];
        }
    }
}
