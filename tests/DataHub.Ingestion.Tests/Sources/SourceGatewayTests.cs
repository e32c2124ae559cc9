using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Pacing and retries, against an adapter whose failures are written down beforehand.</summary>
public sealed class SourceGatewayTests : IAsyncDisposable
{
    private static readonly SourceResilienceOptions Options = new() { RetryDelay = TimeSpan.Zero, MaxWait = TimeSpan.FromMilliseconds(50) };

    private readonly Scripted adapter = new();

    public ValueTask DisposeAsync() => adapter.DisposeAsync();

    private SourceGateway Gateway(SourceResilienceOptions options) => new(new SourceAdapters([adapter]), options, TimeProvider.System);

    private static SourceSettings Source => new("s", "scripted", new Dictionary<string, string>(), null, null);

    private static Task<IRecordReader> Open(SourceGateway gateway) => gateway.OpenAsync(Source, Contract(File("x")), default);

    [Fact]
    public async Task Retries_opening_after_transient_errors_only()
    {
        using var gateway = Gateway(Options);
        adapter.Failures = new([HubErrors.SourceUnreachable("s"), HubErrors.SourceBusy("s", "53300")]);
        await using (await Open(gateway))
        {
            Assert.Equal(3, adapter.Calls);
        }

        adapter.Failures = new([HubErrors.SourceCredentialsRejected("s")]);
        Assert.Equal("source_credentials_rejected", (await Refusal(() => Open(gateway))).Code);
        Assert.Equal(4, adapter.Calls);
    }

    [Fact]
    public async Task Never_retries_a_test()
    {
        using var gateway = Gateway(Options);
        adapter.Failures = new([HubErrors.SourceUnreachable("s")]);

        Assert.Equal("source_unreachable", (await Refusal(() => gateway.TestAsync(Source, default))).Code);
        Assert.Equal(1, adapter.Calls);
    }

    [Fact]
    public async Task Pauses_a_source_that_keeps_failing_until_it_is_forgotten()
    {
        using var gateway = Gateway(Options with { OpenRetries = 0, CircuitMinimumAttempts = 2 });
        adapter.Failures = new(Enumerable.Repeat(HubErrors.SourceUnreachable("s"), 2));
        await Refusal(() => Open(gateway));
        await Refusal(() => Open(gateway));

        var paused = await Refusal(() => Open(gateway));
        Assert.Equal(("source_circuit_open", 2), (paused.Code, adapter.Calls));
        Assert.True(paused.RetryAfterSeconds > 0);
        gateway.Forget("s");
        await using var reader = await Open(gateway);
    }

    [Fact]
    public async Task Holds_a_place_until_the_reader_is_disposed()
    {
        using var gateway = Gateway(Options with { MaxReaders = 1 });
        await using (await Open(gateway))
        {
            Assert.Equal("source_concurrency_limit", (await Refusal(() => Open(gateway))).Code);
        }

        await using var second = await Open(gateway);
    }

    [Fact]
    public async Task Is_registered_with_all_kinds()
    {
        await using var services = new ServiceCollection().AddSourceAdapters(new FileSourceOptions()).BuildServiceProvider(true);

        Assert.Equal(["csv", "excel", "mysql", "parquet", "postgres", "rest", "sqlite", "sqlserver"], services.GetRequiredService<SourceAdapters>().Kinds);
        var gateway = services.GetRequiredService<SourceGateway>();
        Assert.Equal("source_kind_unknown", (await Refusal(() => gateway.TestAsync(Source, default))).Code);
    }

    private sealed class Scripted : ISourceAdapter, IRecordReader
    {
        public Queue<HubError> Failures { get; set; } = new();

        public int Calls { get; private set; }

        public string Kind => "scripted";

        public IReadOnlyList<SourceField> Fields => [];

        public DateTimeOffset AsOf => default;

        public long? EstimatedRecords => null;

        public IReadOnlyList<ErrorDetail> Check(SourceSettings settings) => [];

        public Task<SourceProbe> TestAsync(SourceSettings source, CancellationToken cancellation) =>
            Next(new SourceProbe("x", null, default));

        public Task<IReadOnlyList<SourceTable>> ListTablesAsync(SourceSettings source, CancellationToken cancellation) =>
            Next<IReadOnlyList<SourceTable>>([]);

        public Task<IRecordReader> OpenAsync(SourceSettings source, PullRequest request, CancellationToken cancellation) =>
            Next<IRecordReader>(this);

        public ValueTask<bool> ReadAsync(RecordBatch batch, CancellationToken cancellation) => new(false);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private Task<T> Next<T>(T answer)
        {
            Calls++;
            return Failures.TryDequeue(out var error) ? throw error.ToException() : Task.FromResult(answer);
        }
    }
}
