namespace DataHub.Core.Sources;

/// <summary>
/// How one node paces itself towards one source, where its administrators want it otherwise than the hub's defaults; null leaves the default. Each node keeps its own
/// count: two nodes with one reader each are two readers.
/// </summary>
public sealed record SourcePacing
{
    /// <summary>Nothing wanted otherwise.</summary>
    public static readonly SourcePacing Default = new();

    /// <summary>Readers open at a time on one node. 1-32; the hub's default is 2.</summary>
    public int? MaxReaders { get; init; }

    /// <summary>Calls (tests, listings, attempts to open) a minute on one node. 1-6,000; by default there is no such limit.</summary>
    public int? CallsPerMinute { get; init; }

    /// <summary>Longest test, listing or attempt to open, in seconds. 5-600; the hub's default is 90.</summary>
    public int? CallTimeoutSeconds { get; init; }

    /// <summary>Further attempts to open after a transient failure. 0-10; the hub's default is 3.</summary>
    public int? OpenRetries { get; init; }

    /// <summary>Attempts that must have been made before failures open the circuit. 2-100; the hub's default is 5.</summary>
    public int? CircuitMinimumAttempts { get; init; }

    /// <summary>How long an open circuit refuses calls, in seconds. 1-3,600; the hub's default is 30.</summary>
    public int? CircuitBreakSeconds { get; init; }
}
