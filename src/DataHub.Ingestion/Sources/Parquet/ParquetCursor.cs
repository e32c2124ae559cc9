using System.Runtime.InteropServices;
using DataHub.Core.Records;
using ParquetSharp;

namespace DataHub.Ingestion.Sources.Parquet;

/// <summary>Appends a value of bytes, which are there only during the call.</summary>
internal delegate void BytesAppend(SourceColumn column, ReadOnlySpan<byte> value);

/// <summary>
/// Goes through one column of a row group, a value at a time, from a piece that the library has unpacked: of a page no more than
/// <see cref="Piece"/> values are here at one time. Owns the library's reader.
/// </summary>
internal abstract class ParquetCursor : IDisposable
{
    protected const int Piece = 1024;

    /// <summary>Appends the next value or null; returns about how many bytes it took.</summary>
    public abstract int Append(SourceColumn column);

    /// <summary>Throws where the column has more values than its row group has rows.</summary>
    public abstract void RefuseMore();

    public abstract void Dispose();
}

/// <summary>The same for one physical type.</summary>
internal abstract class PieceCursor<T>(ColumnReader column) : ParquetCursor
    where T : unmanaged
{
    private readonly ColumnReader<T> reader = (ColumnReader<T>)column;
    private readonly short defined = column.ColumnDescriptor.MaxDefinitionLevel;
    private readonly T[] values = new T[Piece];
    private readonly short[] levels = new short[Piece];
    private int level, count, value;

    public override int Append(SourceColumn column)
    {
        if (level == count && !Refill())
        {
            throw new InvalidDataException("The column has fewer values than its row group has rows.");
        }

        if (levels[level++] < defined)
        {
            column.AppendNull();
            return 0;
        }

        return Append(column, values[value++]);
    }

    public override void RefuseMore()
    {
        if (level < count || Refill())
        {
            throw new InvalidDataException("The column has more values than its row group has rows.");
        }
    }

    public override void Dispose() => reader.Dispose();

    protected abstract int Append(SourceColumn column, T value);

    /// <summary>Takes the next values of the present page or of the one after it; false at the end.</summary>
    private bool Refill()
    {
        (level, count, value) = (0, 0, 0);
        while (count == 0 && reader.HasNext)
        {
            count = (int)reader.ReadBatch(Piece, defined == 0 ? [] : levels, [], values, out var read);
            // The library does not say when a page has fewer values than levels: what is left in the array are values of before.
            if (read != (defined == 0 ? count : levels.AsSpan(0, count).Count(defined)))
            {
                throw new InvalidDataException("A page has fewer values than it says.");
            }
        }

        return count > 0;
    }
}

/// <summary>Numbers and truth values.</summary>
internal sealed class ValueCursor<T>(ColumnReader column, Action<SourceColumn, T> append) : PieceCursor<T>(column)
    where T : unmanaged
{
    protected override int Append(SourceColumn column, T value)
    {
        append(column, value);
        return 8;
    }
}

/// <summary>Texts and bytes, of any length or of one; they lie in the library's memory until its next reading.</summary>
internal static class BytesCursor
{
    public static Func<ColumnReader, ParquetCursor> OfAny(BytesAppend append) => reader => new OfAnyLength(reader, append);

    public static Func<BytesAppend, Func<ColumnReader, ParquetCursor>> OfFixed(int length) =>
        append => reader => new OfOneLength(reader, length, append);

    private sealed class OfAnyLength(ColumnReader column, BytesAppend append) : PieceCursor<ByteArray>(column)
    {
        private byte[] room = new byte[256];

        protected override int Append(SourceColumn column, ByteArray value)
        {
            if (room.Length < value.Length)
            {
                room = new byte[Math.Max(value.Length, room.Length * 2)];
            }

            if (value.Length > 0)
            {
                Marshal.Copy(value.Pointer, room, 0, value.Length);
            }

            append(column, room.AsSpan(0, value.Length));
            return value.Length;
        }
    }

    private sealed class OfOneLength(ColumnReader column, int length, BytesAppend append) : PieceCursor<FixedLenByteArray>(column)
    {
        private readonly byte[] room = new byte[length];

        protected override int Append(SourceColumn column, FixedLenByteArray value)
        {
            Marshal.Copy(value.Pointer, room, 0, length);
            append(column, room);
            return length;
        }
    }
}

/// <summary>A column without a type: as many nulls as the row group has rows.</summary>
internal sealed class NullCursor(ColumnReader column) : ParquetCursor
{
    public static ParquetCursor Open(ColumnReader column) => new NullCursor(column);

    public override int Append(SourceColumn column)
    {
        column.AppendNull();
        return 0;
    }

    public override void RefuseMore()
    {
    }

    public override void Dispose() => column.Dispose();
}
