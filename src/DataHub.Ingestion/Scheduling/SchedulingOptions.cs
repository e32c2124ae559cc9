namespace DataHub.Ingestion.Scheduling;

/// <summary>How a node with the worker role looks at the schedules.</summary>
public sealed record SchedulingOptions
{
    /// <summary>Seconds between two looks, by whichever node; a divisor of 60. Default 5: a due run is queued within that time.</summary>
    public int TickSeconds { get; init; } = 5;
}
