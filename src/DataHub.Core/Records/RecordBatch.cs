using DataHub.Core.Errors;

namespace DataHub.Core.Records;

/// <summary>How a source delivers the values of one column, before they are coerced to the contract's type.</summary>
public enum SourceKind
{
    /// <summary>UTF-8 bytes.</summary>
    Text,

    Int64,

    Decimal,

    Float64,

    Boolean,

    /// <summary>Days since 1970-01-01.</summary>
    Date,

    /// <summary>Microseconds since midnight.</summary>
    Time,

    /// <summary>Microseconds since 1970-01-01T00:00 of an unnamed zone.</summary>
    LocalTimestamp,

    /// <summary>Microseconds since 1970-01-01T00:00Z.</summary>
    Instant,

    Bytes,
}

/// <summary>What a cell holds.</summary>
public enum CellState : byte
{
    Value,
    Null,

    /// <summary>The source has a value that its kind cannot express (a number of 40 digits, infinity); the bytes hold its text.</summary>
    Unreadable,
}

/// <summary>One column of a batch as the source has it.</summary>
/// <param name="Name">Name in the source.</param>
/// <param name="Kind">How values are delivered.</param>
/// <param name="NativeType">The source's own type name, for messages and proposals.</param>
public sealed record SourceField(string Name, SourceKind Kind, string NativeType)
{
    /// <summary>The hub's type for what the source declares; null where the adapter does not know it, or where the source declares nothing.</summary>
    public Contracts.ColumnType? Proposed { get; init; }
}

/// <summary>A record that could not be split into its columns (a ragged line, a stray quote): quarantined whole.</summary>
/// <param name="Position">Source position: line of a file, ordinal in a pull.</param>
/// <param name="Code">Stable violation code.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Raw">Beginning of the raw record, at most 1,000 characters.</param>
public sealed record BrokenRecord(long Position, string Code, Text Message, string Raw)
{
    /// <summary>A record that is whole, and more than memory is kept for.</summary>
    /// <param name="position">As <see cref="Position"/>.</param>
    public static BrokenRecord TooLarge(long position) => new(position, "record_too_large", new Text(
        $"Bản ghi thứ {position} lớn hơn {RecordBatch.MaxRecordBytes >> 20} MiB.",
        $"Record {position} is larger than {RecordBatch.MaxRecordBytes >> 20} MiB."), "");
}

/// <summary>
/// Up to <see cref="Capacity"/> records by column, filled by a reader and emptied by the validator. It is reused for
/// the whole pull, so that memory does not grow with the source.
/// </summary>
public sealed class RecordBatch
{
    public const int DefaultCapacity = 1024;

    /// <summary>A reader stops filling when the batch's text exceeds this many bytes, so that wide records stay bounded.</summary>
    public const int TargetBytes = 1 << 20;

    /// <summary>A record that has more bytes is set aside: <see cref="BrokenRecord.TooLarge"/>.</summary>
    public const int MaxRecordBytes = 64 << 20;

    private readonly bool[] deleted;

    public RecordBatch(IReadOnlyList<SourceField> fields, int capacity = DefaultCapacity)
    {
        Fields = fields;
        Capacity = capacity;
        Positions = new long[capacity];
        deleted = new bool[capacity];
        Columns = [.. fields.Select(f => new SourceColumn(f.Kind, capacity))];
    }

    public IReadOnlyList<SourceField> Fields { get; }

    public int Capacity { get; }

    /// <summary>Complete records in the batch. Broken ones are not among them.</summary>
    public int Count { get; private set; }

    /// <summary>Source position of each record.</summary>
    public long[] Positions { get; }

    public SourceColumn[] Columns { get; }

    /// <summary>Name of the file in which all records of the batch stand, where a pull reads several; else null.</summary>
    public string? Origin { get; set; }

    public List<BrokenRecord> Broken { get; } = [];

    /// <summary>True when the reader must hand the batch over.</summary>
    public bool IsFull
    {
        get
        {
            if (Count >= Capacity || Broken.Count >= Capacity)
            {
                return true;
            }

            long bytes = 0;
            foreach (var column in Columns)
            {
                bytes += column.ByteCount;
            }

            return bytes >= TargetBytes;
        }
    }

    public void Clear()
    {
        Count = 0;
        Broken.Clear();
        foreach (var column in Columns)
        {
            column.Clear();
        }
    }

    /// <summary>Whether the source has deleted this record: of its cells only those of the key count.</summary>
    public bool IsDeleted(int row) => deleted[row];

    /// <summary>Closes the record whose cells were just appended to every column, in order.</summary>
    public void EndRecord(long position, bool isDeleted = false)
    {
        deleted[Count] = isDeleted;
        Positions[Count++] = position;
    }

    /// <summary>Takes back the cells of a record that turned out broken half-way, and notes it as broken.</summary>
    public void BreakRecord(BrokenRecord broken)
    {
        TakeBack();
        Broken.Add(broken);
    }

