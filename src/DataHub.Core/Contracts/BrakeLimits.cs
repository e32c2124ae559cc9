namespace DataHub.Core.Contracts;

/// <summary>Beyond which losses a candidate waits for a person: the dataset's <c>hub.max*</c> properties.</summary>
public sealed record BrakeLimits
{
    public static BrakeLimits Default { get; } = new();

    /// <summary>Removed records above this share of the version before …</summary>
    public double RemovedShare { get; init; } = 0.10;

    /// <summary>… and above this number.</summary>
    public int MinRemoved { get; init; } = 10;

    /// <summary>Rejected records above this share of those read.</summary>
    public double RejectedShare { get; init; } = 0.01;

    /// <summary>True when a version without any record needs no decision.</summary>
    public bool MayBeEmpty { get; init; }
}
