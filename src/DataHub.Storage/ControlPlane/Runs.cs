namespace DataHub.Storage.ControlPlane;

/// <summary>One extract→publish. The row is the only trace of a run that died.</summary>
public sealed class Run
{
    public long Id { get; set; }

    public int DatasetId { get; set; }

    /// <summary>What was asked for: full, incremental, reconcile, backfill.</summary>
    public required string Mode { get; set; }

    /// <summary>What was read: full, window, keys; null before the source was opened.</summary>
    public string? Pulled { get; set; }

    /// <summary>First watermark that was or is to be read, canonical text; null for no bound.</summary>
    public string? WindowFrom { get; set; }

    /// <summary>First watermark behind that.</summary>
    public string? WindowTo { get; set; }

    /// <summary>Removals that were announced, which the brake lets pass.</summary>
    public long? ExpectRemoved { get; set; }

    /// <summary>True when whoever asked for it says that a source of another identity is right.</summary>
    public bool AcceptSource { get; set; }

    /// <summary>queued, running, held, published, unchanged, failed, cancelled, superseded, discarded.</summary>
    public required string State { get; set; }

    /// <summary>Step of a running one: extract, validate, stage, check, publish, report.</summary>
    public string? Step { get; set; }

    public required string RequestedBy { get; set; }

    public string? IdempotencyKey { get; set; }

    public long ContractRevisionId { get; set; }

    public DateTimeOffset RequestedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public string? LeaseOwner { get; set; }

    /// <summary>Grows with every claim; publishing checks it, so a worker that comes back late cannot publish.</summary>
    public int LeaseNumber { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    public bool CancelRequested { get; set; }

    /// <summary>Head against which the delta was computed; 0 for a first load.</summary>
    public int? BaseSeq { get; set; }

    /// <summary>The version it published.</summary>
    public int? VersionSeq { get; set; }

    public DateTimeOffset? AsOf { get; set; }

    public long Read { get; set; }

    public long New { get; set; }

    public long Changed { get; set; }

    public long Unchanged { get; set; }

    public long Rejected { get; set; }

    public long Duplicate { get; set; }

    public long Tombstones { get; set; }

    /// <summary>Absent keys; counted beside the equation.</summary>
    public long Removed { get; set; }

    /// <summary>Keys whose newest record was rejected, so that an older image stays.</summary>
    public long Stale { get; set; }

    /// <summary>What a hold keeps to be decided on (tables, checksum, digest, total), JSON.</summary>
    public string? Candidate { get; set; }

    /// <summary>The contract document that a hold for its source's changed types proposes, JSON; null for any other.</summary>
    public string? Proposal { get; set; }

    /// <summary>Why it is held: JSON array of {code, vi, en}.</summary>
    public string? Holds { get; set; }

    /// <summary>Results of rules that do not hold, JSON array of {code, vi, en}.</summary>
    public string? Warnings { get; set; }

    /// <summary>Why it failed: JSON {code, origin, vi, en, hintVi, hintEn}.</summary>
    public string? Error { get; set; }

    /// <summary>Due time of a run that a schedule asked for; at most one run has it.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>When a run of a schedule that has not begun is late.</summary>
    public DateTimeOffset? LateAt { get; set; }

    /// <summary>What asked for it where no person did, JSON: {kind: schedule, missed} or {kind: publication, dataset, seq}.</summary>
    public string? Cause { get; set; }

    /// <summary>Records that the source expected to deliver, or null.</summary>
    public long? Estimated { get; set; }

    public string? DecidedBy { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }
}

/// <summary>A rejected record with its reasons.</summary>
public sealed class QuarantinedRecord
{
    public long Id { get; set; }

    public long RunId { get; set; }

    public int DatasetId { get; set; }

    /// <summary>Line of a file or ordinal of a pull; null when only the key is known.</summary>
    public long? Position { get; set; }

    /// <summary>Canonical key where it could be read and is not personal.</summary>
    public string? Key { get; set; }

    /// <summary>How many equal records of the pull this stands for.</summary>
    public int Occurrences { get; set; } = 1;

    /// <summary>JSON array of {column, code, vi, en}.</summary>
    public required string Violations { get; set; }

    /// <summary>The record as read, encrypted like a credential: it may hold personal data. Null once it expired, and while a known entry arrives again.</summary>
    public byte[]? ProtectedRecord { get; set; }

    /// <summary>True when an older image of this key stays published.</summary>
    public bool Stale { get; set; }
}

/// <summary>Append-only record of what was decided and published; a trigger refuses every change of a written row.</summary>
public sealed class LedgerEntry
{
    public long Id { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>For example <c>version.published</c>, <c>run.approved</c>, <c>agreement.created</c>.</summary>
    public required string Event { get; set; }

    /// <summary>Client id, or <c>hub</c>.</summary>
    public required string Actor { get; set; }

    public string? Dataset { get; set; }

    public long? RunId { get; set; }

    /// <summary>Figures and digests, never a record's values. JSON.</summary>
    public required string Body { get; set; }
}
