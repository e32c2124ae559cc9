using System.Text.Json.Nodes;
using DataHub.Demo.Sectors;

namespace DataHub.Demo.Hub;

/// <summary>What a finished run reports, compared with what it had to.</summary>
internal sealed record RunResult
{
    internal required string State { get; init; }

    internal required string? Why { get; init; }

    internal required string? Label { get; init; }

    internal int Read { get; init; }

    internal int New { get; init; }

    internal int Changed { get; init; }

    internal int Unchanged { get; init; }

    internal int Rejected { get; init; }

    internal int Duplicate { get; init; }

    internal int Tombstones { get; init; }

    internal int Removed { get; init; }

    internal static bool IsOver(string? state) => state is not ("queued" or "running");

    internal static RunResult Of(JsonObject run) => new()
    {
        State = run.Text("state") ?? "?",
        Why = run["error"] is JsonObject error
            ? $"{error.Text("code")}: {error.Text("detail")} {error.Text("hint")}"
            : run["holds"] is JsonArray { Count: > 0 } holds ? holds.ToJsonString() : null,
        Label = (run["version"] as JsonObject)?.Text("label"),
        Read = run.Int("read"),
        New = run.Int("new"),
        Changed = run.Int("changed"),
        Unchanged = run.Int("unchanged"),
        Rejected = run.Int("rejected"),
        Duplicate = run.Int("duplicate"),
        Tombstones = run.Int("tombstones"),
        Removed = run.Int("removed"),
    };

    internal string Line(string dataset) => FormattableString.Invariant(
        $"  {dataset,-22} {Read,7} {New,7} {Changed,6} {Unchanged,7} {Rejected,6} {Duplicate,6} {Removed,5}  {State} {Label}");

    /// <summary>Null when the run is as a hub that knew nothing of the dataset must report it.</summary>
    internal string? Against(PullCounts expected)
    {
        var wanted = new RunResult
        {
            State = "published", Why = Why, Label = Label, Read = expected.Read, New = expected.New,
            Changed = expected.Changed, Unchanged = expected.Unchanged, Rejected = expected.Rejected,
            Duplicate = expected.Duplicate, Removed = expected.Removed,
        };
        return this == wanted ? null : $"cần / expected:\n{wanted.Line("")}{(Why is null ? "" : $"\n    {Why}")}";
    }

    /// <summary>Null when the run ended well and its counts add up.</summary>
    internal string? AgainstItself()
    {
        if (State is not ("published" or "unchanged"))
        {
            return $"{State}: {Why}";
        }

        return Read == New + Changed + Unchanged + Rejected + Duplicate + Tombstones
            ? null
            : "tổng không khớp / the counts do not add up";
    }
}
