using System.Buffers.Binary;
using System.Text;
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

    /// <summary>The key, which stands behind the wanted columns, each part as text that PostgreSQL reads back exactly.</summary>
    public string[] Key(StoreLayout layout, int behind) => [.. layout.Key.Select((k, i) => Literal(behind + i, k.Type))];

    private string Literal(int column, ColumnType type)
    {
        Span<byte> room = stackalloc byte[PgNumeric.MaxText];
        return type.Kind switch
        {
            ColumnKind.Text => Encoding.UTF8.GetString(Text(column)),
            ColumnKind.Int32 => KeyText.Canonical(Int32(column)),
            ColumnKind.Int64 => KeyText.Canonical(Int64(column)),
            ColumnKind.Decimal => Encoding.ASCII.GetString(room[..Decimal(column, room)]),
            ColumnKind.Float64 => KeyText.Canonical(Float64(column)),
            ColumnKind.Boolean => KeyText.Canonical(Boolean(column)),
            ColumnKind.Date => KeyText.Canonical(Date(column)),
            ColumnKind.Time => KeyText.Canonical(Time(column)),
            ColumnKind.Timestamp => KeyText.Canonical(Timestamp(column)),
            _ => "\\x" + Convert.ToHexString(Bytes(column)),
        };
    }
}
