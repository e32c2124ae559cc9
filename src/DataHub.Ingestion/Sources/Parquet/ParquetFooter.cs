using System.Buffers.Binary;
using DataHub.Core.Errors;
using DataHub.Ingestion.Sources.Files;

namespace DataHub.Ingestion.Sources.Parquet;

/// <summary>One column of a row group.</summary>
/// <param name="Begin">Where its first page stands in the file.</param>
/// <param name="Bytes">What its pages take there.</param>
/// <param name="Values">Values in all its pages, nulls counted.</param>
internal readonly record struct ParquetChunk(long Begin, long Bytes, long Values);

/// <summary>Rows of a file that stand together, with a chunk for each leaf of the schema.</summary>
internal sealed record ParquetGroup(long Rows, IReadOnlyList<ParquetChunk> Chunks);

/// <summary>
/// Looks over a file's footer before the library gets it: that there is one, of bounded size, not encrypted, its schema not nested beyond reason,
/// and where the pages stand, which the library does not tell.
/// </summary>
internal static class ParquetFooter
{
    public const int MaxBytes = 32 << 20;

    /// <summary>Most columns in the schema, and most chunks of all row groups: the library takes about a KiB for each.</summary>
    public const int MostChunks = 1 << 18;

    private const int TrailLength = 8, MostNested = 64;

    public static async Task<IReadOnlyList<ParquetGroup>> ReadAsync(Stream content, FileInput input, CancellationToken cancellation)
    {
        var (head, trail) = (new byte[4], new byte[TrailLength]);
        if (content.Length < head.Length + TrailLength)
        {
            throw new InvalidDataException("Too short.");
        }

        content.Position = 0;
        await content.ReadExactlyAsync(head, cancellation);
        content.Position = content.Length - TrailLength;
        await content.ReadExactlyAsync(trail, cancellation);
        if (head.AsSpan().SequenceEqual("PARE"u8) && trail.AsSpan(4).SequenceEqual("PARE"u8))
        {
            throw HubErrors.SourceParquetEncrypted(input.Source, input.Name).ToException();
        }

        if (!head.AsSpan().SequenceEqual("PAR1"u8) || !trail.AsSpan(4).SequenceEqual("PAR1"u8))
        {
            throw new InvalidDataException("No Parquet at the beginning or at the end.");
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(trail);
        if (length > content.Length - TrailLength - head.Length)
        {
            throw new InvalidDataException("The footer is longer than the file.");
        }

        if (length > MaxBytes)
        {
            throw TooLarge(input, length >> 20, MaxBytes >> 20);
        }

        var footer = new byte[length];
        content.Position = content.Length - TrailLength - length;
        await content.ReadExactlyAsync(footer, cancellation);
        return Read(footer, input);
    }

    private static List<ParquetGroup> Read(ReadOnlySpan<byte> footer, FileInput input)
    {
        var reader = new ThriftReader(footer);
        var (groups, leaves, chunks, isEncrypted) = (new List<ParquetGroup>(), 0, 0, false);
        while (reader.Next(out var id, out var type))
        {
            switch (id, type)
            {
                case (2, ThriftType.List):
                    leaves = ReadSchema(ref reader);
                    break;
                case (4, ThriftType.List):
                    for (var left = reader.List(out _); left > 0; left--)
                    {
                        groups.Add(ReadGroup(ref reader, ref isEncrypted));
                        chunks += groups[^1].Chunks.Count;
                        if (Math.Max(chunks, leaves) > MostChunks)
                        {
                            throw TooLarge(input, (Math.Max(chunks, leaves) >> 10) + 1, MostChunks >> 10);
                        }
                    }

                    break;
                default:
                    // 8: the algorithm by which columns under a readable footer are encrypted.
                    isEncrypted |= id == 8;
                    reader.Skip(type);
                    break;
            }
        }

        if (isEncrypted)
        {
            throw HubErrors.SourceParquetEncrypted(input.Source, input.Name).ToException();
        }

        return groups.TrueForAll(g => g.Chunks.Count == leaves) ? groups : throw new InvalidDataException("Columns are missing.");
    }

    private static HubErrorException TooLarge(FileInput input, long needed, long limit) =>
        HubErrors.SourceParquetTooLarge(input.Source, input.Name, "footer", needed, limit).ToException();

    /// <summary>The number of leaves. The library follows the schema's nesting on the process's stack, which must not end there.</summary>
    private static int ReadSchema(ref ThriftReader reader)
    {
        var (leaves, open) = (0, new Stack<long>());
        for (var left = reader.List(out _); left > 0; left--)
        {
            var children = 0L;
            var outer = reader.Enter();
            while (reader.Next(out var id, out var type))
            {
                if ((id, type) is (5, ThriftType.Int32))
                {
                    children = reader.Integer();
                }
                else
                {
                    reader.Skip(type);
                }
            }

            reader.Leave(outer);
            leaves += children > 0 ? 0 : 1;
            Descend(open, children);
        }

        return leaves;
    }

    private static void Descend(Stack<long> open, long children)
    {
        if (open.TryPop(out var rest) && rest > 1)
        {
            open.Push(rest - 1);
        }

        if (children > 0)
        {
            open.Push(children);
        }

        if (open.Count > MostNested)
        {
            throw new InvalidDataException("The schema is nested too deeply.");
        }
    }

    private static ParquetGroup ReadGroup(ref ThriftReader reader, ref bool isEncrypted)
    {
        var (chunks, rows, outer) = (new List<ParquetChunk>(), -1L, reader.Enter());
        while (reader.Next(out var id, out var type))
        {
            switch (id, type)
            {
                case (1, ThriftType.List):
                    for (var left = reader.List(out _); left > 0; left--)
                    {
                        chunks.Add(ReadColumn(ref reader, ref isEncrypted));
                    }

                    break;
                case (3, ThriftType.Int64):
                    rows = reader.Integer();
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        reader.Leave(outer);
        return rows >= 0 ? new ParquetGroup(rows, chunks) : throw new InvalidDataException("A row group does not tell its rows.");
    }

    private static ParquetChunk ReadColumn(ref ThriftReader reader, ref bool isEncrypted)
    {
        var (chunk, outer) = (default(ParquetChunk), reader.Enter());
        while (reader.Next(out var id, out var type))
        {
            switch (id, type)
            {
                case (1, ThriftType.Binary):
                    throw new InvalidDataException("A column lies in another file.");
                case (3, ThriftType.Struct):
                    chunk = ReadMetadata(ref reader);
                    break;
                default:
                    isEncrypted |= id is 8 or 9;
                    reader.Skip(type);
                    break;
            }
        }

        reader.Leave(outer);
        return chunk;
    }

    private static ParquetChunk ReadMetadata(ref ThriftReader reader)
    {
        var (values, bytes, data, dictionary, outer) = (-1L, -1L, -1L, 0L, reader.Enter());
        while (reader.Next(out var id, out var type))
        {
            if (type != ThriftType.Int64)
            {
                reader.Skip(type);
                continue;
            }

            var number = reader.Integer();
            switch (id)
            {
                case 5:
                    values = number;
                    break;
                case 7:
                    bytes = number;
                    break;
                case 9:
                    data = number;
                    break;
                case 11:
                    dictionary = number;
                    break;
            }
        }

        reader.Leave(outer);
        return new ParquetChunk(dictionary > 0 && dictionary < data ? dictionary : data, bytes, values);
    }
}
