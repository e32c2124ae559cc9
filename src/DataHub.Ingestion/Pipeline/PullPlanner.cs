using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using DataHub.Storage.Loads;
using DataHub.Storage.Runs;
using DataHub.Storage.Versions;

namespace DataHub.Ingestion.Pipeline;

/// <summary>What a run reads of its source, and what the records that come are.</summary>
/// <param name="Request">For the adapter.</param>
/// <param name="Scope">For the load.</param>
/// <param name="MovesWatermark">Whether its publication becomes the place where the next window begins.</param>
/// <param name="Identity">Identity of the source at the newest published pull, or null.</param>
public sealed record PullPlan(PullRequest Request, LoadScope Scope, bool MovesWatermark, string? Identity)
{
    /// <summary>
    /// Whether the source's clock stands before the last pull: a record changed since may carry a watermark below any bound.
    /// </summary>
    public bool IsBeforeLast(SourcePosition? position) => Request.Window is not null && Request.Last is { } last && position?.Taken < last.Taken;

    /// <summary>The same run without a bound.</summary>
    public PullPlan AsWhole() => this with
    {
        Request = Request with { Window = null, Last = null },
        Scope = Scope == LoadScope.Addition ? LoadScope.Addition : LoadScope.Whole,
    };

    /// <summary>What the run's row says of it: full, window or keys.</summary>
    public string Pulled => Scope switch
    {
        LoadScope.Whole => "full",
        LoadScope.Keys => "keys",
        _ => "window",
    };
}

/// <summary>
/// Decides what a run reads: what was asked for, turned into a full pull where nothing less would be right (before the first version, when a full one is due, after a
/// revision of the contract, when no position is known to begin at).
/// </summary>
public sealed class PullPlanner(WatermarkStore watermarks, RunTables tables)
{
    public async Task<PullPlan> PlanAsync(ClaimedRun run, DataContract contract, StoreLine line, CancellationToken cancellation)
    {
        var kept = await watermarks.ReadAsync(run.DatasetId, cancellation);
        var identity = kept.Select(k => k.Position.Position.Identity).FirstOrDefault(i => i is not null);
        var whole = new PullPlan(new PullRequest(contract), LoadScope.Whole, MovesWatermark: true, identity);
        if (contract.Pull.Mode == PullMode.Log && run.Mode is ("full" or "incremental"))
        {
            return await FollowAsync(whole, run, contract, line, kept, cancellation);
        }

        switch (run.Mode)
        {
            case "reconcile" or "backfill" when line.Head == 0:
                throw HubErrors.RunNeedsVersion(run.Mode, run.Dataset).ToException();
            case "reconcile":
                return whole with { Request = whole.Request with { KeysOnly = true }, Scope = LoadScope.Keys, MovesWatermark = false };
            case "backfill" when contract.Pull.Watermark is { } column:
                var between = whole.Request with { Window = new PullWindow(column, run.From, run.To) };
                return whole with { Request = between, Scope = Part(contract), MovesWatermark = false };
            case "incremental" when line.Head > 0 && !await IsFullDueAsync(run, contract, cancellation) && !await IsRevisedAsync(run, contract, cancellation):
                return Window(whole, contract, [.. kept.Select(k => k.Position)]);
            default:
                return whole;
        }
    }

    // A full pull reads the log as well: it says where the next one begins, and lets the slot move on.
    private async Task<PullPlan> FollowAsync(
        PullPlan whole, ClaimedRun run, DataContract contract, StoreLine line, IReadOnlyList<KeptWatermark> kept, CancellationToken cancellation)
    {
        var changesOnly = run.Mode == "incremental" && line.Head > 0 && !await IsFullDueAsync(run, contract, cancellation);
        return whole with
        {
            Request = whole.Request with
            {
                Capture = await watermarks.CaptureNameAsync(run.DatasetId, cancellation),
                Last = line.Head > 0 && kept.Count > 0 ? kept[0].Position.Position : null,
                Identity = run.AcceptSource ? null : whole.Identity,
                ChangesOnly = changesOnly,
            },
            Scope = changesOnly ? LoadScope.Part : LoadScope.Whole,
        };
    }

    private static LoadScope Part(DataContract contract) =>
        contract.Pull.Mode == PullMode.Append ? LoadScope.Addition : LoadScope.Part;

    private static PullPlan Window(PullPlan whole, DataContract contract, IReadOnlyList<KeptPosition> kept)
    {
        var request = whole.Request with { Last = kept.Count > 0 ? kept[0].Position : null };
        if (contract.Pull.Watermark is not { } column)
        {
            return whole with { Request = request, Scope = Part(contract) };
        }

        if (WatermarkPlanner.From(contract.Pull, kept) is { } from)
        {
            return whole with { Request = request with { Window = new PullWindow(column, from, null) }, Scope = Part(contract) };
        }

        // Everything must be read: then what is absent may count, unless records are only ever added.
        return contract.Pull.Mode == PullMode.Append ? whole with { Scope = LoadScope.Addition } : whole;
    }

    // A column that a revision added is null in every record that a window would not touch. Additions are not read again: what was taken stays as it came.
    private async Task<bool> IsRevisedAsync(ClaimedRun run, DataContract contract, CancellationToken cancellation) =>
        contract.Pull.Mode == PullMode.Incremental && await tables.IsFirstOfContractAsync(run, cancellation);

    private async Task<bool> IsFullDueAsync(ClaimedRun run, DataContract contract, CancellationToken cancellation) =>
        contract.Pull.FullRefresh is { } age && await watermarks.IsFullDueAsync(run.DatasetId, age, cancellation);
}
