using DataHub.Core.Records;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Pipeline;

/// <summary>
/// Steps 1 and 2 side by side: the next batch is read while the present one is validated and encoded, in two batches that change places. Reading is half of a load's
/// own processor time, and would otherwise stand still meanwhile.
/// </summary>
internal sealed class ReadAhead : IAsyncDisposable
{
    private readonly IRecordReader reader;
    private readonly CancellationTokenSource stop;
    private RecordBatch present;
    private RecordBatch next;
    private Task<bool> reading;

    public ReadAhead(IRecordReader reader, CancellationToken cancellation)
    {
        this.reader = reader;
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        present = new RecordBatch(reader.Fields);
        next = new RecordBatch(reader.Fields);
        reading = ReadAsync();
    }

    /// <summary>The next batch, valid until the following call; null at the end. A failure of the source comes after everything read before it.</summary>
    public async ValueTask<RecordBatch?> NextAsync()
    {
        if (!await reading)
        {
            return null;
        }

        (present, next) = (next, present);
        reading = ReadAsync();
        return present;
    }

    /// <summary>The reader is free afterwards: a batch still under way is given up.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    // On another thread from the first byte on: a reader whose source is faster never yields.
    private Task<bool> ReadAsync()
    {
        var batch = next;
        return Task.Run(() => reader.ReadAsync(batch, stop.Token).AsTask());
    }
}
