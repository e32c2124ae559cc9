using System.Text.Json;
using System.Text.Json.Nodes;
using DataHub.Core.Contracts;
using DataHub.Core.Validation;
using DataHub.Storage.Quarantine;

namespace DataHub.Gateway.Quarantine;

/// <summary>One broken rule, in the caller's language.</summary>
internal sealed record ViolationView(string? Column, string Code, string Message);

/// <summary>A rejected record, however often it came.</summary>
internal sealed record QuarantineView
{
    public required long Id { get; init; }

    /// <summary>Newest run that rejected it.</summary>
    public required long Run { get; init; }

    public long? FirstRun { get; init; }

    /// <summary>open, fixed (the source no longer sends it), replayed, discarded, or expired (its record was removed).</summary>
    public required string Status { get; init; }

    /// <summary>Line of a file or ordinal of a pull.</summary>
    public long? Position { get; init; }

    /// <summary>Null when it is personal or could not be read.</summary>
    public string? Key { get; init; }

    /// <summary>True when an older image of the key stays published.</summary>
    public bool Stale { get; init; }

    /// <summary>Equal records of the newest run that this entry stands for.</summary>
    public int Occurrences { get; init; }

    /// <summary>Runs that rejected it.</summary>
    public int Count { get; init; }

    public DateTimeOffset FirstSeen { get; init; }

    public DateTimeOffset LastSeen { get; init; }

    public IReadOnlyList<ViolationView> Violations { get; init; } = [];

    /// <summary>Values as read, personal ones hidden, long ones cut; null when it expired.</summary>
    public JsonNode? Record { get; init; }

    /// <summary>Whether it can be replayed while it is open.</summary>
    public bool Replayable { get; init; }

    public string? DecidedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    public string? Reason { get; init; }

    /// <summary>Version that a replay of it made.</summary>
    public int? Version { get; init; }

    /// <summary>The view in <paramref name="language"/>.</summary>
    public static QuarantineView From(QuarantineEntry entry, Func<string, bool> isPersonal, string language) => new()
    {
        Id = entry.Id, Run = entry.RunId, FirstRun = entry.FirstRunId, Status = entry.Status, Position = entry.Position, Key = entry.Key, Stale = entry.Stale,
        Occurrences = entry.Occurrences, Count = entry.Seen, FirstSeen = entry.FirstSeen, LastSeen = entry.LastSeen,
        Violations = ReadViolations(entry.Violations, language), Replayable = entry.Replayable && entry.Record is not null, DecidedBy = entry.DecidedBy,
        DecidedAt = entry.DecidedAt, Reason = entry.Reason, Version = entry.ResolvedSeq,
        Record = entry.Record is { } record
            ? new JsonObject(record.Values.Select(v => KeyValuePair.Create(v.Key, (JsonNode?)Shown(v.Key, v.Value, isPersonal))))
            : null,
    };

    /// <summary>What may be shown of a value.</summary>
    public static string? Shown(string column, string? value, Func<string, bool> isPersonal) =>
        value is null ? null : isPersonal(column) ? RawRecord.Hidden : RawRecord.Shorten(value, RawRecord.LongestValue);

    /// <summary>
    /// Which columns are hidden: those that a contract says are personal, be it the one that judged the record or the present one. A raw line that could not
    /// be split may hold anything: where any column is personal, all of it is hidden.
    /// </summary>
    public static Func<string, bool> Personal(params DataContract[] contracts)
    {
        var names = contracts.SelectMany(c => c.Columns).Where(c => c.Personal).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        return column => names.Contains(column) || (column == "raw" && names.Count > 0);
    }

    /// <summary>Broken rules out of their JSON.</summary>
    public static IReadOnlyList<ViolationView> ReadViolations(string json, string language) =>
    [
        .. JsonSerializer.Deserialize<JsonElement>(json).EnumerateArray().Select(v => new ViolationView(
            v.GetProperty("column").GetString(), v.GetProperty("code").GetString()!, v.GetProperty(language).GetString()!)),
    ];
}
