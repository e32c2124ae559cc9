using System.Buffers.Binary;
using DataHub.Core.Contracts;
using DataHub.Core.Validation;

namespace DataHub.Core.Records;

/// <summary>The canonical bytes of a stored value, from PostgreSQL's binary form: the inverse of what the column encoders write.</summary>
public static class CanonicalValue
{
    /// <summary>Writes the canonical bytes; returns their length. The room must take the value or 64 bytes.</summary>
    public static int FromPostgres(ColumnType type, ReadOnlySpan<byte> value, Span<byte> canonical)
    {
        switch (type.Kind)
        {
            case ColumnKind.Int32:
                BinaryPrimitives.WriteInt64BigEndian(canonical, BinaryPrimitives.ReadInt32BigEndian(value));
                return 8;
            case ColumnKind.Date:
                BinaryPrimitives.WriteInt32BigEndian(canonical, BinaryPrimitives.ReadInt32BigEndian(value) + TemporalEncoder.PostgresEpochDays);
                return 4;
            case ColumnKind.Timestamp:
                var shift = TemporalEncoder.PostgresEpochDays * TemporalText.MicrosecondsPerDay;
                BinaryPrimitives.WriteInt64BigEndian(canonical, BinaryPrimitives.ReadInt64BigEndian(value) + shift);
                return 8;
            case ColumnKind.Decimal:
                return PgNumeric.TryRead(value, out var number)
                    ? PgNumeric.WriteShortest(canonical, number)
                    : throw new InvalidDataException("the store holds a numeric that no contract can declare");
            default:
                value.CopyTo(canonical);
                return value.Length;
        }
    }
}
