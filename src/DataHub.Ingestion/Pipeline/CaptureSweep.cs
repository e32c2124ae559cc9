using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.Postgres;
using DataHub.Storage.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DataHub.Ingestion.Pipeline;

/// <summary>
/// Removes replication slots of this hub that no dataset follows any more (deleted, another mode or source, paused for a week) or that keep more log than their source
/// allows because no pull came: a slot that nobody reads fills its server's disk. A dataset that comes back pulls everything once.
/// </summary>
public sealed partial class CaptureSweep(
    WatermarkStore watermarks, SourceRegistry registry, SourceNetworkPolicy network, ILogger<CaptureSweep> log) : BackgroundService
{
    private const string Kind = "postgres";
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    /// <summary>Names of the slots that were removed.</summary>
    public async Task<IReadOnlyList<string>> SweepAsync(CancellationToken cancellation)
    {
        var (sources, slots) = await ReadWantedAsync(cancellation);
        var removed = new List<string>();
        foreach (var source in sources)
        {
            try
            {
                removed.AddRange(await PostgresSlots.SweepAsync(await registry.FindAsync(source, cancellation), network, slots, cancellation));
            }
            catch (HubErrorException e)
            {
                SourceLeftAlone(log, source, e.Error.Code);
            }
        }

        Tell(removed);
        return removed;
    }

    /// <summary>
    /// Removes the slots at a source that the hub is about to forget, or that moves to another database; given up after five seconds, because the place may be
    /// gone. Names of the slots that were removed.
    /// </summary>
    public async Task<IReadOnlyList<string>> ForsakeAsync(SourceSettings source, CancellationToken cancellation)
    {
        if (source.Kind != Kind)
        {
            return [];
        }

        var (_, slots) = await ReadWantedAsync(cancellation, but: source.Id);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Farewell);
        try
        {
            var removed = await PostgresSlots.SweepAsync(source, network, slots, limit.Token);
            Tell(removed);
            return removed;
        }
        catch (Exception e) when (e is HubErrorException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            Forgotten(log, source.Id, slots.Prefix, (e as HubErrorException)?.Error.Code ?? "source_timeout");
            return [];
        }
    }

    private async Task<(IReadOnlySet<string> Sources, WantedSlots Slots)> ReadWantedAsync(CancellationToken cancellation, string? but = null)
    {
        var prefix = (await watermarks.CaptureNameAsync(0, cancellation))[..^1];
        var (sources, followers) = await watermarks.ReadFollowersAsync(Kind, Patience, cancellation);
        return (sources, new WantedSlots(prefix,
        [
            .. followers.Where(f => f.Source != but && ContractReader.Read(f.Document).Contract?.Pull.Mode == PullMode.Log)
                .Select(f => (string.Create(null, $"{prefix}{f.Dataset}"), f.Identity)),
        ]));
    }

    private void Tell(IEnumerable<string> removed)
    {
        foreach (var slot in removed)
        {
            Removed(log, slot);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await SweepAsync(stoppingToken);
                }
                catch (NpgsqlException e)
                {
                    SourceLeftAlone(log, "-", e.Message);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    [LoggerMessage(3020, LogLevel.Warning, "Replication slot {Slot} was removed: no dataset follows it, or it kept too much log")]
    private static partial void Removed(ILogger log, string slot);

    [LoggerMessage(3021, LogLevel.Warning, "Slots of source {Source} could not be looked at: {Reason}")]
    private static partial void SourceLeftAlone(ILogger log, string source, string reason);

    [LoggerMessage(3022, LogLevel.Warning, "Slots {Prefix}… may remain at the former place of source {Source}, whose administrator must drop them: {Reason}")]
    private static partial void Forgotten(ILogger log, string source, string prefix, string reason);
}
