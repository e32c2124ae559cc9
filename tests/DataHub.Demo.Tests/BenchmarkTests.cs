using System.Diagnostics;

namespace DataHub.Demo.Tests;

/// <summary>The benchmarks run from end to end on a few thousand rows, so that they cannot rot between two measurements.</summary>
public sealed class BenchmarkTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(6);
    private static readonly string[] Tools = ["wrk", "pgloader", "psql"];

    [Fact]
    public async Task A_trial_of_every_part_ends_well_and_reports_each()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("DATAHUB_TEST_MARIADB") is { Length: > 0 },
            "DATAHUB_TEST_MARIADB is not set: ./hub test starts a MariaDB where its packages are installed or can be");
        var missing = Tools.Where(tool => !Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(f => File.Exists(Path.Combine(f, tool)))).ToList();
        Assert.SkipWhen(missing.Count > 0, $"not installed: {string.Join(", ", missing)}");
        var (code, output) = await RunAsync("--quick");
        Assert.True(code == 0, output);
        foreach (var words in new[]
        {
            "## Loading", "MariaDB → first version", "PostgreSQL, nothing changed", "CSV, 1 % changed", "## Reading", "filtered page of 100", "deep page",
            "## Beside a peer", "## Whole versions", "whole version as ndjson", "8,000 rows as csv", "## 8,000 rows",
        })
        {
            Assert.Contains(words, output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--rows", "10")]
    [InlineData("--only", "everything")]
    [InlineData("--only", "7")]
    [InlineData("--write", "--repeat")]
    public async Task A_wrong_command_line_is_refused_with_the_usage(params string[] arguments)
    {
        var (code, output) = await RunAsync(arguments);
        Assert.Equal(64, code);
        Assert.Contains("--ten-million", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "../../../../DataHub.Benchmarks/bin/Release/net10.0/DataHub.Benchmarks.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, output + await errors);
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
