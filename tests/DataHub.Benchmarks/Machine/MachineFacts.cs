using System.Globalization;
using System.Runtime.InteropServices;

namespace DataHub.Benchmarks.Machine;

/// <summary>What figures mean nothing without.</summary>
internal static class MachineFacts
{
    private static readonly string[] Settings =
    [
        "shared_buffers", "work_mem", "maintenance_work_mem", "max_wal_size", "fsync", "synchronous_commit",
        "full_page_writes", "wal_level", "jit", "data_checksums",
    ];

    /// <summary>One line a fact.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(Cluster cluster, string root, CancellationToken cancellation)
    {
        var facts = new List<string>
        {
            $"Date: {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, commit {await CommitAsync(root, cancellation)}",
            $"Machine: {Environment.ProcessorCount} × {Processor()}, {Memory()} RAM, kernel {Environment.OSVersion.Version}, "
                + RuntimeInformation.OSDescription,
            $".NET {Environment.Version}; the hub, PostgreSQL, psql, pgbench and wrk share the machine",
        };
        var version = await cluster.ScalarAsync<string>("postgres", "SHOW server_version", cancellation);
        var settings = new List<string>();
        foreach (var name in Settings)
        {
            settings.Add($"{name} {await cluster.ScalarAsync<string>("postgres", $"SHOW {name}", cancellation)}");
        }

        facts.Add($"PostgreSQL {version} over a unix socket: {string.Join(", ", settings)}");
        return facts;
    }

    private static string Processor() => File.ReadLines("/proc/cpuinfo")
        .Where(l => l.StartsWith("model name", StringComparison.Ordinal)).Select(l => l[(l.IndexOf(':', StringComparison.Ordinal) + 2)..])
        .FirstOrDefault(RuntimeInformation.ProcessArchitecture.ToString());

    private static string Memory() => string.Create(
        CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30):0} GiB");

    private static async Task<string> CommitAsync(string root, CancellationToken cancellation)
    {
        try
        {
            var commit = (await Tool.RunAsync("git", ["-C", root, "rev-parse", "--short", "HEAD"], null, cancellation)).Trim();
            var changes = await Tool.RunAsync("git", ["-C", root, "status", "--porcelain", "-uno"], null, cancellation);
            return changes.Length == 0 ? commit : commit + " with changes";
        }
        catch (Exception e) when (e is BenchException or System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }
}
