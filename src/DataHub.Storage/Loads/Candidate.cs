using DataHub.Core.Versioning;
using DataHub.Storage.Versions;

namespace DataHub.Storage.Loads;

/// <summary>
/// A next version that is computed and not published: either a whole new pair (first load) or a delta table against <see cref="BaseSeq"/>. A held run keeps
/// it as JSON until somebody decides.
/// </summary>
public sealed record Candidate
{
    public required int DatasetId { get; init; }

    public required int Major { get; init; }

    /// <summary>Head it was computed against; 0 for a first load.</summary>
    public required int BaseSeq { get; init; }

    /// <summary>Tables of the pair: the new one, or the one that the delta changes.</summary>
    public required PairTables Pair { get; init; }

    /// <summary>Delta table, or null for a first load.</summary>
    public string? Delta { get; init; }

    /// <summary>Records after publishing.</summary>
    public long Records { get; init; }

    public required RunCounts Counts { get; init; }

    /// <summary>Checksum after publishing, 32 hex digits; set by the load or the check.</summary>
    public string Checksum { get; init; } = "";

    /// <summary>SHA-256 of the ordered changes, hex; set by the load or the check.</summary>
    public string ChangesDigest { get; init; } = "";

    public bool IsFirstLoad => Delta is null;
}
