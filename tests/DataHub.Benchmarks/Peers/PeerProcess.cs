using System.Diagnostics;
using DataHub.Benchmarks.Hub;
using DataHub.Benchmarks.Machine;
using DataHub.Benchmarks.Reads;

namespace DataHub.Benchmarks.Peers;

/// <summary>The peer as a process of its own, like the hub.</summary>
internal sealed class PeerProcess : IWebServer, IAsyncDisposable
{
    private readonly Process process;

    private PeerProcess(Process process, Uri address) => (this.process, Address) = (process, address);

    public Uri Address { get; }

    public int Id => process.Id;

    public double CpuSeconds => ProcFiles.CpuSeconds(Id);

    public static async Task<PeerProcess> StartAsync(Cluster cluster, Workplace place, string database, CancellationToken cancellation)
    {
        var address = new Uri($"http://127.0.0.1:{HubProcess.FreePort()}");
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec dotnet \"$0\" >\"$BENCH_LOG\" 2>&1", place.Peer]);
        start.Environment["BENCH_LOG"] = place.PathOf("peer.log");
        start.Environment["PEER_DATABASE"] = cluster.ConnectionString(database);
        start.Environment["ASPNETCORE_URLS"] = address.GetLeftPart(UriPartial.Authority);
        var peer = new PeerProcess(Process.Start(start)!, address);
        using var http = new HttpClient { BaseAddress = address };
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromMinutes(2) && !peer.process.HasExited;)
        {
            try
            {
                (await http.GetAsync(new Uri("/odata/Dossiers(1)", UriKind.Relative), cancellation)).Dispose();
                return peer;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100, cancellation);
            }
        }

        await peer.DisposeAsync();
        throw new BenchException($"The peer did not start.\n{await File.ReadAllTextAsync(place.PathOf("peer.log"), cancellation)}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }
}
