using DataHub.Storage.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DataHub.Storage.Changes;

/// <summary>
/// Tells this node what any node changed (LISTEN hub_changes), so that access and catalogue can be kept in memory. A notice lost while the
/// connection was down is made good by <see cref="Everything"/>: raised at every (re)connect.
/// </summary>
public sealed partial class HubChanges(StoreConnections connections, ILogger<HubChanges> log) : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private volatile bool listening;

    /// <summary>Agencies, clients or agreements changed.</summary>
    public event Action? Access;

    /// <summary>A dataset was registered, revised or published; by its number.</summary>
    public event Action<int>? Dataset;

    /// <summary>A run was queued, changed state or is asked to stop; by its number.</summary>
    public event Action<long>? Run;

    /// <summary>Anything may have changed: reread all that is kept in memory.</summary>
    public event Action? Everything;

    /// <summary>False while notices of other nodes cannot arrive.</summary>
    public bool IsListening => listening;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException && !stoppingToken.IsCancellationRequested)
            {
                ConnectionLost(log, e.Message);
                await Task.Delay(RetryDelay, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        await using var connection = await connections.Control.OpenConnectionAsync(cancellation);
        connection.Notification += (_, notice) => Raise(notice.Payload);
        await using (var listen = new NpgsqlCommand("LISTEN hub_changes", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellation);
        }

        listening = true;
        try
        {
            Everything?.Invoke();
            while (true)
            {
                await connection.WaitAsync(cancellation);
            }
        }
        finally
        {
            listening = false;
        }
    }

    private void Raise(string payload)
    {
        var colon = payload.IndexOf(':', StringComparison.Ordinal);
        var number = colon < 0 ? 0 : long.Parse(payload.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture);
        switch (colon < 0 ? payload : payload[..colon])
        {
            case "access": Access?.Invoke(); break;
            case "dataset": Dataset?.Invoke((int)number); break;
            case "run": Run?.Invoke(number); break;
            default: Everything?.Invoke(); break;
        }
    }

    [LoggerMessage(2001, LogLevel.Warning, "The change listener lost its connection and will reconnect: {Reason}")]
    private static partial void ConnectionLost(ILogger log, string reason);
}
