using System.Text.Json;
using DataHub.Storage.ControlPlane;

namespace DataHub.Gateway.Runs;

/// <summary>What asked for a run.</summary>
/// <param name="Kind">schedule, or publication of another dataset.</param>
/// <param name="Missed">Due times before this one that passed without a run, because no scheduler ran.</param>
internal sealed record RunCause(string Kind, int Missed = 0, string? Dataset = null, int? Seq = null);

/// <summary>The version that a run published.</summary>
internal sealed record RunVersion(int Seq, string Label);

/// <summary>A finding of the check step, in the caller's language.</summary>
internal sealed record RunFinding(string Code, string Message);

/// <summary>Why a run failed and who must act, in the caller's language.</summary>
internal sealed record RunError(string Code, string Origin, string Detail, string Hint, IReadOnlyList<RunFinding> Errors);

/// <summary>A run. <c>read = new + changed + unchanged + rejected + duplicate + tombstones</c>; <c>removed</c> and <c>stale</c> count keys beside it.</summary>
internal sealed record RunView
{
    public required long Id { get; init; }

    public required string Dataset { get; init; }

    /// <summary>What was asked for: full, incremental, reconcile, backfill.</summary>
    public required string Mode { get; init; }

    /// <summary>What was read: full, window (by watermark), keys; an incremental run becomes full where nothing less is right.</summary>
    public string? Pulled { get; init; }

    /// <summary>First watermark of the window, or null.</summary>
    public string? WindowFrom { get; init; }

    /// <summary>First watermark behind the window, or null.</summary>
    public string? WindowTo { get; init; }

    /// <summary>queued, running, held, published, unchanged, failed, cancelled, superseded, discarded.</summary>
    public required string State { get; init; }

    /// <summary>Step of a running run, or where a failed one failed: extract, validate, stage, check, publish, report.</summary>
    public string? Step { get; init; }

    public required string RequestedBy { get; init; }

    public DateTimeOffset RequestedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Time of the source snapshot by the source's clock.</summary>
    public DateTimeOffset? AsOf { get; init; }

    public long Read { get; init; }

    public long New { get; init; }

    public long Changed { get; init; }

    public long Unchanged { get; init; }

    public long Rejected { get; init; }

    public long Duplicate { get; init; }

    public long Tombstones { get; init; }

    public long Removed { get; init; }

    public long Stale { get; init; }

    public RunVersion? Version { get; init; }

    /// <summary>Why it is or was held.</summary>
    public IReadOnlyList<RunFinding> Holds { get; init; } = [];

    /// <summary>The revision of the contract that would let the dataset go on, where the source's columns changed their types.</summary>
    public RunProposalView? Proposal { get; init; }

    /// <summary>Broken rules that do not hold.</summary>
    public IReadOnlyList<RunFinding> Warnings { get; init; } = [];

    public RunError? Error { get; init; }

    /// <summary>Why a queued run has not begun.</summary>
    public RunWaitView? Waiting { get; init; }

    /// <summary>Due time of a run that a schedule asked for.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>What asked for it where no person did.</summary>
    public RunCause? Cause { get; init; }

    /// <summary>True when a run of a schedule began, or still waits, later than its schedule bears.</summary>
    public bool Late { get; init; }

    /// <summary>Records that the source expected to deliver; null where it cannot say.</summary>
    public long? Estimated { get; init; }

    public string? DecidedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>The view in <paramref name="language"/>.</summary>
    public static RunView From(Run run, string dataset, DatasetVersion? version, string language) => new()
    {
        Id = run.Id, Dataset = dataset, Mode = run.Mode, Pulled = run.Pulled, WindowFrom = run.WindowFrom, WindowTo = run.WindowTo,
        State = run.State, Step = run.Step, RequestedBy = run.RequestedBy, RequestedAt = run.RequestedAt,
        StartedAt = run.StartedAt, FinishedAt = run.FinishedAt, AsOf = run.AsOf, Read = run.Read, New = run.New, Changed = run.Changed,
        Unchanged = run.Unchanged, Rejected = run.Rejected, Duplicate = run.Duplicate, Tombstones = run.Tombstones, Removed = run.Removed,
        Stale = run.Stale, Version = version is null ? null : new RunVersion(version.Seq, $"v{version.Major}.{version.Minor}.{version.Release}"),
        Holds = Findings(run.Holds, language), Warnings = Findings(run.Warnings, language), Error = ReadError(run.Error, language),
        DecidedBy = run.DecidedBy, DecidedAt = run.DecidedAt, DueAt = run.DueAt, Estimated = run.Estimated,
        Cause = run.Cause is null ? null : JsonSerializer.Deserialize<RunCause>(run.Cause, JsonSerializerOptions.Web),
    };

    private static IReadOnlyList<RunFinding> Findings(string? json, string language) => json is null
        ? []
        : [.. JsonSerializer.Deserialize<JsonElement>(json).EnumerateArray().Select(f => Finding(f, language))];

    private static RunError? ReadError(string? json, string language)
    {
        if (json is null)
        {
            return null;
        }

        var error = JsonSerializer.Deserialize<JsonElement>(json);
        return new RunError(Word(error, "code"), Word(error, "origin"), Word(error, language), Word(error, language == "en" ? "hintEn" : "hintVi"),
            [.. error.GetProperty("errors").EnumerateArray().Select(e => Finding(e, language))]);
    }

    private static RunFinding Finding(JsonElement finding, string language) => new(Word(finding, "code"), Word(finding, language));

    private static string Word(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}
