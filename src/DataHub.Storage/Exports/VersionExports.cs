using DataHub.Storage.Connections;
using DataHub.Storage.Queries;

namespace DataHub.Storage.Exports;

/// <summary>
/// Streams whole versions, a bounded number at a time: each holds a connection and some megabytes until its reader has
/// everything.
/// </summary>
public sealed class VersionExports(StoreConnections connections, StorageOptions options) : IDisposable
{
    private readonly SemaphoreSlim places = new(options.Exports, options.Exports);

    /// <summary>Most exports at a time.</summary>
    public int Limit => options.Exports;

    /// <summary>A place to export in, to be disposed; null when all are taken.</summary>
    public IDisposable? TryEnter() => places.Wait(0) ? new Place(places) : null;

    /// <summary>Streams every record of a version in key order; the caller holds a place.</summary>
    public async Task RunAsync(RecordQuery query, IExportTarget target, CancellationToken cancellation)
    {
        await using var connection = await connections.Export.OpenConnectionAsync(cancellation);
        await new VersionExport(connection, query).RunAsync(target, cancellation);
    }

    public void Dispose() => places.Dispose();

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
            {
                places.Release();
            }
        }
    }
}
