using System.Globalization;
using DataHub.Core.Errors;
using DataHub.Storage.Changes;
using DataHub.Storage.Runs;
using DataHub.Storage.Versions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DataHub.Ingestion.Pipeline;

/// <summary>Claims runs and works them off; one at a time a worker, as many workers as wanted on any number of nodes.</summary>
public sealed partial class RunWorker(
    RunStore runs, LoadPipeline pipeline, FilterIndexes indexes, Janitor janitor, HubChanges changes, RunMeters meters, ILogger<RunWorker> log) : BackgroundService
{
    // A run that ended its worker this often will end the next one too.
    private const int MostAttempts = 5;

    // Records from which a run holds memory worth giving back at once.
    private const long LargeRun = 200_000;

    // A notice wakes the worker at once; this finds what no notice told, above all runs whose lease lapsed.
    private static readonly TimeSpan PollTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RenewTime = TimeSpan.FromSeconds(2);

    private readonly string name = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}");
    private readonly SemaphoreSlim wake = new(0, 1);
    private bool completed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        changes.Run += Wake;
        changes.Everything += Wake;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await WorkAsync(stoppingToken);
                await wake.WaitAsync(PollTime, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            changes.Run -= Wake;
            changes.Everything -= Wake;
        }
    }

    private async Task WorkAsync(CancellationToken stopping)
    {
        try
        {
            await janitor.SweepAsync(stopping);
            while (await runs.ClaimAsync(name, stopping) is { } run)
            {
                await WorkAsync(run, stopping);
            }

            // Once, and behind the queue: a publication that hangs would hold it up.
            if (!completed)
            {
                await indexes.CompleteUnfinishedAsync(stopping);
                completed = true;
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
        {
            StoreUnavailable(log, e.Message);
        }
    }

    private async Task WorkAsync(ClaimedRun run, CancellationToken stopping)
    {
        RunStarted(log, run.Id, run.Dataset, run.Lease);
        var progress = new RunProgress();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var lease = KeepLeaseAsync(run, progress, giveUp);
        var end = await TryRunAsync(run, progress, stopping, giveUp.Token);
        await giveUp.CancelAsync();
        var cancelled = await lease;
        await EndAsync(run, cancelled, end, stopping);
        await meters.EndedAsync(run, CancellationToken.None);
        if (end is null)
        {
            await pipeline.CompleteAsync(run, stopping);
        }

        if (progress.Counts.Read >= LargeRun)
        {
            // Keys and buffers of a load are old and large when it ends: left alone they would stay in the process until some later full collection, and the next load
            // would come on top. This one stops readers for some tens of milliseconds.
            progress.Forget();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    /// <summary>Null when the run ended itself; else what stopped it.</summary>
    private async Task<Exception?> TryRunAsync(ClaimedRun run, RunProgress progress, CancellationToken stopping, CancellationToken cancellation)
    {
        try
        {
            if (run.Lease > MostAttempts)
            {
                throw HubErrors.RunGaveUp(run.Id, MostAttempts).ToException();
            }

            await pipeline.RunAsync(run, progress, cancellation);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private async Task EndAsync(ClaimedRun run, bool cancelled, Exception? end, CancellationToken stopping)
    {
        switch (end)
        {
            case null:
                return;
            case { } when cancelled:
                await runs.EndAsync(run, "cancelled", null, CancellationToken.None);
                return;
            case { } when stopping.IsCancellationRequested:
                // The node goes down in order, and whatever the interrupted step made of it is no failure: the next worker may start at once.
                await runs.ReleaseAsync(run, CancellationToken.None);
                return;
            case NpgsqlException or TimeoutException when IsStoreLost(end):
                // The store went away under the run, which left nothing: it begins again, as often as a run may.
                StoreLost(log, run.Id, run.Dataset, end.Message);
                await runs.ReleaseAsync(run, CancellationToken.None);
                return;
            case PostgresException { SqlState: PostgresErrorCodes.DiskFull }:
                RunRefused(log, run.Id, run.Dataset, "store_full");
                await janitor.SweepAsync(CancellationToken.None, run.Id);
                await runs.EndAsync(run, "failed", RunWords.Error(HubErrors.StoreFull(run.Id)), CancellationToken.None);
                return;
            case HubErrorException { Error: var error }:
                RunRefused(log, run.Id, run.Dataset, error.Code);
                await runs.EndAsync(run, "failed", RunWords.Error(error), CancellationToken.None);
                return;
            default:
                RunFailed(log, run.Id, run.Dataset, end);
                await runs.EndAsync(run, "failed", RunWords.Error(HubErrors.RunFault(run.Id)), CancellationToken.None);
                return;
        }
    }

    // Sources' own failures arrive as refusals, so that these speak of the hub's store.
    private static bool IsStoreLost(Exception end) => end is not PostgresException e
        || e.SqlState.StartsWith("08", StringComparison.Ordinal)
        || e.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.TooManyConnections or "25P03";

    /// <summary>Renews the lease until the run ends; true when somebody asked to cancel it. Losing the lease stops the run.</summary>
    private async Task<bool> KeepLeaseAsync(ClaimedRun run, RunProgress progress, CancellationTokenSource giveUp)
    {
        var renewed = System.Diagnostics.Stopwatch.StartNew();
        using var timer = new PeriodicTimer(RenewTime);
        while (true)
        {
            try
            {
                await timer.WaitForNextTickAsync(giveUp.Token);
                switch (await runs.RenewAsync(run, progress.Counts, progress.Estimated, giveUp.Token))
                {
                    case null:
                        await giveUp.CancelAsync();
                        return false;
                    case true:
                        await giveUp.CancelAsync();
                        return true;
                    default:
                        renewed.Restart();
                        break;
                }
            }
            catch (OperationCanceledException)
            {
                return false;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                // Past its lease the run may belong to another worker: this one must stop, although publishing would refuse it anyway.
                if (renewed.Elapsed > RunStore.LeaseTime)
                {
                    await giveUp.CancelAsync();
                    return false;
                }
            }
        }
    }

    private void Wake(long run) => Wake();

    private void Wake()
    {
        if (wake.CurrentCount == 0)
        {
            try
            {
                wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // Two notices at once: one wake is enough.
            }
        }
    }

    [LoggerMessage(3001, LogLevel.Information, "Run {Run} of {Dataset} begins (attempt {Attempt})")]
    private static partial void RunStarted(ILogger log, long run, string dataset, int attempt);

    [LoggerMessage(3003, LogLevel.Warning, "Run {Run} of {Dataset} failed: {Code}")]
    private static partial void RunRefused(ILogger log, long run, string dataset, string code);

    [LoggerMessage(3004, LogLevel.Error, "Run {Run} of {Dataset} failed unexpectedly")]
    private static partial void RunFailed(ILogger log, long run, string dataset, Exception exception);

    [LoggerMessage(3006, LogLevel.Warning, "Run {Run} of {Dataset} lost the store and will begin again: {Reason}")]
    private static partial void StoreLost(ILogger log, long run, string dataset, string reason);

    [LoggerMessage(3005, LogLevel.Warning, "The worker cannot reach the store and will try again: {Reason}")]
    private static partial void StoreUnavailable(ILogger log, string reason);
}
