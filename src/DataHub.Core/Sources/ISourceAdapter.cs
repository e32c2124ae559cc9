using DataHub.Core.Contracts;
using DataHub.Core.Records;

namespace DataHub.Core.Sources;

/// <summary>
/// Speaks one kind of source. Adapters hold no state between calls and may be called at the same time for different
/// sources. Every expected failure leaves as a <see cref="Errors.HubErrorException"/> with a <c>source_*</c> error and its
/// cause; nothing it throws or returns contains a credential. One conformance suite proves every adapter.
/// </summary>
public interface ISourceAdapter
{
    /// <summary><c>postgres</c>, <c>csv</c>…</summary>
    string Kind { get; }

    /// <summary>
    /// Checks a source's settings without touching the network; all problems at once, each with the pointer of its setting
    /// below <c>/settings</c>. Empty when they are in order.
    /// </summary>
    IReadOnlyList<Errors.ErrorDetail> Check(SourceSettings settings);

    /// <summary>Connects as a pull would and reads one thing; throws with the reason when it cannot.</summary>
    Task<SourceProbe> TestAsync(SourceSettings source, CancellationToken cancellation);

    /// <summary>What the account may read, in name order, with columns, keys and row estimates.</summary>
    Task<IReadOnlyList<SourceTable>> ListTablesAsync(SourceSettings source, CancellationToken cancellation);

    /// <summary>
    /// Opens one read-only snapshot of what is asked for. Field i of the reader belongs to column i of the contract,
    /// found by its source name; a missing one is an error that names all that are missing. The caller disposes.
    /// </summary>
    Task<IRecordReader> OpenAsync(SourceSettings source, PullRequest request, CancellationToken cancellation);
}

/// <summary>A forward-only stream of one snapshot. Not thread-safe; dispose it at any moment to give up.</summary>
public interface IRecordReader : IAsyncDisposable
{
    IReadOnlyList<SourceField> Fields { get; }

    /// <summary>Time of the snapshot by the source's clock (a file: its last write).</summary>
    DateTimeOffset AsOf { get; }

    /// <summary>Estimated records, or null: only for progress.</summary>
    long? EstimatedRecords { get; }

    /// <summary>Where the snapshot stands, for the next incremental pull; null where there is nothing to keep. Complete at the end of the stream.</summary>
    SourcePosition? Position => null;

    /// <summary>What differs from earlier pulls and was borne with.</summary>
    IReadOnlyList<SourceDrift> Drift => [];

    /// <summary>Names of all the columns that the source has now; empty where the adapter cannot tell.</summary>
    IReadOnlySet<string> Columns => System.Collections.Frozen.FrozenSet<string>.Empty;

    /// <summary>Clears and fills <paramref name="batch"/>; false when the source is at its end and the batch holds nothing.</summary>
    ValueTask<bool> ReadAsync(RecordBatch batch, CancellationToken cancellation);
}

/// <summary>A registered source as an adapter needs it, its credential in clear only here.</summary>
/// <param name="Id">Source id.</param>
/// <param name="Kind">Adapter kind.</param>
/// <param name="Settings">Kind's settings by name (host, port, database, folder, encoding…), never secret.</param>
/// <param name="Username">Account, or null.</param>
/// <param name="Password">Secret, or null.</param>
public sealed record SourceSettings(
    string Id, string Kind, IReadOnlyDictionary<string, string> Settings, string? Username, string? Password)
{
    /// <summary>How the hub paces itself towards it; adapters need not look.</summary>
    public SourcePacing Pacing { get; init; } = SourcePacing.Default;

    /// <summary>Never prints a secret.</summary>
    public override string ToString() => $"{Kind} source {Id}";

    public string? this[string name] => Settings.TryGetValue(name, out var value) ? value : null;
}

/// <summary>What a successful test found.</summary>
/// <param name="Product">Name and version of the engine, or the file format.</param>
/// <param name="ReadOnly">Whether the account can only read; null when unknown.</param>
/// <param name="Clock">The source's clock.</param>
public sealed record SourceProbe(string Product, bool? ReadOnly, DateTimeOffset Clock);

/// <summary>A table, view or file.</summary>
/// <param name="Id">Opaque, safe in a path segment; what <c>{t}</c> of the API is.</param>
/// <param name="Name">As contracts write it (<c>schema.table</c>, a path below the folder).</param>
/// <param name="EntityKind"><c>table</c>, <c>view</c> or <c>file</c>.</param>
public sealed record SourceTable(string Id, string Name, string EntityKind)
{
    public IReadOnlyList<SourceTableColumn> Columns { get; init; } = [];

    /// <summary>Primary key, or the first unique key without nulls; empty when there is none.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    public long? EstimatedRows { get; init; }

    public string? Comment { get; init; }
}

/// <summary>A column as the source declares it, with the type a proposed contract gives it.</summary>
/// <param name="Proposed">The hub's type for it; null when the column cannot be published (its reason in <paramref name="Note"/>).</param>
/// <param name="Note">Why it cannot be, or what an administrator should check; null when plain.</param>
public sealed record SourceTableColumn(string Name, string NativeType, bool Nullable, ColumnType? Proposed, Errors.Text? Note)
{
    /// <summary>Length limit of a text column, or null.</summary>
    public int? MaxLength { get; init; }

    /// <summary>True when timestamps carry no zone, so that a contract must declare one.</summary>
    public bool NeedsTimeZone { get; init; }

    public string? Comment { get; init; }
}
