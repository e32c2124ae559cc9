using System.Buffers.Binary;
using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Versioning;
using DataHub.Storage.Copy;
using DataHub.Storage.Queries;

namespace DataHub.Storage.Exports;

/// <summary>The record under a COPY stream: of files. PostgreSQL's binary form, read without a string.</summary>
internal sealed class CopyRow(CopyTupleReader tuples) : IRecordRow
{
    private static readonly int EpochDay = new DateOnly(2000, 1, 1).DayNumber;
    private static readonly DateTime Epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public bool IsNull(int column) => tuples.IsNull(column);

    public ReadOnlySpan<byte> Text(int column) => tuples.Value(column);

    public ReadOnlySpan<byte> Bytes(int column) => tuples.Value(column);

    public int Int32(int column) => BinaryPrimitives.ReadInt32BigEndian(tuples.Value(column));

    public long Int64(int column) => BinaryPrimitives.ReadInt64BigEndian(tuples.Value(column));

    public int Decimal(int column, Span<byte> room) => PgNumeric.Format(tuples.Value(column), room);

    public double Float64(int column) => BinaryPrimitives.ReadDoubleBigEndian(tuples.Value(column));

    public bool Boolean(int column) => tuples.Value(column)[0] != 0;

    public DateOnly Date(int column) => DateOnly.FromDayNumber(EpochDay + Int32(column));

    public TimeOnly Time(int column) => new(Int64(column) * TimeSpan.TicksPerMicrosecond);

    public DateTime Timestamp(int column) => Epoch.AddTicks(Int64(column) * TimeSpan.TicksPerMicrosecond);

    /// <summary>The value as a statement takes it.</summary>
    public object Parameter(int column, ColumnType type) => type.Kind switch
    {
        ColumnKind.Text => System.Text.Encoding.UTF8.GetString(Text(column)),
        ColumnKind.Int32 => Int32(column),
        ColumnKind.Int64 => Int64(column),
        ColumnKind.Decimal => PgNumeric.TryRead(tuples.Value(column), out var number)
            ? number : throw new InvalidDataException("the store holds a numeric that no contract can declare"),
        ColumnKind.Float64 => Float64(column),
        ColumnKind.Boolean => Boolean(column),
        ColumnKind.Date => Date(column),
        ColumnKind.Time => Time(column),
        ColumnKind.Timestamp => Timestamp(column),
        _ => Bytes(column).ToArray(),
    };

    /// <summary>The key, which stands behind the wanted columns.</summary>
    public object[] Key(StoreLayout layout, int behind) => [.. layout.Key.Select((k, i) => Parameter(behind + i, k.Type))];
}