    /// <summary>Takes back the cells of a record that turned out to be none (an empty line).</summary>
    public void TakeBack()
    {
        foreach (var column in Columns)
        {
            column.TruncateTo(Count);
        }
    }
}

/// <summary>
/// Cells of one column. Fixed-size kinds stand in <see cref="Longs"/> (booleans 0/1, float64 by its bits) or
/// <see cref="Decimals"/>; text, bytes and the text of unreadable cells in one growing byte buffer. Where a source types
/// values and not columns (SQLite), a cell may be of another kind than its column: it stays what it is, and the declared
/// type takes or refuses it.
/// </summary>
public sealed class SourceColumn
{
    private readonly CellState[] states;
    private readonly int[] ends;
    private SourceKind[]? kinds;
    private byte[] bytes = new byte[1024];
    private int count;

    internal SourceColumn(SourceKind kind, int capacity)
    {
        Kind = kind;
        states = new CellState[capacity];
        ends = new int[capacity];
        Longs = kind is SourceKind.Text or SourceKind.Bytes or SourceKind.Decimal ? [] : new long[capacity];
        Decimals = kind == SourceKind.Decimal ? new decimal[capacity] : [];
    }

    public SourceKind Kind { get; }

    public long[] Longs { get; private set; }

    public decimal[] Decimals { get; private set; }

    public int ByteCount => count == 0 ? 0 : ends[count - 1];

    public CellState State(int row) => states[row];

    /// <summary>The kind of one cell: the column's, but for what <see cref="AppendAs(SourceKind, long)"/> and its like appended.</summary>
    public SourceKind KindAt(int row) => kinds is null ? Kind : kinds[row];

    /// <summary>UTF-8 text, raw bytes, or the text of an unreadable cell.</summary>
    public ReadOnlySpan<byte> Bytes(int row)
    {
        var start = row == 0 ? 0 : ends[row - 1];
        return bytes.AsSpan(start, ends[row] - start);
    }

    public void AppendNull() => Close(CellState.Null);

    public void Append(long value)
    {
        Longs[count] = value;
        Close(CellState.Value);
    }

    public void Append(bool value) => Append(value ? 1L : 0L);

    public void Append(double value) => Append(BitConverter.DoubleToInt64Bits(value));

    public void Append(decimal value)
    {
        Decimals[count] = value;
        Close(CellState.Value);
    }

    public void Append(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Reserve(value.Length));
        Close(CellState.Value, value.Length);
    }

    /// <summary>Text that comes as UTF-16.</summary>
    public void Append(ReadOnlySpan<char> value)
    {
        var room = Reserve(System.Text.Encoding.UTF8.GetMaxByteCount(value.Length));
        Close(CellState.Value, System.Text.Encoding.UTF8.GetBytes(value, room));
    }

    /// <summary>A value of another kind than the column's: text or bytes.</summary>
    public void AppendAs(SourceKind kind, ReadOnlySpan<byte> value)
    {
        var row = count;
        Append(value);
        Mark(row, kind);
    }

    /// <summary>A value of another kind than the column's: an integer, or a float64 by its bits.</summary>
    public void AppendAs(SourceKind kind, long value)
    {
        if (Longs.Length == 0)
        {
            Longs = new long[states.Length];
        }

        var row = count;
        Append(value);
        Mark(row, kind);
    }

    /// <summary>A decimal in a column of another kind.</summary>
    public void AppendAs(decimal value)
    {
        if (Decimals.Length == 0)
        {
            Decimals = new decimal[states.Length];
        }

        var row = count;
        Append(value);
        Mark(row, SourceKind.Decimal);
    }

    /// <summary>A value that the kind cannot express, by its text in the source.</summary>
    public void AppendUnreadable(string text)
    {
        var room = Reserve(System.Text.Encoding.UTF8.GetMaxByteCount(text.Length));
        Close(CellState.Unreadable, System.Text.Encoding.UTF8.GetBytes(text, room));
    }

    internal void Clear() => count = 0;

    internal void TruncateTo(int rows) => count = Math.Min(count, rows);

    private Span<byte> Reserve(int length)
    {
        var needed = ByteCount + length;
        if (needed > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(needed, bytes.Length * 2));
        }

        return bytes.AsSpan(ByteCount, length);
    }

    private void Close(CellState state, int length = 0)
    {
        ends[count] = ByteCount + length;
        if (kinds is not null)
        {
            kinds[count] = Kind;
        }

        states[count++] = state;
    }

    /// <summary>Columns of one kind, which nearly all are, never have the array.</summary>
    private void Mark(int row, SourceKind kind)
    {
        if (kinds is null)
        {
            kinds = new SourceKind[states.Length];
            Array.Fill(kinds, Kind);
        }

        kinds[row] = kind;
    }
}
