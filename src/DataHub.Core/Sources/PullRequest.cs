using DataHub.Core.Contracts;
using DataHub.Core.Errors;

namespace DataHub.Core.Sources;

/// <summary>What one pull reads of a source. A contract alone asks for everything that it names.</summary>
/// <param name="Contract">Columns, and the table, query or file.</param>
public sealed record PullRequest(DataContract Contract)
{
    /// <summary>Only records whose watermark lies in it, or null for all. Records without a watermark belong to no window.</summary>
    public PullWindow? Window { get; init; }

    /// <summary>
    /// True when only the columns of the key are wanted: the reader's other fields are absent (text, every
    /// cell null). An adapter that cannot choose may deliver them all the same.
    /// </summary>
    public bool KeysOnly { get; init; }

    /// <summary>What the newest published pull left in <see cref="IRecordReader.Position"/>; null before the first, and where everything is wanted.</summary>
    public SourcePosition? Last { get; init; }

    /// <summary>
    /// Names of the source's columns at earlier pulls, or null where there was none: only what was known can be new or gone, and a column
    /// that a contract names and nobody ever saw is a mistake of the contract.
    /// </summary>
    public IReadOnlySet<string>? KnownColumns { get; init; }

    /// <summary>Name of what the source keeps for this dataset's log-based capture (a replication slot), where its pulls follow the log; else null.</summary>
    public string? Capture { get; init; }

    /// <summary>Identity that the source must have before capture makes or moves anything in it; null where any is taken.</summary>
    public string? Identity { get; init; }

    /// <summary>True when only what changed since <see cref="Last"/> is wanted of the log; a reader that cannot give it says <see cref="IRecordReader.IsWhole"/>.</summary>
    public bool ChangesOnly { get; init; }

    public static implicit operator PullRequest(DataContract contract) => new(contract);
}

/// <summary>A half-open range of watermarks, in the canonical text of the watermark's column.</summary>
/// <param name="Column">Contract column that carries the watermark.</param>
/// <param name="From">First watermark that belongs to it, or null.</param>
/// <param name="To">First watermark behind it, or null.</param>
public sealed record PullWindow(ContractColumn Column, string? From, string? To);

/// <summary>Where a pull stood in its source; stored with the version that it publishes and nowhere else.</summary>
/// <param name="Taken">Time of the snapshot by the source's clock.</param>
public sealed record SourcePosition(DateTimeOffset Taken)
{
    /// <summary>First transaction that was still open in the snapshot (PostgreSQL), or null.</summary>
    public ulong? OldestOpen { get; init; }

    /// <summary>First transaction that had not begun in the snapshot (PostgreSQL), or null.</summary>
    public ulong? NextToBegin { get; init; }

    /// <summary>Begin of the oldest transaction that was open at the snapshot, where the account may see it; else null.</summary>
    public DateTimeOffset? OldestBegin { get; init; }

    /// <summary>True when the account could see every transaction, so that <see cref="OldestBegin"/> says all (null: none was open).</summary>
    public bool SawAll { get; init; }

    /// <summary>Highest watermark among the records read, in canonical text; set by the load.</summary>
    public string? High { get; init; }

    /// <summary>
    /// In a watermark that the source itself counts up (SQL Server's rowversion): no lower number can still come, and all lower ones were in
    /// the snapshot. Canonical text; else null.
    /// </summary>
    public string? Horizon { get; init; }

    /// <summary>What makes the source this source and no restored or other one; null where it has nothing of the kind.</summary>
    public string? Identity { get; init; }

    /// <summary>What only the adapter understands (files taken, a page token): JSON, at most 64 KiB.</summary>
    public string? Detail { get; init; }
}

/// <summary>A difference between what the contract says and what the source has that does not stop the pull.</summary>
/// <param name="Code"><see cref="NewColumn"/>, <see cref="AbsentColumn"/> or <see cref="LogGap"/>.</param>
/// <param name="Column">Its name in the source; of a gap the slot's.</param>
/// <param name="Message">In both languages, with the column's name.</param>
public sealed record SourceDrift(string Code, string Column, Text Message)
{
    /// <summary>The source has a column that the contract does not name.</summary>
    public const string NewColumn = "source_column_new";

    /// <summary>The source lacks an optional column of the contract: its values are null.</summary>
    public const string AbsentColumn = "source_column_absent";

    /// <summary>The log does not tell all that changed since the last pull, so that everything was read.</summary>
    public const string LogGap = "source_log_gap";
}
