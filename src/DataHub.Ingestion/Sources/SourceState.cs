namespace DataHub.Ingestion.Sources;

/// <summary>How one node gets on with a source, since it began or the source's settings changed. Other nodes have their own.</summary>
/// <param name="Circuit"><c>closed</c>, <c>open</c> (calls are refused) or <c>half_open</c> (the next attempt decides).</param>
/// <param name="CircuitSince">Since when; null where it never changed.</param>
/// <param name="Readers">Readers open at this moment.</param>
/// <param name="Waiting">Pulls that wait for a place among the readers.</param>
public sealed record SourceState(string Circuit, DateTimeOffset? CircuitSince, int Readers, int MaxReaders, long Waiting)
{
    /// <summary>Attempts to open that were made once more after a transient failure.</summary>
    public long Retries { get; init; }

    /// <summary>Code of the newest failure of any call, or null.</summary>
    public string? LastError { get; init; }

    public DateTimeOffset? LastErrorAt { get; init; }
}
