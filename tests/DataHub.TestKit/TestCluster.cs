using System.Diagnostics;
using Npgsql;

namespace DataHub.TestKit;

/// <summary>A PostgreSQL server of one test's own, which it may kill and start again; gone with its data at the end.</summary>
public sealed class TestCluster : IAsyncDisposable
{
    private readonly string folder;
    private readonly string settings;
    private string network = "-c listen_addresses=''";

    private TestCluster(string folder, string settings) => (this.folder, this.settings) = (folder, settings);

    /// <summary>Of its socket, and of 127.0.0.1 where it serves TLS.</summary>
    public int Port { get; private set; } = 5432;

    /// <summary>Npgsql string of its superuser.</summary>
    public string Server => new NpgsqlConnectionStringBuilder { Host = folder, Port = Port, Username = "postgres" }.ConnectionString;

    /// <param name="settings">Of the server, as name=value, on top of its defaults.</param>
    public static async Task<TestCluster> StartAsync(params string[] settings)
    {
        var cluster = new TestCluster($"/var/tmp/hubtest-{Guid.NewGuid():N}", string.Concat(settings.Select(s => $" -c {s}")));
        await RunAsync($"mkdir -m 700 {cluster.folder} && \"$BIN/initdb\" -D {cluster.folder}/data -U postgres -A trust -E UTF8 --no-sync");
        await cluster.ContinueAsync();
        return cluster;
    }

    /// <summary>An immediate stop: what a crash of the server or its machine leaves.</summary>
    public Task CrashAsync() => RunAsync($"\"$BIN/pg_ctl\" -D {folder}/data -m immediate -w stop");

    /// <summary>Starts it again, with recovery where it crashed.</summary>
    public Task ContinueAsync() => RunAsync(
        $"\"$BIN/pg_ctl\" -D {folder}/data -w -l {folder}/log -o \"-k {folder} -p {Port} {network} -c max_connections=60{settings}\" start >/dev/null");

    /// <summary>Starts it again on 127.0.0.1 too, with the certificate <c>server.crt</c> and <c>server.key</c> of a folder that its account may read.</summary>
    public async Task ServeTlsAsync(string certificates, int port)
    {
        await RunAsync($"cp {certificates}/server.crt {certificates}/server.key {folder}/data && chmod 600 {folder}/data/server.key");
        await CrashAsync();
        (Port, network) = (port, "-c listen_addresses=127.0.0.1 -c ssl=on");
        await ContinueAsync();
    }

    /// <summary>A folder that belongs to the server's account.</summary>
    public async Task<string> MakeFolderAsync(string name)
    {
        await RunAsync($"mkdir -m 700 {folder}/{name}");
        return $"{folder}/{name}";
    }

    public async ValueTask DisposeAsync() => await RunAsync($"\"$BIN/pg_ctl\" -D {folder}/data -m immediate -w stop; rm -rf {folder}", anyCode: true);

    /// <summary>Runs a command as the machine's administrator; false when it may not.</summary>
    public static async Task<bool> TryAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    // initdb and postgres refuse to run as root.
    private static async Task RunAsync(string script, bool anyCode = false)
    {
        var bin = Environment.GetEnvironmentVariable("DATAHUB_TEST_CLUSTER_BIN")
            ?? throw new InvalidOperationException("DATAHUB_TEST_CLUSTER_BIN is not set: run the tests by ./hub test.");
        string[] command = ["bash", "-c", $"cd / && BIN={bin} && {script}"];
        string[] whole = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--", .. command] : command;
        var start = new ProcessStartInfo(whole[0], whole[1..]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0 && !anyCode)
        {
            throw new InvalidOperationException($"{script}: {await errors}");
        }
    }
}
