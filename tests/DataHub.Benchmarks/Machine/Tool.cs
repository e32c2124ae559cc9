using System.Diagnostics;

namespace DataHub.Benchmarks.Machine;

/// <summary>Runs psql, pgbench, wrk, git… to their end.</summary>
internal static class Tool
{
    /// <summary>Standard output; a failure is an exception with what the tool said.</summary>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0
                ? output
                : throw new BenchException($"{program} ended with {process.ExitCode}: {await errors}\n{output}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}

/// <summary>A reason to stop, told without a stack trace.</summary>
internal sealed class BenchException(string message) : Exception(message);
