using System.Diagnostics.Metrics;
using DataHub.Storage.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DataHub.Ingestion.Pipeline;

/// <summary>
/// What operators measure: the meter <c>DataHub</c> with runs ended by state, their duration, and how many are open, held and late. Ends are counted by the node that
/// worked the run off; the three gauges say of the whole hub, on every node with the worker role the same.
/// </summary>
public sealed partial class RunMeters : BackgroundService
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "DataHub";

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private readonly Meter meter;
    private readonly Counter<long> ended;
    private readonly Histogram<double> duration;
    private readonly RunStore runs;
    private readonly TimeProvider time;
    private readonly ILogger<RunMeters> log;
    private RunTally tally = new(0, 0, 0);

    public RunMeters(RunStore runs, IMeterFactory meters, TimeProvider time, ILogger<RunMeters> log)
    {
        (this.runs, this.time, this.log) = (runs, time, log);
        meter = meters.Create(MeterName);
        ended = meter.CreateCounter<long>("datahub.runs.ended", "{run}", "Runs that this node worked off, by state");
        duration = meter.CreateHistogram<double>("datahub.run.duration", "s", "From the first claim of a run to its end, by state");
        meter.CreateObservableGauge("datahub.runs.open", () => tally.Open, "{run}", "Runs queued or running, of the whole hub");
        meter.CreateObservableGauge("datahub.runs.held", () => tally.Held, "{run}", "Runs that wait for a decision, of the whole hub");
        meter.CreateObservableGauge("datahub.runs.late", () => tally.Late, "{run}", "Runs of schedules that should have begun, of the whole hub");
    }

    /// <summary>Counts a run's end and says it in one line of the log. A run that another worker has or will take over is not at its end.</summary>
    public async Task EndedAsync(ClaimedRun run, CancellationToken cancellation)
    {
        try
        {
            if (await runs.FindEndAsync(run, cancellation) is not { } end)
            {
                return;
            }

            KeyValuePair<string, object?> state = new("state", end.State);
            ended.Add(1, state);
            duration.Record(end.Seconds, state);
            var level = end.State is "failed" or "held" ? LogLevel.Warning : LogLevel.Information;
            RunEnded(log, level, run.Id, run.Dataset, end.State, end.Seconds, end.Read, end.Code);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // The run's row says it all the same.
            StoreUnavailable(log, run.Id, e.Message);
        }
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            do
            {
                await TakeAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Reads the gauges anew.</summary>
    public async Task TakeAsync(CancellationToken cancellation)
    {
        try
        {
            tally = await runs.TallyAsync(cancellation);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            StoreUnavailable(log, 0, e.Message);
        }
    }

    [LoggerMessage(EventId = 3010, Message = "Run {Run} of {Dataset} ended {State} after {Seconds:0.0} s with {Read} records read {Code}")]
    private static partial void RunEnded(ILogger log, LogLevel level, long run, string dataset, string state, double seconds, long read, string? code);

    [LoggerMessage(3011, LogLevel.Warning, "The end of run {Run} could not be measured: {Reason}")]
    private static partial void StoreUnavailable(ILogger log, long run, string reason);
}
