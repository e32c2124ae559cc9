using System.Threading.RateLimiting;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace DataHub.Ingestion.Sources;

/// <summary>
/// One source's resilience on this node: limit of calls, timeout, retry with jitter, circuit breaker and a limit on readers at a time. Whatever
/// leaves it is an answer of the adapter or a <c>source_*</c> error.
/// </summary>
internal sealed class SourcePipeline : IDisposable
{
    private readonly string source;
    private readonly SourceResilienceOptions options;
    private readonly TimeProvider time;
    private readonly ResiliencePipeline asking;
    private readonly ResiliencePipeline opening;
    private readonly ConcurrencyLimiter readers;
    private readonly FixedWindowRateLimiter? calls;
    private readonly CircuitBreakerStateProvider circuit = new();
    private long circuitSince;
    private long retries;
    private (string Code, DateTimeOffset At)? lastError;

    public SourcePipeline(string source, SourceResilienceOptions options, TimeProvider time)
    {
        (this.source, this.options, this.time) = (source, options, time);
        calls = options.CallsPerMinute is { } most ? Calls(most) : null;
        asking = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(options.CallTimeout).Build();
        opening = Opening();
        readers = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = options.MaxReaders,
            QueueLimit = 1000,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }

    public SourceResilienceOptions Options => options;

    public SourceState State
    {
        get
        {
            var places = readers.GetStatistics()!;
            var since = Interlocked.Read(ref circuitSince);
            return new SourceState(
                circuit.CircuitState switch { CircuitState.Closed => "closed", CircuitState.HalfOpen => "half_open", _ => "open" },
                since == 0 ? null : new DateTimeOffset(since, TimeSpan.Zero), options.MaxReaders - (int)places.CurrentAvailablePermits, options.MaxReaders,
                places.CurrentQueuedCount)
            {
                Retries = Interlocked.Read(ref retries), LastError = lastError?.Code, LastErrorAt = lastError?.At,
            };
        }
    }

    public Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellation) =>
        RunAsync(asking, ask, cancellation);

    public async Task<IRecordReader> OpenAsync(
        Func<CancellationToken, Task<IRecordReader>> open, CancellationToken cancellation)
    {
        var place = await WaitForPlaceAsync(cancellation);
        try
        {
            return new PlacedReader(await RunAsync(opening, open, cancellation), place);
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        readers.Dispose();
        calls?.Dispose();
    }

    private static FixedWindowRateLimiter Calls(int most) => new(new FixedWindowRateLimiterOptions
    {
        PermitLimit = most, Window = TimeSpan.FromMinutes(1), QueueLimit = 1000, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    private ValueTask NoteCircuitAsync()
    {
        Interlocked.Exchange(ref circuitSince, time.GetUtcNow().UtcTicks);
        return ValueTask.CompletedTask;
    }

    private ResiliencePipeline Opening()
    {
        // A rejected password or a missing table says nothing about the source's health: only transient errors count.
        var transient = new PredicateBuilder()
            .Handle<HubErrorException>(e => e.Error.IsTransient)
            .Handle<TimeoutRejectedException>();
        var builder = new ResiliencePipelineBuilder { TimeProvider = time };
        if (options.OpenRetries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = transient,
                MaxRetryAttempts = options.OpenRetries,
                Delay = options.RetryDelay,
                MaxDelay = TimeSpan.FromSeconds(30),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                OnRetry = async again =>
                {
                    Interlocked.Increment(ref retries);
                    await WaitForTurnAsync(again.Context.CancellationToken);
                },
            });
        }

        return builder
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = transient,
                FailureRatio = 0.8,
                MinimumThroughput = options.CircuitMinimumAttempts,
                SamplingDuration = TimeSpan.FromMinutes(5),
                BreakDuration = options.CircuitBreak,
                StateProvider = circuit,
                OnOpened = _ => NoteCircuitAsync(),
                OnClosed = _ => NoteCircuitAsync(),
                OnHalfOpened = _ => NoteCircuitAsync(),
            })
            .AddTimeout(options.CallTimeout)
            .Build();
    }

    private async Task<T> RunAsync<T>(
        ResiliencePipeline pipeline, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        await WaitForTurnAsync(cancellation);
        try
        {
            return await pipeline.ExecuteAsync(async ct => await CallAsync(call, ct), cancellation);
        }
        catch (TimeoutRejectedException e)
        {
            lastError = ("source_timeout", time.GetUtcNow());
            throw HubErrors.SourceTimeout(source, (int)options.CallTimeout.TotalSeconds).ToException(e);
        }
        catch (BrokenCircuitException e)
        {
            var wait = (int)Math.Ceiling((e.RetryAfter ?? options.CircuitBreak).TotalSeconds);
            throw HubErrors.SourceCircuitOpen(source, wait).ToException(e);
        }
    }

    // Every attempt is a call of its own, and what it ends with is what an administrator looks for.
    private async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        try
        {
            return await call(cancellation);
        }
        catch (HubErrorException e)
        {
            lastError = (e.Error.Code, time.GetUtcNow());
            throw;
        }
    }

    // Within the limit of calls, or waiting for the next minute's.
    private async Task WaitForTurnAsync(CancellationToken cancellation)
    {
        if (calls is null)
        {
            return;
        }

        using var lease = await calls.AcquireAsync(1, cancellation);
        if (!lease.IsAcquired)
        {
            throw HubErrors.SourceRateLimit(source, options.CallsPerMinute!.Value).ToException();
        }
    }

    private async Task<RateLimitLease> WaitForPlaceAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(options.MaxWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            var lease = await readers.AcquireAsync(1, either.Token);
            return lease.IsAcquired
                ? lease
                : throw HubErrors.SourceConcurrencyLimit(source, options.MaxReaders).ToException();
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw HubErrors.SourceConcurrencyLimit(source, options.MaxReaders).ToException(e);
        }
    }

    /// <summary>Gives the place back when the reader is disposed.</summary>
    private sealed class PlacedReader(IRecordReader inner, RateLimitLease place) : IRecordReader
    {
        public IReadOnlyList<SourceField> Fields => inner.Fields;

        public DateTimeOffset AsOf => inner.AsOf;

        public long? EstimatedRecords => inner.EstimatedRecords;

        public SourcePosition? Position => inner.Position;

        public IReadOnlyList<SourceDrift> Drift => inner.Drift;

        public IReadOnlySet<string> Columns => inner.Columns;

        public ValueTask<bool> ReadAsync(RecordBatch batch, CancellationToken cancellation) =>
            inner.ReadAsync(batch, cancellation);

        public async ValueTask DisposeAsync()
        {
            try
            {
                await inner.DisposeAsync();
            }
            finally
            {
                place.Dispose();
            }
        }
    }
}
