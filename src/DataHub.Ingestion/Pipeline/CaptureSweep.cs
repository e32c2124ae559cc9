using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.Postgres;
using DataHub.Storage.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DataHub.Ingestion.Pipeline;

/// <summary>
/// Removes replication slots of this hub that no dataset follows any more (deleted, another mode or source, paused for a week): a slot that nobody reads fills its
/// server's disk. A dataset that comes back pulls everything once.
/// </summary>
public sealed partial class CaptureSweep(
    WatermarkStore watermarks, SourceRegistry registry, SourceNetworkPolicy network, ILogger<CaptureSweep> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    /// <summary>Names of the slots that were removed.</summary>
    public async Task<IReadOnlyList<string>> SweepAsync(CancellationToken cancellation)
    {
        var prefix = (await watermarks.CaptureNameAsync(0, cancellation))[..^1];
        var removed = new List<string>();
        foreach (var source in (await watermarks.ReadFollowersAsync("postgres", Patience, cancellation)).GroupBy(f => f.Source))
        {
            var wanted = source.Where(f => f.Document is not null && ContractReader.Read(f.Document).Contract?.Pull.Mode == PullMode.Log)
                .Select(f => string.Create(null, $"{prefix}{f.Dataset}"));
            try
            {
                var settings = await registry.FindAsync(source.Key, cancellation);
                removed.AddRange(await PostgresSlots.SweepAsync(settings, network, prefix, [.. wanted], cancellation));
            }
            catch (HubErrorException e)
            {
                SourceLeftAlone(log, source.Key, e.Error.Code);
            }
        }

        foreach (var slot in removed)
        {
            Removed(log, slot);
        }

        return removed;
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

    [LoggerMessage(3020, LogLevel.Warning, "Replication slot {Slot} was removed: no dataset follows it")]
    private static partial void Removed(ILogger log, string slot);

    [LoggerMessage(3021, LogLevel.Warning, "Slots of source {Source} could not be looked at: {Reason}")]
    private static partial void SourceLeftAlone(ILogger log, string source, string reason);
}
