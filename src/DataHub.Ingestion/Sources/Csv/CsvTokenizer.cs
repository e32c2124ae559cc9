using System.Buffers;

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
internal enum CsvFault { None, Quote, FieldTooLarge, Escape }

/// <summary>
/// Splits delimited text in UTF-8 bytes by its dialect, strictly: a quote belongs around a field or doubled inside one, nowhere else.
/// Lines end by CRLF, LF or CR. Memory is one field (bounded) and one piece of the file. Does no I/O: the reader feeds it.
/// </summary>
internal sealed partial class CsvTokenizer
{
    private const byte LineFeed = (byte)'\n', Return = (byte)'\r';

    private readonly byte delimiter;
    private readonly int quote;
    private readonly int escape;
    private readonly int comment;
    private readonly int maxField;
    private readonly SearchValues<byte> stops;
    private byte[] scratch = [];
    private bool inRecord;
    private int valueStart;
    private int valueLength;
    private bool valueInScratch;

    public CsvTokenizer(CsvDialect dialect, int maxField)
    {
        (delimiter, quote, escape, comment) = (dialect.Delimiter, dialect.Quote, dialect.Escape, dialect.Comment);
        (this.maxField, linesToPass) = (maxField, dialect.SkipLines);
        stops = Bytes(delimiter, quote, escape, LineFeed, Return);
        insideQuotes = Bytes(quote, escape);
        outsideQuotes = Bytes(quote, escape, LineFeed, Return);
    }

    /// <summary>Physical line at the present position, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Line on which the present record began.</summary>
    public long RecordLine { get; private set; } = 1;

    public CsvFault Fault { get; private set; }

    /// <summary>The field just found, valid until the next call.</summary>
    public ReadOnlySpan<byte> Value => (valueInScratch ? scratch : buffer).AsSpan(valueStart, valueLength);

    /// <summary>True when the field stood in quotes: an empty one is then the empty string, not null.</summary>
    public bool Quoted { get; private set; }

    public CsvToken Next()
    {
        if (skipping)
        {
            return Skip();
        }

        if (!inRecord)
        {
            if (!PassLines() || pos == end)
            {
                return final ? CsvToken.End : CsvToken.NeedMore;
            }

            (inRecord, RecordLine, rawFrom, rawKeptLength) = (true, Line, pos, 0);
        }

        if (pos == end)
        {
            return final ? Found(pos, 0, false, pos, isLast: true) : CsvToken.NeedMore;
        }

        return buffer[pos] != quote ? NextPlain()
            : escape == CsvDialect.None ? NextQuoted()
            : NextEscaped(quoted: true);
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

        if (length < span.Length && span[length] == escape)
        {
            return NextEscaped(quoted: false);
        }

        if (length < span.Length && span[length] == quote)
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
            var next = buffer.AsSpan(at, end - at).IndexOf((byte)quote);
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

            if (at < end && buffer[at] == quote)
            {
                at++;
                doubled++;
                continue;
            }

            return EndsField(at)
                ? CloseContent(open, at - 1 - open, at, (byte)quote, doubled, true)
                : Break(CsvFault.Quote, at, false, false);
        }
    }

    private bool EndsField(int at) => at == end || buffer[at] == delimiter || buffer[at] is LineFeed or Return;

    /// <summary>Closes a field that may hold line ends, and marks to take out.</summary>
    private CsvToken CloseContent(int open, int length, int at, byte mark, int marks, bool quoted)
    {
        var content = buffer.AsSpan(open, length);
        var lines = CsvText.LinesIn(content);
        CsvToken token;
        if (marks == 0)
        {
            token = Close(open, length, quoted, at);
        }
        else
        {
            CsvText.Unescape(content, mark, marks, ref scratch);
            token = Close(0, length - marks, quoted, at);
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

    private static SearchValues<byte> Bytes(params ReadOnlySpan<int> bytes)
    {
        var some = new List<byte>();
        foreach (var b in bytes)
        {
            if (b != CsvDialect.None)
            {
                some.Add((byte)b);
            }
        }

        return SearchValues.Create(some.ToArray());
    }
}
