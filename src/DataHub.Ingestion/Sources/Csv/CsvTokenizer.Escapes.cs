namespace DataHub.Ingestion.Sources.Csv;

/// <summary>
/// Fields of a dialect that escapes. Only characters that mean something can be escaped, and <c>\N</c> alone is null, as MySQL and
/// PostgreSQL write it: what <c>\n</c> or <c>\t</c> stand for differs between programs, so that they break their record.
/// </summary>
internal sealed partial class CsvTokenizer
{
    private CsvToken NextEscaped(bool quoted)
    {
        var open = quoted ? pos + 1 : pos;
        var at = open;
        var escapes = 0;
        while (true)
        {
            var next = buffer.AsSpan(at, end - at).IndexOfAny(quoted ? insideQuotes : stops);
            var stop = next < 0 ? end : at + next;
            if (stop - open > maxField + escapes)
            {
                return Break(CsvFault.FieldTooLarge, stop, true, quoted);
            }

            if (next < 0 || (stop + 1 == end && !final))
            {
                return !final ? CsvToken.NeedMore
                    : quoted ? Unclosed()
                    : CloseContent(open, stop - open, stop, (byte)escape, escapes, false);
            }

            if (buffer[stop] != escape)
            {
                return CloseEscaped(open, stop, escapes, quoted);
            }

            if (stop + 1 == end || !IsSpecial(buffer[stop + 1]))
            {
                return !quoted && stop == open ? NullOrBroken(stop) : Break(CsvFault.Escape, stop, false, false);
            }

            at = stop + 2;
            escapes++;
        }
    }

    private CsvToken CloseEscaped(int open, int stop, int escapes, bool quoted)
    {
        var after = quoted ? stop + 1 : stop;
        return EndsField(after)
            ? CloseContent(open, stop - open, after, (byte)escape, escapes, quoted)
            : Break(CsvFault.Quote, after, false, false);
    }

    private CsvToken NullOrBroken(int stop)
    {
        if (stop + 2 >= end && !final)
        {
            return CsvToken.NeedMore;
        }

        return stop + 1 < end && buffer[stop + 1] == (byte)'N' && EndsField(stop + 2)
            ? Close(stop, 0, false, stop + 2)
            : Break(CsvFault.Escape, stop, false, false);
    }

    private bool IsSpecial(byte b) =>
        b == escape || b == quote || b == delimiter || b == comment || b == LineFeed;
}
