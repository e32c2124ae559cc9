using DataHub.Core.Records;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources;

/// <summary>What a database's reader knows of its result before the first record.</summary>
internal abstract class DatabaseRecordReader : IRecordReader
{
    public required IReadOnlyList<SourceField> Fields { get; init; }

    public required DateTimeOffset AsOf { get; init; }

    public required long? EstimatedRecords { get; init; }

    public required IReadOnlyList<SourceDrift> Drift { get; init; }

    public required IReadOnlySet<string> Columns { get; init; }

    public required SourcePosition? Position { get; init; }

    public bool IsWhole { get; init; }

    public abstract ValueTask<bool> ReadAsync(RecordBatch batch, CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();
}
