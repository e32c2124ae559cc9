using System.Threading.Channels;
using DataHub.Storage.Changes;
using DataHub.Storage.Runs;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DataHub.Gateway.Runs;

/// <summary>
/// Tells all watchers of a node how their runs get on, by one question a second to the store for all of them, and none while nobody watches. A change of state comes
/// at once, by the store's notice.
/// </summary>
internal sealed partial class RunFeed : IDisposable
{
    /// <summary>Watchers of one node; each holds a connection of its caller's.</summary>
    public const int MostWatchers = 200;

    private static readonly TimeSpan PollTime = TimeSpan.FromSeconds(1);

    private readonly RunProgressReader reader;
    private readonly HubChanges changes;
    private readonly TimeProvider time;
    private readonly ILogger<RunFeed> log;
    private readonly Lock gate = new();
    private readonly Dictionary<long, List<Channel<RunSnapshot>>> watchers = [];
    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly CancellationTokenSource stopped = new();
    private int count;
    private bool polling;

    public RunFeed(RunProgressReader reader, HubChanges changes, TimeProvider time, ILogger<RunFeed> log)
    {
        (this.reader, this.changes, this.time, this.log) = (reader, changes, time, log);
        changes.Run += Wake;
    }

    /// <summary>Questions asked so far; tests see by it that watchers share them.</summary>
    public long Questions { get; private set; }

    /// <summary>Snapshots of a run from now on; null when the node has as many watchers as it bears. A slow watcher gets the newest, not all.</summary>
    public ChannelReader<RunSnapshot>? TryWatch(long run)
    {
        lock (gate)
        {
            if (count >= MostWatchers)
            {
                return null;
            }

            count++;
            var channel = Channel.CreateBounded<RunSnapshot>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
            watchers.TryAdd(run, []);
            watchers[run].Add(channel);
            if (!polling)
            {
                polling = true;
                _ = Task.Run(PollAsync);
            }

            return channel.Reader;
        }
    }

    public void Leave(long run, ChannelReader<RunSnapshot> watcher)
    {
        lock (gate)
        {
            count -= watchers.TryGetValue(run, out var list) ? list.RemoveAll(c => c.Reader == watcher) : 0;
            if (list is { Count: 0 })
            {
                watchers.Remove(run);
            }
        }
    }

    public void Dispose()
    {
        changes.Run -= Wake;
        stopped.Cancel();
        stopped.Dispose();
    }

    private async Task PollAsync()
    {
        while (true)
        {
            long[] runs;
            lock (gate)
            {
                if (watchers.Count == 0 || stopped.IsCancellationRequested)
                {
                    polling = false;
                    return;
                }

                runs = [.. watchers.Keys];
            }

            await TellAsync(runs);
            try
            {
                using var limit = new CancellationTokenSource(PollTime, time);
                await wake.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                // Nothing changed its state within the second; the counts may have.
            }
        }
    }

    private async Task TellAsync(long[] runs)
    {
        try
        {
            Questions++;
            var snapshots = await reader.ReadAsync(runs, stopped.Token);
            lock (gate)
            {
                foreach (var snapshot in snapshots)
                {
                    watchers.GetValueOrDefault(snapshot.Id)?.ForEach(c => c.Writer.TryWrite(snapshot));
                }
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException or ObjectDisposedException)
        {
            StoreUnavailable(log, e.Message);
        }
    }

    private void Wake(long run)
    {
        lock (gate)
        {
            if (watchers.ContainsKey(run) && wake.CurrentCount == 0)
            {
                wake.Release();
            }
        }
    }

    [LoggerMessage(4101, LogLevel.Warning, "Watchers of runs wait: the store did not answer: {Reason}")]
    private static partial void StoreUnavailable(ILogger log, string reason);
}
