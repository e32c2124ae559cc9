using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DataHub.Benchmarks.Machine;
using DataHub.Benchmarks.Reads;
using DataHub.Demo.Hub;

namespace DataHub.Benchmarks.Hub;

/// <summary>The hub as it is shipped: the server's own Release build as a process of its own, with gateway and worker.</summary>
internal sealed class HubProcess : IWebServer, IAsyncDisposable
{
    public const string Database = "bench_hub";
    private const string AdminId = "bench-admin";
    private readonly Process process;
    private readonly string log;
    private readonly string secret;

    private HubProcess(Process process, Uri address, string secret, string log) =>
        (this.process, Address, this.secret, this.log) = (process, address, secret, log);

    public Uri Address { get; }

    public int Id => process.Id;

    public double CpuSeconds => ProcFiles.CpuSeconds(Id);

    public static async Task<HubProcess> StartAsync(
        Cluster cluster, Workplace place, IEnumerable<KeyValuePair<string, string>> settings, CancellationToken cancellation)
    {
        await cluster.CreateDatabaseAsync(Database, cancellation);
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var secret = RandomNumberGenerator.GetHexString(40);
        var log = place.PathOf("hub.log");
        // The shell gives way to the hub; its log goes to a file as it would to a journal, without this process in between.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec dotnet \"$0\" >\"$BENCH_LOG\" 2>&1", place.Server]);
        start.Environment["BENCH_LOG"] = log;
        start.Environment["DATAHUB_DATABASE"] = cluster.ConnectionString(Database);
        start.Environment["DATAHUB_HOME"] = place.Home;
        start.Environment["DATAHUB_FILES"] = place.Files;
        start.Environment["ASPNETCORE_URLS"] = start.Environment["DATAHUB_PUBLIC_URL"] = address.GetLeftPart(UriPartial.Authority);
        start.Environment["DATAHUB_ADMIN_CLIENT_ID"] = AdminId;
        start.Environment["DATAHUB_ADMIN_CLIENT_SECRET"] = secret;
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var hub = new HubProcess(Process.Start(start)!, address, secret, log);
        await hub.WaitUntilReadyAsync(cancellation);
        return hub;
    }

    /// <summary>Signs the administrator in anew: tokens last ten minutes, a benchmark may last longer.</summary>
    public Task SignInAsync(HubApi api, CancellationToken cancellation) =>
        api.SignInAsync(AdminId, secret, "datahub.admin datahub.read", cancellation);

    /// <summary>A recipient's token by client credentials.</summary>
    public async Task<string> TokenAsync(string id, string password, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = Address };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = id, ["client_secret"] = password, ["scope"] = "datahub.read",
        });
        using var answer = await http.PostAsync(new Uri("/connect/token", UriKind.Relative), form, cancellation);
        answer.EnsureSuccessStatusCode();
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellation))!["access_token"]!.GetValue<string>();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await Tool.RunAsync("kill", ["-TERM", FormattableString.Invariant($"{Id}")], null, CancellationToken.None);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        process.Dispose();
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = Address };
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromMinutes(2) && !process.HasExited)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellation);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(100, cancellation);
        }

        var said = File.Exists(log) ? await File.ReadAllTextAsync(log, cancellation) : "";
        await DisposeAsync();
        throw new BenchException($"The hub did not start.\n{said[Math.Max(0, said.Length - 4_000)..]}");
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
