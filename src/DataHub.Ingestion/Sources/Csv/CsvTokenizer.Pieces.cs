using System.Text;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>The tokenizer's memory: one piece of the file, and the beginning of the present record for messages.</summary>
internal sealed partial class CsvTokenizer
{
    private const int Piece = 128 << 10;
    private const int MaxRaw = 4000;

    private readonly byte[] rawKept = new byte[MaxRaw];
    private byte[] buffer = new byte[Piece * 2];
    private int pos;
    private int end;
    private bool final;
    private int rawFrom;
    private int rawKeptLength;

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
