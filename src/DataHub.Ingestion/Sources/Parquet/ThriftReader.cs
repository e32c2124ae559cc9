namespace DataHub.Ingestion.Sources.Parquet;

/// <summary>Types of Thrift's compact protocol, by the numbers of the wire; a boolean field has its value in its type.</summary>
internal enum ThriftType { Stop, True, False, Byte, Int16, Int32, Int64, Double, Binary, List, Set, Map, Struct }

/// <summary>
/// Walks over Thrift's compact protocol, in which Parquet writes its footer and the headers of its pages, without building anything. A reading
/// beyond the end throws <see cref="EndOfStreamException"/>, what cannot be Thrift <see cref="InvalidDataException"/>.
/// </summary>
internal ref struct ThriftReader(ReadOnlySpan<byte> data)
{
    private const int MostNested = 32;

    private readonly ReadOnlySpan<byte> data = data;
    private int at;
    private short field;

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => at;

    /// <summary>Begins a struct; what it returns belongs to <see cref="Leave"/>.</summary>
    public short Enter()
    {
        var outer = field;
        field = 0;
        return outer;
    }

    public void Leave(short outer) => field = outer;

    /// <summary>Goes to the next field of a struct, whose value must be read or skipped; false at the struct's end.</summary>
    public bool Next(out int id, out ThriftType type)
    {
        var head = Byte();
        type = (ThriftType)(head & 15);
        if (type == ThriftType.Stop)
        {
            id = 0;
            return false;
        }

        field = head >> 4 is var step and not 0 ? (short)(field + step) : (short)Integer();
        id = field;
        return true;
    }

    public long Integer()
    {
        var raw = Varint();
        return (long)(raw >> 1) ^ -(long)(raw & 1);
    }

    /// <summary>Begins a list: its length. Every element takes a byte at least, so that a length never promises more than is there.</summary>
    public int List(out ThriftType element)
    {
        var head = Byte();
        element = (ThriftType)(head & 15);
        return Length(head >> 4 is var few and < 15 ? (ulong)few : Varint());
    }

    public void Skip(ThriftType type, int depth = 0)
    {
        if (depth > MostNested)
        {
            throw new InvalidDataException("Nested too deeply.");
        }

        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                break;
            case ThriftType.Byte:
                Byte();
                break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                Varint();
                break;
            case ThriftType.Double:
                Pass(8);
                break;
            case ThriftType.Binary:
                Pass(Length(Varint()));
                break;
            case ThriftType.List or ThriftType.Set:
                SkipElements(depth);
                break;
            case ThriftType.Struct:
                SkipStruct(depth);
                break;
            default:
                // Parquet has no maps.
                throw new InvalidDataException("Not Parquet's Thrift.");
        }
    }

    private void SkipElements(int depth)
    {
        var count = List(out var element);
        for (var i = 0; i < count; i++)
        {
            if (element is ThriftType.True or ThriftType.False)
            {
                Byte();
            }
            else
            {
                Skip(element, depth + 1);
            }
        }
    }

    private void SkipStruct(int depth)
    {
        var outer = Enter();
        while (Next(out _, out var type))
        {
            Skip(type, depth + 1);
        }

        Leave(outer);
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Byte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A number without an end.");
    }

    private readonly int Length(ulong length) =>
        length <= (ulong)(data.Length - at) ? (int)length : throw new EndOfStreamException();

    private void Pass(int length)
    {
        if (length > data.Length - at)
        {
            throw new EndOfStreamException();
        }

        at += length;
    }

    private byte Byte() => at < data.Length ? data[at++] : throw new EndOfStreamException();
}
