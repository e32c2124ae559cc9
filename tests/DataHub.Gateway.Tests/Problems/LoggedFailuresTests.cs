using System.Collections.Concurrent;
using System.Net.Http.Json;
using DataHub.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DataHub.Gateway.Tests.Problems;

/// <summary>What reaches the operators' log: faults, and not the answers that callers cause.</summary>
public sealed class LoggedFailuresTests
{
    [Fact]
    public async Task A_conflict_is_an_answer_and_no_error_in_the_log_but_a_failed_statement_is()
    {
        using var lines = new KeptLines();
        await using var hub = await HubServer.StartAsync(new HubServerOptions
        {
            Settings = new Dictionary<string, string> { ["DATAHUB_ROLES"] = "gateway" },
            Services = services => services.AddSingleton<ILoggerProvider>(lines),
        });
        using var admin = await hub.AdminClientAsync();
        await SmallDataset.AddAsync(hub, "conflicts");
        await admin.StartAsync("conflicts");

        using var second = await admin.PostAsJsonAsync("/api/v1/datasets/conflicts/runs", new { mode = "full" });
        await second.ProblemAsync(409, "run_in_progress");
        Assert.Empty(lines.Errors);

        await hub.Database.ExecuteAsync("ALTER TABLE hub.agencies RENAME COLUMN name_en TO gone");
        using var failed = await admin.GetAsync("/api/v1/agencies");
        await failed.ProblemAsync(500, "internal_error");
        Assert.Collection(lines.Errors,
            line => Assert.StartsWith("DataHub.Storage.ControlPlane.HubDb: A statement of the control plane failed", line, StringComparison.Ordinal),
            line => Assert.StartsWith("DataHub.Gateway.Problems.ProblemMiddleware: GET /api/v1/agencies failed", line, StringComparison.Ordinal));
    }

    /// <summary>Errors of all loggers, with their category.</summary>
    private sealed class KeptLines : ILoggerProvider
    {
        public ConcurrentQueue<string> Errors { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Lines(categoryName, Errors);

        public void Dispose()
        {
        }

        private sealed class Lines(string category, ConcurrentQueue<string> errors) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (IsEnabled(logLevel))
                {
                    errors.Enqueue($"{category}: {formatter(state, exception)}");
                }
            }
        }
    }
}
