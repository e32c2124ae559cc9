using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Tests.Sources.Rest;
using DataHub.TestKit;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>The limits towards one source, as its server sees them: what arrives there is counted, and what was held back never did.</summary>
public sealed class SourceLimitTests : IAsyncLifetime
{
    private RestServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await RestServer.StartAsync();
        server.Answer = c => RestServer.Json(c, RestServer.Rows(1, 2));
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private SourceGateway Gateway(SourceResilienceOptions options) => new(new SourceAdapters([server.Adapter]), options, TimeProvider.System);

    private Task<IRecordReader> OpenAsync(SourceGateway gateway, CancellationToken cancellation = default) =>
        gateway.OpenAsync(server.With("retries=0"), Contract(Table("xa"), "t"), cancellation);

    [Fact]
    public async Task No_more_readers_reach_the_server_than_are_allowed_and_each_that_ends_lets_one_in()
    {
        using var gateway = Gateway(new SourceResilienceOptions { MaxReaders = 2 });
        var opening = Enumerable.Range(0, 5).Select(_ => OpenAsync(gateway)).ToList();

        for (var ended = 0; opening.Count > 0; ended++)
        {
            var (allowed, waiting) = (Math.Min(2, opening.Count), Math.Max(0, opening.Count - 2));
            await Eventually.TrueAsync("the places are taken", () => Task.FromResult(opening.Count(o => o.IsCompletedSuccessfully) == allowed));
            Assert.Equal((allowed, waiting), (gateway.StateOf("ubnd")!.Readers, gateway.StateOf("ubnd")!.Waiting));
            Assert.Equal(ended + allowed, server.Seen.Count);

            var reader = opening.First(o => o.IsCompleted);
            opening.Remove(reader);
            await (await reader).DisposeAsync();
        }

        Assert.Equal(5, server.Seen.Count);
    }

    [Fact]
    public async Task No_more_calls_reach_the_server_in_a_minute_than_are_allowed()
    {
        using var gateway = Gateway(new SourceResilienceOptions { MaxReaders = 10, CallsPerMinute = 3 });
        using var giveUp = new CancellationTokenSource();
        var opening = Enumerable.Range(0, 5).Select(_ => OpenAsync(gateway, giveUp.Token)).ToList();
        await Eventually.TrueAsync("the minute's calls are made", () => Task.FromResult(opening.Count(o => o.IsCompleted) == 3));

        Assert.Equal(3, server.Seen.Count);
        await giveUp.CancelAsync();
        await Task.WhenAll(opening.Select(o => ((Task)o).ContinueWith(_ => { }, TaskScheduler.Default)));
        Assert.Equal(2, opening.Count(o => o.IsCanceled));
        Assert.Equal(3, server.Seen.Count);
        foreach (var reader in opening.Where(o => o.IsCompletedSuccessfully))
        {
            await (await reader).DisposeAsync();
        }
    }

    [Fact]
    public async Task A_further_attempt_is_a_call_too()
    {
        server.Answer = c => Task.FromResult(c.Response.StatusCode = 503);
        using var gateway = Gateway(new SourceResilienceOptions { CallsPerMinute = 2, OpenRetries = 5, RetryDelay = TimeSpan.Zero, CircuitMinimumAttempts = 50 });
        using var giveUp = new CancellationTokenSource();
        var opening = OpenAsync(gateway, giveUp.Token);
        await Eventually.TrueAsync("a third attempt waits for its turn", () => Task.FromResult(gateway.StateOf("ubnd")?.Retries == 2));

        Assert.Equal(2, server.Seen.Count);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        Assert.Equal(2, server.Seen.Count);
    }
}
