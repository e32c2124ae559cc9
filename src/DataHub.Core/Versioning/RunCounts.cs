namespace DataHub.Core.Versioning;

/// <summary>
/// What became of every record of a pull. <c>Read = New + Changed + Unchanged + Rejected + Duplicate + Tombstones</c> always;
/// <see cref="Removed"/> and <see cref="Stale"/> count keys, beside the equation.
/// </summary>
public sealed record RunCounts
{
    public long Read { get; init; }

    public long New { get; init; }

    public long Changed { get; init; }

    public long Unchanged { get; init; }

    public long Rejected { get; init; }

    public long Duplicate { get; init; }

    public long Tombstones { get; init; }

    public long Removed { get; init; }

    public long Stale { get; init; }

    /// <summary>Whether the equation holds.</summary>
    public bool AddUp => Read == New + Changed + Unchanged + Rejected + Duplicate + Tombstones;

    public bool IsChange => New + Changed + Removed > 0;
}
