namespace DataHub.Ingestion.Sources.Parquet;

/// <summary>
/// Adds up what the pages of a column say of themselves, without unpacking one: a page of a few bytes may declare gigabytes, and the library
/// would make room for them.
/// </summary>
internal sealed class ParquetPages(Stream content)
{
    private const int Window = 4 << 10, LargestHeader = 1 << 20;

    // Old writers did not count the dictionary's header.
    private const int Uncounted = 100;

    // A value's level, its index and where its text stands.
    private const int BytesPerValue = 8;

    private byte[] window = new byte[Window];

    /// <summary>Bytes that reading the column takes at one time: its dictionary and its largest page, packed and unpacked.</summary>
    public long Measure(ParquetChunk chunk)
    {
        var end = chunk.Begin + chunk.Bytes;
        if (chunk.Begin < 4 || chunk.Bytes < 0 || chunk.Values < 0 || end > content.Length || end < 0)
        {
            throw new InvalidDataException("A column lies outside of the file.");
        }

        var (at, seen, dictionary, largest) = (chunk.Begin, 0L, 0L, 0L);
        while (seen < chunk.Values)
        {
            if (at >= Math.Min(end + Uncounted, content.Length))
            {
                throw new InvalidDataException("Pages are missing.");
            }

            var page = ReadHeader(ref at);
            if (page.Packed < 0 || page.Unpacked < 0 || page.Values < 0)
            {
                throw new InvalidDataException("A page has less than nothing.");
            }

            at += page.Packed;
            if (page.IsDictionary)
            {
                dictionary = Math.Max(dictionary, page.Unpacked + page.Packed + (2 * BytesPerValue * page.Values));
            }
            else
            {
                seen += page.Values;
                largest = Math.Max(largest, page.Unpacked + page.Packed + (BytesPerValue * page.Values));
            }
        }

        return at <= content.Length ? dictionary + largest : throw new InvalidDataException("The last page is cut off.");
    }

    private Page ReadHeader(ref long at)
    {
        for (var size = Window; ; size *= 4)
        {
            if (window.Length < size)
            {
                window = new byte[size];
            }

            content.Position = at;
            var read = content.ReadAtLeast(window.AsSpan(0, size), size, throwOnEndOfStream: false);
            try
            {
                var reader = new ThriftReader(window.AsSpan(0, read));
                var page = Read(ref reader);
                at += reader.Position;
                return page;
            }
            catch (EndOfStreamException) when (read == size && size < LargestHeader)
            {
                // Headers with the page's smallest and largest text may be long.
            }
        }
    }

    private static Page Read(ref ThriftReader reader)
    {
        var page = default(Page);
        while (reader.Next(out var id, out var type))
        {
            switch (id, type)
            {
                case (2, ThriftType.Int32):
                    page.Unpacked = reader.Integer();
                    break;
                case (3, ThriftType.Int32):
                    page.Packed = reader.Integer();
                    break;
                case (5 or 7 or 8, ThriftType.Struct):
                    page.IsDictionary = id == 7;
                    page.Values = ReadValues(ref reader);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return page;
    }

    /// <summary>The number of values stands first in the headers of all kinds of pages.</summary>
    private static long ReadValues(ref ThriftReader reader)
    {
        var (values, outer) = (0L, reader.Enter());
        while (reader.Next(out var id, out var type))
        {
            if ((id, type) is (1, ThriftType.Int32))
            {
                values = reader.Integer();
            }
            else
            {
                reader.Skip(type);
            }
        }

        reader.Leave(outer);
        return values;
    }

    private struct Page
    {
        public long Packed, Unpacked, Values;
        public bool IsDictionary;
    }
}
