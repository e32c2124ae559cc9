using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Faults;

/// <summary>The hub's program as a process of its own, so that it can be killed, stopped and continued.</summary>
internal sealed class HubProcess : IDisposable
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;
    private readonly Process process;
    private readonly List<string> lines = [];

    private HubProcess(Process process) => this.process = process;

    /// <summary>Starts a worker on the server's database and home; returns when it answers that it is ready.</summary>
    public static async Task<HubProcess> StartAsync(HubServer server, params (string Name, string Value)[] settings)
    {
        var address = $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "DataHub.Server.dll")])
        {
            WorkingDirectory = server.Home, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        start.Environment["DATAHUB_DATABASE"] = server.Database.ConnectionString;
        start.Environment["DATAHUB_HOME"] = server.Home;
        start.Environment["DATAHUB_FILES"] = server.Files;
        start.Environment["DATAHUB_PUBLIC_URL"] = "http://localhost";
        start.Environment["DATAHUB_ADMIN_CLIENT_ID"] = HubServer.AdminId;
        start.Environment["DATAHUB_ADMIN_CLIENT_SECRET"] = HubServer.AdminSecret;
        start.Environment["ASPNETCORE_URLS"] = address;
        start.Environment["DOTNET_gcServer"] = "0";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var hub = new HubProcess(Process.Start(start)!);
        hub.process.OutputDataReceived += (_, line) => hub.Note(line.Data);
        hub.process.ErrorDataReceived += (_, line) => hub.Note(line.Data);
        hub.process.BeginOutputReadLine();
        hub.process.BeginErrorReadLine();
        using var http = new HttpClient();
        await Eventually.TrueAsync("the hub's process is ready", async () =>
        {
            Assert.False(hub.process.HasExited, hub.Output);
            try
            {
                using var answer = await http.GetAsync(address + "/health/ready");
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return hub;
    }

    public int Id => process.Id;

    /// <summary>What it has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (lines)
            {
                return string.Join('\n', lines);
            }
        }
    }

    public void Send(int signal) => Assert.Equal(0, kill(process.Id, signal));

    /// <summary>kill -9 and the certainty that it is gone.</summary>
    public async Task KillAsync()
    {
        Send(Kill);
        await process.WaitForExitAsync();
    }

    /// <summary>Asks it to go down in order; its exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Send(Terminate);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    private void Note(string? line)
    {
        lock (lines)
        {
            lines.Add(line ?? "");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

#pragma warning disable SYSLIB1054, IDE1006 // Source-generated marshalling would need unsafe code; the name is libc's.
    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int process, int signal);
#pragma warning restore SYSLIB1054, IDE1006
}
