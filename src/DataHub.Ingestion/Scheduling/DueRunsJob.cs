using DataHub.Storage.Schedules;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;

namespace DataHub.Ingestion.Scheduling;

/// <summary>
/// One look at the schedules. It does nothing that a second look would not do as well, so that a tick that was lost with its node needs no recovery.
/// </summary>
[DisallowConcurrentExecution]
internal sealed partial class DueRunsJob(DueRuns due, ILogger<DueRunsJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        try
        {
            await due.TickAsync(null, cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            StoreUnavailable(log, e.Message);
        }
    }

    [LoggerMessage(3201, LogLevel.Warning, "The schedules could not be looked at; the next tick will: {Reason}")]
    private static partial void StoreUnavailable(ILogger log, string reason);
}
