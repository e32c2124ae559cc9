using System.Collections.Concurrent;
using DataHub.Core.Errors;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources;

/// <summary>
/// The one door to sectors' systems: every test, listing and pull of the hub goes through it and through its source's
/// <see cref="SourcePipeline"/>. Opening is retried where an error is transient; a stream in progress never is.
/// </summary>
public sealed class SourceGateway(SourceAdapters adapters, SourceResilienceOptions options, TimeProvider time)
    : IDisposable
{
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, SourcePipeline> pipelines = new(StringComparer.Ordinal);

    /// <inheritdoc cref="ISourceAdapter.Check"/>
    public IReadOnlyList<ErrorDetail> Check(SourceSettings source) => adapters.For(source.Kind).Check(source);

    /// <summary>Asks now: neither an open circuit nor a retry stands between an administrator and the cause.</summary>
    public Task<SourceProbe> TestAsync(SourceSettings source, CancellationToken cancellation)
    {
        var adapter = adapters.For(source.Kind);
        return Of(source).AskAsync(ct => adapter.TestAsync(source, ct), cancellation);
    }

    /// <inheritdoc cref="ISourceAdapter.ListTablesAsync"/>
    public Task<IReadOnlyList<SourceTable>> ListTablesAsync(SourceSettings source, CancellationToken cancellation)
    {
        var adapter = adapters.For(source.Kind);
        return Of(source).AskAsync(ct => adapter.ListTablesAsync(source, ct), cancellation);
    }

    /// <summary>
    /// Opens a snapshot, waiting for a free place among the source's readers. The reader holds its place until disposed.
    /// </summary>
    public Task<IRecordReader> OpenAsync(
        SourceSettings source, PullRequest request, CancellationToken cancellation)
    {
        var adapter = adapters.For(source.Kind);
        return Of(source).OpenAsync(ct => adapter.OpenAsync(source, request, ct), cancellation);
    }

    /// <summary>Drops a source's failure history: call it when its settings or credential change, or it is deleted.</summary>
    public void Forget(string sourceId) => pipelines.TryRemove(sourceId, out _);

    /// <summary>How this node gets on with a source; null while it has not called it.</summary>
    public SourceState? StateOf(string sourceId) => pipelines.TryGetValue(sourceId, out var pipeline) ? pipeline.State : null;

    public void Dispose()
    {
        foreach (var pipeline in pipelines.Values)
        {
            pipeline.Dispose();
        }
    }

    // A pipeline whose settings changed is left to the readers that have places in it.
    private SourcePipeline Of(SourceSettings source)
    {
        var wanted = options.With(source.Pacing);
        lock (gate)
        {
            if (pipelines.TryGetValue(source.Id, out var known) && known.Options == wanted)
            {
                return known;
            }

            return pipelines[source.Id] = new SourcePipeline(source.Id, wanted, time);
        }
    }
}
