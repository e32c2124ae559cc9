namespace DataHub.Core.Contracts;

/// <summary>What a dataset's ordinary run reads.</summary>
public enum PullMode
{
    /// <summary>Everything; what is absent is gone.</summary>
    Full,

    /// <summary>What changed since the last published pull, by a watermark column; absence says nothing.</summary>
    Incremental,

    /// <summary>As incremental, from a source whose records never change: one that does is rejected.</summary>
    Append,

    /// <summary>What the source's own log says was changed, deletions included; absence says nothing.</summary>
    Log,
}

/// <summary>How a dataset is pulled: its <c>hub.mode</c>, <c>hub.watermark</c> and what belongs to them.</summary>
public sealed record PullTerms
{
    public PullMode Mode { get; init; } = PullMode.Full;

    /// <summary>Column that grows with every change of a record (int32, int64, date or timestamp), or null.</summary>
    public ContractColumn? Watermark { get; init; }

    /// <summary>
    /// How far behind the last pull the next window begins, for watermarks that are times: covers clocks that differ and transactions
    /// that took their time long before they committed.
    /// </summary>
    public TimeSpan Lag { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The same for watermarks that are numbers.</summary>
    public long NumberLag { get; init; } = 1_000;

    /// <summary>An incremental run becomes a full one when the last full one is older; null for never.</summary>
    public TimeSpan? FullRefresh { get; init; }

    /// <summary>Column that says of a record that the source has deleted it, or null.</summary>
    public ContractColumn? Tombstone { get; init; }

    /// <summary>Texts of it that say so; null for any value (a boolean: true).</summary>
    public TextSet? TombstoneTexts { get; init; }
}
