namespace DataHub.Storage.Queries;

/// <summary>
/// The record under a cursor, read by type and without an object a value. Pages read it from a database reader, files from a COPY
/// stream; the formats are written
/// against this alone, so that all of them say the same of a value. A span is valid until the next value is read.
/// </summary>
public interface IRecordRow
{
    bool IsNull(int column);

    /// <summary>Text as UTF-8, as the store has it.</summary>
    ReadOnlySpan<byte> Text(int column);

    ReadOnlySpan<byte> Bytes(int column);

    int Int32(int column);

    long Int64(int column);

    /// <summary>
    /// Writes plain digits with the declared scale; returns the length. The room must take
    /// <see cref="Core.Records.PgNumeric.MaxText"/>.
    /// </summary>
    int Decimal(int column, Span<byte> room);

    double Float64(int column);

    bool Boolean(int column);

    DateOnly Date(int column);

    TimeOnly Time(int column);

    /// <summary>UTC.</summary>
    DateTime Timestamp(int column);
}
