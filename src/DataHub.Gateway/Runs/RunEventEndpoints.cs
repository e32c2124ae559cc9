using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using DataHub.Core.Errors;
using DataHub.Storage.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace DataHub.Gateway.Runs;

/// <summary>
/// GET /runs/{id}/events: server-sent events <c>progress</c> while a run is open, <c>end</c> when it is not, <c>heartbeat</c> in between so that no proxy takes the
/// silence for an end. A watcher who comes back with Last-Event-ID is told the present state unless that is what it saw last; behind the end it gets 204, which ends
/// a browser's trying again.
/// </summary>
internal static class RunEventEndpoints
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    // A token lives for ten minutes, a watcher not much longer: it comes back with a new one.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    public static void MapRunEvents(this RouteGroupBuilder api) =>
        api.MapGet("/runs/{id:long}/events", WatchAsync).RequireAuthorization("admin").WithTags("runs").WithName("watchRun")
            .Produces<RunEvent>(200, "text/event-stream").Produces(204).WithSummary("Theo dõi một lần chạy / Watch a run");

    private static async Task<IResult> WatchAsync(
        long id, RunFeed feed, RunProgressReader reader, IHostApplicationLifetime life, TimeProvider time, HttpContext context, CancellationToken cancellation)
    {
        var last = context.Request.Headers["Last-Event-ID"].ToString();
        var known = await reader.ReadAsync([id], cancellation);
        if (known.Count == 0)
        {
            throw HubErrors.RunNotFound(id.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToException();
        }

        if (!known[0].IsOpen && RunEvent.IdOf(known[0]) == last)
        {
            return TypedResults.NoContent();
        }

        var watcher = feed.TryWatch(id) ?? throw HubErrors.WatchersBusy(RunFeed.MostWatchers).ToException();
        // nginx would hold the events back until its buffer is full.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Response.OnCompleted(() =>
        {
            feed.Leave(id, watcher);
            return Task.CompletedTask;
        });
        // A node that stops does not wait for its watchers.
        var end = CancellationTokenSource.CreateLinkedTokenSource(life.ApplicationStopping, cancellation);
        context.Response.RegisterForDispose(end);
        return TypedResults.ServerSentEvents(EventsAsync(watcher, last, time, end.Token));
    }

    private static async IAsyncEnumerable<SseItem<RunEvent?>> EventsAsync(
        ChannelReader<RunSnapshot> watcher, string last, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var rate = new RunRate();
        var begun = time.GetTimestamp();
        while (time.GetElapsedTime(begun) < Longest)
        {
            var (snapshot, over) = await NextAsync(watcher, time, cancellation);
            if (over)
            {
                yield break;
            }

            if (snapshot is null)
            {
                yield return new SseItem<RunEvent?>(null, "heartbeat");
                continue;
            }

            var (id, told) = (RunEvent.IdOf(snapshot), rate.Next(snapshot));
            if (id != last || !snapshot.IsOpen)
            {
                last = id;
                yield return new SseItem<RunEvent?>(told, snapshot.IsOpen ? "progress" : "end") { EventId = id };
            }

            if (!snapshot.IsOpen)
            {
                yield break;
            }
        }
    }

    /// <summary>The next snapshot; null after a silence; over when the node stops or the watcher has gone.</summary>
    private static async Task<(RunSnapshot? Snapshot, bool Over)> NextAsync(ChannelReader<RunSnapshot> watcher, TimeProvider time, CancellationToken end)
    {
        using var silence = new CancellationTokenSource(Heartbeat, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, end);
        try
        {
            return (await watcher.ReadAsync(either.Token), false);
        }
        catch (OperationCanceledException)
        {
            return (null, end.IsCancellationRequested);
        }
    }
}
