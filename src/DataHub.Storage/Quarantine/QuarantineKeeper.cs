using DataHub.Storage.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DataHub.Storage.Quarantine;

/// <summary>
/// Every few minutes: settles what runs left that ended badly, and takes the records out of entries whose time is over. The entry stays with its counts and
/// reasons. Safe on every node at once.
/// </summary>
public sealed partial class QuarantineKeeper(
    StoreConnections connections, QuarantineSettlement settlement, StorageOptions options, TimeProvider time, ILogger<QuarantineKeeper> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    /// <summary>Takes the records out of entries that no run has seen for <see cref="StorageOptions.QuarantineDays"/>; those that were open expire.</summary>
    public async Task<int> ExpireAsync(CancellationToken cancellation)
    {
        await using var command = connections.Merge.CreateCommand("""
            UPDATE hub.quarantine SET protected_record = NULL, status = CASE status WHEN 'open' THEN 'expired' ELSE status END
            WHERE id IN (SELECT id FROM hub.quarantine
                WHERE protected_record IS NOT NULL AND status <> 'arriving' AND last_seen < $1 FOR UPDATE SKIP LOCKED)
            """);
        command.Parameters.AddWithValue(time.GetUtcNow().AddDays(-options.QuarantineDays));
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            do
            {
                await KeepAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task KeepAsync(CancellationToken stopping)
    {
        try
        {
            await settlement.SettleEndedAsync(stopping);
            if (await ExpireAsync(stopping) is > 0 and var expired)
            {
                Expired(log, expired);
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
        {
            Unavailable(log, e.Message);
        }
    }

    [LoggerMessage(2301, LogLevel.Information, "The records of {Entries} quarantine entries expired")]
    private static partial void Expired(ILogger log, int entries);

    [LoggerMessage(2302, LogLevel.Warning, "The quarantine could not be kept and will be looked at again: {Reason}")]
    private static partial void Unavailable(ILogger log, string reason);
}
