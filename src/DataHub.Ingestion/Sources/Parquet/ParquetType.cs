using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using ParquetSharp;

namespace DataHub.Ingestion.Sources.Parquet;

/// <summary>How values of one type of a column are read.</summary>
/// <param name="Name">For people: <c>int32</c>, <c>decimal(18,2)</c>, <c>timestamp[us, UTC]</c>.</param>
/// <param name="Kind">How they are delivered.</param>
/// <param name="Proposed">The hub's type for them.</param>
/// <param name="Open">Puts a cursor on a column of a row group; null where the hub does not read the type.</param>
internal sealed record ParquetType(string Name, SourceKind Kind, ColumnType? Proposed, Func<ColumnReader, ParquetCursor>? Open)
{
    public Text? Note { get; init; }

    /// <summary>Bytes of which the file does not say what they are.</summary>
    public bool IsPlainBytes { get; init; }

    /// <summary>
    /// How a contract's column gets it. Old writers (Impala, Hive) leave texts without their mark: a contract that says text means them,
    /// and each value is proved to be UTF-8.
    /// </summary>
    public SourceKind KindFor(ContractColumn column) =>
        IsPlainBytes && column.Type.Kind == ColumnKind.Text ? SourceKind.Text : Kind;
}
