using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Quality;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Core.Validation;
using DataHub.Core.Versioning;
using DataHub.Ingestion.Sources;
using DataHub.Storage;
using DataHub.Storage.Connections;
using DataHub.Storage.Loads;
using DataHub.Storage.Quarantine;
using DataHub.Storage.Runs;
using DataHub.Storage.Versions;
using Microsoft.AspNetCore.DataProtection;

namespace DataHub.Ingestion.Pipeline;

/// <summary>
/// The write path, from a sector's table to a published version:
/// <list type="number">
/// <item>Extract: one read-only snapshot of the source, as a stream of batches.</item>
/// <item>Validate: every value coerced to its declared type; a record that breaks a rule goes to quarantine.</item>
/// <item>Stage: encoded once, streamed into PostgreSQL, compared by key and hash with the newest version.</item>
/// <item>Check: the whole candidate against the contract's rules and the brake; a breach holds it.</item>
/// <item>Publish: one transaction; a candidate without a change publishes nothing.</item>
/// <item>Report: counts that add up, working tables dropped, the pair's filter indexes and statistics completed.</item>
/// </list>
/// A run that dies anywhere leaves nothing but its own row and is run again from the beginning.
/// </summary>
public sealed class LoadPipeline(
    SourceGateway sources,
    SourceRegistry registry,
    PullPlanner planner,
    StorePreparation preparation,
    CandidateCheck check,
    HeldRuns held,
    Publisher publisher,
    RunStore runs,
    RunTables tables,
    SourceDrifts drifts,
    ReplayRuns replays,
    ReplayItems replayed,
    QuarantineSettlement settlement,
    FilterIndexes indexes,
    StoreConnections connections,
    StorageOptions options,
    IDataProtectionProvider protection)
{
    /// <summary>Runs a claimed run to its end; <paramref name="progress"/> sees the counts while they grow.</summary>
    public async Task RunAsync(ClaimedRun run, RunProgress progress, CancellationToken cancellation)
    {
        await runs.ForgetAttemptAsync(run, cancellation);
        var contract = ContractReader.Read(run.Document).Contract
            ?? throw new InvalidDataException($"the stored contract of run {run.Id} cannot be read");

        // 1.-3. Extract, validate, stage: one stream.
        if (await TryLoadAsync(run, contract, progress, cancellation) is not var (candidate, target, asOf, drift, rejected))
        {
            return;
        }

        // 4. Check
        await runs.EnterAsync(run, RunSteps.Check, cancellation);
        var line = await tables.ReadLineAsync(run, contract, cancellation);
        candidate = await check.MeasureAsync(candidate, target.Layout, line.Checksum, cancellation);
        var isReplay = run.Mode == ReplayItems.Mode;
        var findings = (isReplay ? [] : Brake.Judge(candidate.Counts, target.Records, candidate.Records, contract.Brake, run.ExpectRemoved))
            .Concat(await check.JudgeRulesAsync(candidate, target.Layout, contract, cancellation)).ToList();
        await runs.StoreCountsAsync(run, candidate.Counts, asOf, candidate.BaseSeq,
            RunWords.Findings(drift.Findings.Concat(findings.Where(f => !f.Holds))), cancellation);
        await drifts.KeepAsync(run, drift, cancellation);
        var settled = await settlement.SettleAsync(run.DatasetId, run.Id, cancellation);
        var closing = new QuarantineClosing(settled, target.Scope, rejected.Taken, rejected.HasOverflowed);
        if (isReplay)
        {
            await replayed.AcceptRestAsync(run.Id, cancellation);
        }

        // 5. Publish, hold, or neither
        await runs.EnterAsync(run, RunSteps.Publish, cancellation);
        if (findings.Any(f => f.Holds))
        {
            // Whoever approves it does not wait for indexes.
            await CompletePairAsync(candidate, target, cancellation);
            await held.HoldAsync(run, candidate, findings.Where(f => f.Holds), cancellation);
        }
        else if (candidate.Counts.IsChange || await tables.IsFirstOfContractAsync(run, cancellation))
        {
            var publication = new Publication(run.Id, run.Lease, "hub", run.ContractRevisionId, asOf) { Closing = closing };
            await publisher.PublishAsync(candidate, target.Layout, publication, cancellation);
        }
        else
        {
            await replayed.ResolveAsync(run.Id, candidate.BaseSeq, cancellation);
            await settlement.CloseAsync(run.DatasetId, closing, cancellation);
            await runs.EndUnchangedAsync(run, contract.Pull.Mode == PullMode.Log, cancellation);
        }

        // 6. Report: the counts and the ledger entry were written with the end itself; what is left is the broom.
        await tables.SweepAsync(cancellation);
    }

    /// <summary>
    /// The rest of step 6, after a run that ended: filter indexes and statistics of a first version, which readers need not wait for. Repeating it does nothing.
    /// </summary>
    public async Task CompleteAsync(ClaimedRun run, CancellationToken cancellation)
    {
        if (ContractReader.Read(run.Document).Contract is { } contract)
        {
            await indexes.CompleteAsync(run.DatasetId, contract, cancellation);
        }
    }

    private sealed record Loaded(Candidate Candidate, LoadTarget Target, DateTimeOffset AsOf, DriftReport Drift, QuarantineWriter Rejected);

    private Task CompletePairAsync(Candidate candidate, LoadTarget target, CancellationToken cancellation) => candidate.IsFirstLoad
        ? indexes.CompleteAsync(candidate.Pair, target.Layout, target.Indexed, cancellation)
        : Task.CompletedTask;

    private async Task<Loaded?> TryLoadAsync(ClaimedRun run, DataContract contract, RunProgress progress, CancellationToken cancellation)
    {
        try
        {
            return await LoadAsync(run, contract, progress, cancellation);
        }
        catch (HubErrorException e)
        {
            await drifts.PauseAsync(run, e.Error, cancellation);
            throw;
        }
    }

    /// <summary>Null when the run was held before anything was read.</summary>
    private async Task<Loaded?> LoadAsync(
        ClaimedRun run, DataContract contract, RunProgress progress, CancellationToken cancellation)
    {
        var source = await registry.FindAsync(run.SourceId, cancellation);
        var isReplay = run.Mode == ReplayItems.Mode;
        var line = await tables.ReadLineAsync(run, contract, cancellation);
        var plan = isReplay
            ? await replays.PlanAsync(run, contract, line, cancellation) : await planner.PlanAsync(run, contract, line, cancellation);
        var watch = await drifts.BeginAsync(run, plan.Request, cancellation);
        plan = plan with { Request = watch.Request };
        await runs.NotePullAsync(run, isReplay ? ReplayItems.Mode : plan.Pulled, plan.Request.Window?.From, plan.Request.Window?.To, cancellation);
        var staged = plan.Scope != LoadScope.Whole;
        while (true)
        {
            await runs.EnterAsync(run, RunSteps.Extract, cancellation);
            await using var reader = isReplay
                ? await replays.OpenAsync(run, contract, cancellation) : await sources.OpenAsync(source, plan.Request, cancellation);
            RefuseOtherSource(run, plan, reader.Position);
            if (reader.IsWhole && plan.Scope == LoadScope.Part)
            {
                plan = plan with { Scope = LoadScope.Whole };
                staged = false;
                await runs.NotePullAsync(run, plan.Pulled, null, null, cancellation);
            }

            if (plan.IsBeforeLast(reader.Position))
            {
                plan = plan.AsWhole();
                await runs.NotePullAsync(run, plan.Pulled, null, null, cancellation);
                continue;
            }

            var drift = SourceDrifts.Judge(run, watch, reader);
            if (SourceDrifts.FindHold(watch, reader) is { } changed)
            {
                await held.HoldTypesAsync(run, changed, contract, cancellation);
                return null;
            }

            var target = await preparation.PrepareAsync(run.DatasetId, contract, run.Id, run.Lease, cancellation) with { Scope = plan.Scope };
            await using var quarantine = new QuarantineWriter(connections, options, protection, run.Id, run.DatasetId) { Contract = contract };
            if (isReplay)
            {
                await replays.SetAsideAsync(run, contract, target, cancellation);
            }
            else if (plan.Scope is LoadScope.Part or LoadScope.Addition)
            {
                quarantine.Await(await settlement.OpenKeysAsync(run.DatasetId, cancellation));
            }

            try
            {
                await using var load = await BeginAsync(target, reader.EstimatedRecords ?? 0, staged, cancellation);
                progress.Watch(load, reader.EstimatedRecords);
                await runs.EnterAsync(run, RunSteps.Validate, cancellation);
                var stream = new RecordStream(plan, reader, load, quarantine);
                await stream.RunAsync(cancellation);
                await runs.EnterAsync(run, RunSteps.Stage, cancellation);
                var candidate = await load.CompleteAsync(quarantine, cancellation);
                await quarantine.FlushAsync(cancellation);
                await runs.StorePositionAsync(run, plan.MovesWatermark ? stream.Position : null, cancellation);
                return new Loaded(candidate, target, reader.AsOf, drift, quarantine);
            }
            catch (DiffMemoryExceededException) when (!staged)
            {
                staged = true;
                await runs.ForgetAttemptAsync(run, cancellation);
                await tables.DropDeltaAsync(target, cancellation);
            }
        }
    }

    // A restored database or another host would answer an incremental question with other records, and a full one with other losses.
    private static void RefuseOtherSource(ClaimedRun run, PullPlan plan, SourcePosition? position)
    {
        if (!run.AcceptSource && plan.Identity is not null && position?.Identity is { } identity && identity != plan.Identity)
        {
            throw HubErrors.SourceIdentityChanged(run.SourceId, run.Dataset).ToException();
        }
    }

    private async Task<RecordLoad> BeginAsync(LoadTarget target, long expected, bool staged, CancellationToken cancellation)
    {
        if (target.Pair is null)
        {
            return await DirectLoad.BeginAsync(connections, target, options.DiffMemory, cancellation, expected);
        }

        return staged || KeyMap.MemoryFor(target.Records) > options.DiffMemory
            ? await StagedLoad.BeginAsync(connections, target, cancellation)
            : await ComparedLoad.BeginAsync(connections, target, options.DiffMemory, cancellation);
    }
}
