using DataHub.Benchmarks.Hub;
using DataHub.Benchmarks.Ingest;
using DataHub.Benchmarks.Machine;
using DataHub.Benchmarks.Reads;
using DataHub.Demo.Hub;

namespace DataHub.Benchmarks;

/// <summary>What every part of the benchmarks works with.</summary>
internal sealed record Bench(BenchOptions Options, Workplace Place, Cluster Cluster, HubProcess Hub, HubApi Api)
{
    public required SectorData Data { get; init; }

    /// <summary>wrk against the hub.</summary>
    public WebLoad Web { get; } = new(Hub, Cluster, Place);

    public HubRuns Runs { get; } = new(Api, Hub, Cluster);

    public static Task SayAsync(FormattableString line) => Console.Out.WriteLineAsync(FormattableString.Invariant(line));
}
