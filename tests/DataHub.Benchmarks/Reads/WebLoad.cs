using System.Globalization;
using DataHub.Benchmarks.Hub;
using DataHub.Benchmarks.Machine;

namespace DataHub.Benchmarks.Reads;

/// <summary>One measurement of requests.</summary>
internal sealed record WebFigures
{
    public required double PerSecond { get; init; }

    /// <summary>Milliseconds.</summary>
    public required double Median { get; init; }

    /// <summary>Milliseconds.</summary>
    public required double P99 { get; init; }

    public required double MegabytesPerSecond { get; init; }

    /// <summary>Microseconds of the server's processor time a request.</summary>
    public required double HubCpu { get; init; }

    /// <summary>Microseconds of PostgreSQL's processor time a request.</summary>
    public required double StoreCpu { get; init; }

    /// <summary>Most memory of the server, MB.</summary>
    public required double Peak { get; init; }

    public required double Load { get; init; }
}

/// <summary>A process that answers HTTP on loopback: the hub, or a peer.</summary>
internal interface IWebServer
{
    Uri Address { get; }

    int Id { get; }

    double CpuSeconds { get; }
}

/// <summary>wrk against a server: 32 connections on loopback, each asking for a random one of the given paths.</summary>
internal sealed class WebLoad(IWebServer server, Cluster cluster, Workplace place)
{
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "Reads", "random-reads.lua");

    public async Task<WebFigures> MeasureAsync(
        IReadOnlyList<string> paths, string? token, BenchOptions options, CancellationToken cancellation)
    {
        var file = place.PathOf("paths.txt");
        await File.WriteAllLinesAsync(file, paths, cancellation);
        var environment = new Dictionary<string, string> { ["BENCH_PATHS"] = file, ["BENCH_TOKEN"] = token ?? "" };
        _ = options.WarmSeconds > 0 ? await WrkAsync(options.WarmSeconds, environment, cancellation) : [];
        ProcFiles.ResetPeak(server.Id);
        var (hubCpu, storeCpu) = (server.CpuSeconds, cluster.CpuSeconds);
        var result = await WrkAsync(options.ReadSeconds, environment, cancellation);
        var (requests, time) = (result[0], result[1] / 1e6);
        var each = Math.Max(1, requests);
        return new WebFigures
        {
            PerSecond = requests / time,
            Median = result[3] / 1e3,
            P99 = result[4] / 1e3,
            MegabytesPerSecond = result[5] / time / 1e6,
            HubCpu = (server.CpuSeconds - hubCpu) / each * 1e6,
            StoreCpu = (cluster.CpuSeconds - storeCpu) / each * 1e6,
            Peak = ProcFiles.Megabytes(server.Id, "VmHWM"),
            Load = ProcFiles.Load(),
        };
    }

    private async Task<double[]> WrkAsync(int seconds, Dictionary<string, string> environment, CancellationToken cancellation)
    {
        var address = server.Address.GetLeftPart(UriPartial.Authority);
        var output = await Tool.RunAsync(
            "wrk", ["-t2", "-c32", FormattableString.Invariant($"-d{seconds}s"), "-s", Script, address], environment, cancellation);
        var line = output.Split('\n').FirstOrDefault(l => l.StartsWith("RESULT ", StringComparison.Ordinal))
            ?? throw new BenchException($"wrk gave no result: {output}");
        double[] numbers = [.. line.Split(' ').Skip(1).Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
        return numbers[2] == 0 ? numbers : throw new BenchException($"some requests failed: {output}");
    }
}
