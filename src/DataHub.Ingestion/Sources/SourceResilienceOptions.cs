using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources;

/// <summary>How the hub paces itself towards one source.</summary>
public sealed record SourceResilienceOptions
{
    /// <summary>Longest test, listing or one attempt to open. Default 90 s, above every adapter's own timeouts.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Further attempts to open after a transient failure; a read in progress is never retried. Default 3, 0-10.</summary>
    public int OpenRetries { get; init; } = 3;

    /// <summary>First delay between attempts; it doubles, with jitter, up to 30 s. Default 1 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Attempts that must have been made before failures open the circuit. Default 5, at least 2.</summary>
    public int CircuitMinimumAttempts { get; init; } = 5;

    /// <summary>How long an open circuit refuses calls. Default 30 s.</summary>
    public TimeSpan CircuitBreak { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Readers open at a time for one source. Default 2: a hub must never crush a sector database.</summary>
    public int MaxReaders { get; init; } = 2;

    /// <summary>Longest wait for a free place among the readers. Default 10 min.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Calls (tests, listings, attempts to open) a minute for one source; null for no limit, which is the default.</summary>
    public int? CallsPerMinute { get; init; }

    /// <summary>These options with what a source's administrators want otherwise.</summary>
    public SourceResilienceOptions With(SourcePacing pacing) => this with
    {
        MaxReaders = pacing.MaxReaders ?? MaxReaders,
        CallsPerMinute = pacing.CallsPerMinute ?? CallsPerMinute,
        CallTimeout = pacing.CallTimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : CallTimeout,
        OpenRetries = pacing.OpenRetries ?? OpenRetries,
        CircuitMinimumAttempts = pacing.CircuitMinimumAttempts ?? CircuitMinimumAttempts,
        CircuitBreak = pacing.CircuitBreakSeconds is { } pause ? TimeSpan.FromSeconds(pause) : CircuitBreak,
    };
}
