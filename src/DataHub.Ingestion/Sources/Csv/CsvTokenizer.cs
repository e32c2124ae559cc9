using System.Buffers;
using System.Text;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>What <see cref="CsvTokenizer.Next"/> found.</summary>
internal enum CsvToken
{
    /// <summary>A field that others of its record follow.</summary>
    Field,

    /// <summary>The last field of its record.</summary>
    LastField,

    /// <summary>The record could not be split and was passed over; see <see cref="CsvTokenizer.Fault"/>.</summary>
    Broken,

    /// <summary>Give it more bytes.</summary>
    NeedMore,

    End,
}

/// <summary>Why a record could not be split.</summary>
internal enum CsvFault { None, Quote, FieldTooLarge }

/// <summary>
/// Splits RFC 4180 text in UTF-8 bytes, strictly: a quote belongs around a field or doubled inside one, nowhere else. Lines end by
/// CRLF, LF or CR. Memory is one field (bounded) and one piece of the file. Does no I/O: the reader feeds it.
/// </summary>
internal sealed class CsvTokenizer(byte delimiter, int maxField)
{
    private const byte Quote = (byte)'"', LineFeed = (byte)'\n', Return = (byte)'\r';
    private const int Piece = 128 << 10;
    private const int MaxRaw = 4000;

    private readonly SearchValues<byte> stops = SearchValues.Create(delimiter, Quote, LineFeed, Return);
    private readonly byte[] rawKept = new byte[MaxRaw];
    private byte[] buffer = new byte[Piece * 2];
    private byte[] scratch = [];
    private int pos;
    private int end;
    private bool final;
    private bool inRecord;
    private int rawFrom;
    private int rawKeptLength;
    private bool skipping;
    private bool skipHonoursQuotes;
    private bool skipInQuotes;
    private int valueStart;
    private int valueLength;
    private bool valueInScratch;

    /// <summary>Physical line at the present position, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Line on which the present record began.</summary>
    public long RecordLine { get; private set; } = 1;

    public CsvFault Fault { get; private set; }

    /// <summary>True when the text ended inside quotes after so much of it that its lines cannot be told apart any more.</summary>
    public bool LostInQuotes { get; private set; }

    /// <summary>The field just found, valid until the next call.</summary>
    public ReadOnlySpan<byte> Value => (valueInScratch ? scratch : buffer).AsSpan(valueStart, valueLength);

    /// <summary>True when the field stood in quotes: an empty one is then the empty string, not null.</summary>
    public bool Quoted { get; private set; }

    /// <summary>Where the next bytes belong. What was read of the record so far is kept as far as messages need it.</summary>
    public Memory<byte> Room()
    {
        KeepRaw(pos);
        buffer.AsSpan(pos, end - pos).CopyTo(buffer);
        (end, pos, rawFrom) = (end - pos, 0, 0);
        if (buffer.Length - end < Piece)
        {
            Array.Resize(ref buffer, end + Piece);
        }

        return buffer.AsMemory(end, Piece);
    }

    /// <summary>Tells how much was put there; 0 is the end of the file.</summary>
    public void Filled(int count)
    {
        end += count;
        final = count == 0;
    }

    /// <summary>Beginning of the present or just passed record.</summary>
    public string Raw()
    {
        KeepRaw(pos);
        var text = Encoding.UTF8.GetString(rawKept, 0, rawKeptLength).TrimEnd('\r', '\n').Replace('\0', '\u2400');
        return text.Length <= 1000 ? text : text[..1000];
    }

    public CsvToken Next()
    {
        if (skipping)
        {
            return Skip();
        }

        if (!inRecord)
        {
            if (pos == end)
            {
                return final ? CsvToken.End : CsvToken.NeedMore;
            }

            (inRecord, RecordLine, rawFrom, rawKeptLength) = (true, Line, pos, 0);
        }

        if (pos == end)
        {
            return final ? Found(pos, 0, false, pos, isLast: true) : CsvToken.NeedMore;
        }

        return buffer[pos] == Quote ? NextQuoted() : NextPlain();
    }

    private CsvToken NextPlain()
    {
        var span = buffer.AsSpan(pos, end - pos);
        var length = span.IndexOfAny(stops);
        if (length < 0)
        {
            if (!final)
            {
                return span.Length > maxField ? Break(CsvFault.FieldTooLarge, end, true, false) : CsvToken.NeedMore;
            }

            length = span.Length;
        }

        if (length > maxField)
        {
            return Break(CsvFault.FieldTooLarge, pos + length, true, false);
        }

        if (length < span.Length && span[length] == Quote)
        {
            return Break(CsvFault.Quote, pos + length, false, false);
        }

        return Close(pos, length, false, pos + length);
    }

