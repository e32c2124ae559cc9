namespace DataHub.Demo.Sectors;

/// <summary>What a full pull of one sector must report. The sum rule of the hub's runs holds for it.</summary>
public sealed record PullCounts
{
    public required int Read { get; init; }

    public required int New { get; init; }

    public int Changed { get; init; }

    public required int Rejected { get; init; }

    public int Duplicate { get; init; }

    /// <summary>Keys of the version before that the source no longer has; counted beside the sum.</summary>
    public int Removed { get; init; }

    public int Unchanged => Read - New - Changed - Rejected - Duplicate;

    /// <summary>Changes that the second version carries.</summary>
    public int Differences => New + Changed + Removed;
}
