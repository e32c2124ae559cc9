using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using DataHub.Core.Sources;
using Xunit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>A real OpenSSH server on a loopback port, with keys and settings of its own under a temporary folder; its account is whoever runs the tests.</summary>
public sealed class SshServer : IAsyncLifetime
{
    private const string Program = "/usr/sbin/sshd";
    private Process? server;

    public string Root { get; } = Directory.CreateTempSubdirectory("hub-sftp").FullName;

    public int Port { get; private set; }

    public string HostKey { get; private set; } = "";

    public string PrivateKey => File.ReadAllText(Path.Combine(Root, "client"));

    public string OtherKey => File.ReadAllText(Path.Combine(Root, "other"));

    public string Log => File.ReadAllText(Path.Combine(Root, "log"));

    public string PathOf(string name) => Path.Combine(Root, "so", name);

    public SourceSettings Settings(string secret, params (string Name, string Value)[] changes)
    {
        var settings = new Dictionary<string, string>
        {
            ["transport"] = "sftp", ["host"] = "127.0.0.1", ["port"] = $"{Port}", ["hostKey"] = HostKey, ["folder"] = Path.Combine(Root, "so"),
        };
        foreach (var (name, value) in changes)
        {
            settings[name] = value;
        }

        return new SourceSettings("sftp", "csv", settings, Environment.UserName, secret);
    }

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Program))
        {
            return;
        }

        Directory.CreateDirectory(Path.Combine(Root, "so"));
        if (Environment.UserName == "root")
        {
            // The server's own start makes it; without a start there is none.
            Directory.CreateDirectory("/run/sshd");
        }

        foreach (var key in new[] { "host", "client", "other" })
        {
            await RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(Root, key));
        }

        File.Copy(Path.Combine(Root, "client.pub"), Path.Combine(Root, "authorized"));
        HostKey = (await RunAsync("ssh-keygen", "-lf", Path.Combine(Root, "host.pub"))).Split(' ')[1];
        Port = FreePort();
        await File.WriteAllTextAsync(Path.Combine(Root, "config"), $"""
            ListenAddress 127.0.0.1:{Port}
            HostKey {Root}/host
            PidFile none
            AuthorizedKeysFile {Root}/authorized
            StrictModes no
            UsePAM no
            PermitRootLogin yes
            PasswordAuthentication yes
            LogLevel DEBUG1
            Subsystem sftp internal-sftp
            """);
        server = Process.Start(Program, ["-D", "-f", Path.Combine(Root, "config"), "-E", Path.Combine(Root, "log")]);
        await DataHub.TestKit.Eventually.TrueAsync("sshd listens", async () =>
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        });
    }

    public ValueTask DisposeAsync()
    {
        server?.Kill(entireProcessTree: true);
        server?.Dispose();
        Directory.Delete(Root, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Why tests of it are skipped; null where the server is installed.</summary>
    public static string? Missing => File.Exists(Program) ? null : "openssh-server is not installed";

    public static void SkipWhereMissing() => Assert.SkipUnless(Missing is null, Missing ?? "");

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }
}
