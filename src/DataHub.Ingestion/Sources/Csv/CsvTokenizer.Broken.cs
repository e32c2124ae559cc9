using System.Buffers;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>Giving up a record that cannot be split, and finding where the next one begins.</summary>
internal sealed partial class CsvTokenizer
{
    private readonly SearchValues<byte> insideQuotes;
    private readonly SearchValues<byte> outsideQuotes;
    private bool skipping;
    private bool skipHonoursQuotes;
    private bool skipInQuotes;

    /// <summary>True when the text ended inside quotes after so much of it that its lines cannot be told apart any more.</summary>
    public bool LostInQuotes { get; private set; }

    private CsvToken Break(CsvFault fault, int at, bool honourQuotes, bool inQuotes)
    {
        Line += CsvText.LinesIn(buffer.AsSpan(pos, at - pos));
        (Fault, pos) = (fault, at);
        (skipping, skipHonoursQuotes, skipInQuotes) = (true, honourQuotes, inQuotes);
        return Skip();
    }

    /// <summary>
    /// The quote on this record's first line has no other to the end of the file: only that line is given up, what
    /// follows is read as records again.
    /// </summary>
    private CsvToken Unclosed()
    {
        var lineEnd = buffer.AsSpan(pos, end - pos).IndexOfAny(LineFeed, Return);
        return Break(CsvFault.Quote, lineEnd < 0 ? end : pos + lineEnd, false, false);
    }

    /// <summary>Passes over the rest of a broken record: to the line's end, or to the one that stands outside quotes.</summary>
    private CsvToken Skip()
    {
        while (pos < end)
        {
            var span = buffer.AsSpan(pos, end - pos);
            var next = skipInQuotes ? span.IndexOfAny(insideQuotes)
                : skipHonoursQuotes ? span.IndexOfAny(outsideQuotes)
                : span.IndexOfAny(LineFeed, Return);
            if (next < 0)
            {
                Line += skipInQuotes ? CsvText.LinesIn(span) : 0;
                pos = end;
                break;
            }

            Line += skipInQuotes ? CsvText.LinesIn(span[..next]) : 0;
            pos += next;
            if (buffer[pos] == escape && pos + 1 == end && !final)
            {
                return CsvToken.NeedMore;
            }

            if (buffer[pos] == escape)
            {
                Line += pos + 1 < end && buffer[pos + 1] == LineFeed ? 1 : 0;
                pos = Math.Min(pos + 2, end);
                continue;
            }

            if (buffer[pos] == quote)
            {
                skipInQuotes = !skipInQuotes;
                pos++;
                continue;
            }

            if (buffer[pos] == Return && pos + 1 == end && !final)
            {
                return CsvToken.NeedMore;
            }

            pos += buffer[pos] == Return && pos + 1 < end && buffer[pos + 1] == LineFeed ? 2 : 1;
            Line++;
            return Passed();
        }

        if (!final)
        {
            return CsvToken.NeedMore;
        }

        LostInQuotes = skipInQuotes;
        return Passed();
    }

    private CsvToken Passed()
    {
        (skipping, inRecord) = (false, false);
        return CsvToken.Broken;
    }
}
