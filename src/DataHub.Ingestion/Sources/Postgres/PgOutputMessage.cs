using System.Buffers.Binary;
using System.Text;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>Reads the fields of one message of the pgoutput plugin, protocol version 1, values as text.</summary>
internal ref struct PgOutputMessage(ReadOnlySpan<byte> rest)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> rest = rest;

    public readonly bool IsAtEnd => rest.IsEmpty;

    public char Byte()
    {
        var value = (char)rest[0];
        rest = rest[1..];
        return value;
    }

    public int Int16()
    {
        var value = BinaryPrimitives.ReadInt16BigEndian(rest);
        rest = rest[2..];
        return value;
    }

    public int Int32()
    {
        var value = BinaryPrimitives.ReadInt32BigEndian(rest);
        rest = rest[4..];
        return value;
    }

    public ulong Int64()
    {
        var value = BinaryPrimitives.ReadUInt64BigEndian(rest);
        rest = rest[8..];
        return value;
    }

    public string Name()
    {
        var end = rest.IndexOf((byte)0);
        var name = Strict.GetString(rest[..end]);
        rest = rest[(end + 1)..];
        return name;
    }

    /// <summary>The wanted values of a tuple; null when one of them is null or was not sent.</summary>
    public string[]? Tuple(int[] wanted)
    {
        var values = new string[wanted.Length];
        var whole = true;
        var count = Int16();
        for (var i = 0; i < count; i++)
        {
            var place = Array.IndexOf(wanted, i);
            if (Byte() is not ('t' or 'b'))
            {
                whole &= place < 0;
                continue;
            }

            var length = Int32();
            if (place >= 0)
            {
                values[place] = Strict.GetString(rest[..length]);
            }

            rest = rest[length..];
        }

        return whole ? values : null;
    }
}
