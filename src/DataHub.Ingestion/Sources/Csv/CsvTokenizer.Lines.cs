namespace DataHub.Ingestion.Sources.Csv;

/// <summary>Lines that are no records: titles above the header, and comments.</summary>
internal sealed partial class CsvTokenizer
{
    private int linesToPass;
    private bool passing;

    /// <summary>Passes over all such lines at the present position; false when that takes more bytes, or the text ends in one.</summary>
    private bool PassLines()
    {
        while (pos < end && (passing || linesToPass > 0 || buffer[pos] == comment))
        {
            passing = true;
            var next = buffer.AsSpan(pos, end - pos).IndexOfAny(LineFeed, Return);
            pos = next < 0 ? end : pos + next;
            if (next < 0 || (buffer[pos] == Return && pos + 1 == end && !final))
            {
                return false;
            }

            pos += buffer[pos] == Return && pos + 1 < end && buffer[pos + 1] == LineFeed ? 2 : 1;
            Line++;
            passing = false;
            linesToPass = Math.Max(0, linesToPass - 1);
        }

        return true;
    }
}
