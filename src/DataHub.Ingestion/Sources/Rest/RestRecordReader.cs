using DataHub.Core.Records;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>Fills batches from the records of a pull, those of its sample first; positions count from 1. Owns the pull.</summary>
internal sealed class RestRecordReader(RestPull pull, RestSample sample, RestRecordParser parser) : IRecordReader
{
    private long ordinal;
    private bool atEnd;

    public required IReadOnlyList<SourceField> Fields { get; init; }

    public required IReadOnlyList<SourceDrift> Drift { get; init; }

    public required IReadOnlySet<string> Columns { get; init; }

    public required SourcePosition? Position { get; init; }

    public required DateTimeOffset AsOf { get; init; }

    public long? EstimatedRecords => pull.Total;

    public async ValueTask<bool> ReadAsync(RecordBatch batch, CancellationToken cancellation)
    {
        batch.Clear();
        cancellation.ThrowIfCancellationRequested();
        var bytes = 0L;
        while (!atEnd && batch.Count < batch.Capacity && batch.Broken.Count < batch.Capacity && bytes < RecordBatch.TargetBytes)
        {
            if (sample.Records.TryDequeue(out var kept))
            {
                bytes += Take(kept, batch);
            }
            else if (await pull.NextAsync(cancellation))
            {
                bytes += Take(pull.Record.Span, batch);
            }
            else
            {
                atEnd = true;
            }
        }

        return batch.Count > 0 || batch.Broken.Count > 0;
    }

    public ValueTask DisposeAsync() => pull.DisposeAsync();

    private int Take(ReadOnlySpan<byte> record, RecordBatch batch)
    {
        parser.Take(record, batch, ++ordinal);
        return record.Length;
    }
}