    private CsvToken NextQuoted()
    {
        var open = pos + 1;
        var at = open;
        var doubled = 0;
        while (true)
        {
            var next = buffer.AsSpan(at, end - at).IndexOf(Quote);
            var length = (next < 0 ? end : at + next) - open;
            if (length > maxField + doubled)
            {
                return Break(CsvFault.FieldTooLarge, next < 0 ? end : at + next, true, true);
            }

            if (next < 0)
            {
                return final ? Unclosed() : CsvToken.NeedMore;
            }

            at += next + 1;
            if (at == end && !final)
            {
                return CsvToken.NeedMore;
            }

            if (at < end && buffer[at] == Quote)
            {
                at++;
                doubled++;
                continue;
            }

            if (at < end && buffer[at] != delimiter && buffer[at] != LineFeed && buffer[at] != Return)
            {
                return Break(CsvFault.Quote, at, false, false);
            }

            return CloseQuoted(open, at, doubled);
        }
    }

    private CsvToken CloseQuoted(int open, int at, int doubled)
    {
        var content = buffer.AsSpan(open, at - 1 - open);
        var lines = LinesIn(content);
        CsvToken token;
        if (doubled == 0)
        {
            token = Close(open, content.Length, true, at);
        }
        else
        {
            Unescape(content, doubled);
            token = Close(0, content.Length - doubled, true, at);
            valueInScratch = true;
        }

        Line += token == CsvToken.NeedMore ? 0 : lines;
        return token;
    }

    /// <summary>Ends a field at the delimiter, line end or end of file that stands at <paramref name="at"/>.</summary>
    private CsvToken Close(int start, int length, bool quoted, int at)
    {
        if (at == end)
        {
            // Only at the end of the file: otherwise a stop was found.
            return Found(start, length, quoted, at, isLast: true);
        }

        if (buffer[at] == delimiter)
        {
            return Found(start, length, quoted, at + 1, isLast: false);
        }

        var lineEnd = 1;
        if (buffer[at] == Return)
        {
            if (at + 1 == end && !final)
            {
                return CsvToken.NeedMore;
            }

            lineEnd = at + 1 < end && buffer[at + 1] == LineFeed ? 2 : 1;
        }

        Line++;
        return Found(start, length, quoted, at + lineEnd, isLast: true);
    }

    private CsvToken Found(int start, int length, bool quoted, int next, bool isLast)
    {
        (valueStart, valueLength, valueInScratch, Quoted, pos) = (start, length, false, quoted, next);
        inRecord = !isLast;
        return isLast ? CsvToken.LastField : CsvToken.Field;
    }

    private CsvToken Break(CsvFault fault, int at, bool honourQuotes, bool inQuotes)
    {
        Line += LinesIn(buffer.AsSpan(pos, at - pos));
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
            var next = skipInQuotes ? span.IndexOf(Quote)
                : skipHonoursQuotes ? span.IndexOfAny(LineFeed, Return, Quote)
                : span.IndexOfAny(LineFeed, Return);
            if (next < 0)
            {
                Line += skipInQuotes ? LinesIn(span) : 0;
                pos = end;
                break;
            }

            Line += skipInQuotes ? LinesIn(span[..next]) : 0;
            pos += next;
            if (buffer[pos] == Quote)
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

    private void Unescape(ReadOnlySpan<byte> content, int doubled)
    {
        if (scratch.Length < content.Length - doubled)
        {
            scratch = new byte[Math.Max(content.Length, 1024)];
        }

        var made = 0;
        while (true)
        {
            var quote = content.IndexOf(Quote);
            var taken = quote < 0 ? content.Length : quote + 1;
            content[..taken].CopyTo(scratch.AsSpan(made));
            made += taken;
            if (quote < 0)
            {
                return;
            }

            content = content[(quote + 2)..];
        }
    }

    private static int LinesIn(ReadOnlySpan<byte> text)
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

    private void KeepRaw(int upTo)
    {
        var taken = Math.Min(upTo - rawFrom, MaxRaw - rawKeptLength);
        if (taken > 0)
        {
            buffer.AsSpan(rawFrom, taken).CopyTo(rawKept.AsSpan(rawKeptLength));
            rawKeptLength += taken;
        }

        rawFrom = upTo;
    }
}
