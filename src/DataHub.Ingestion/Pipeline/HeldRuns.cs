using System.Text.Json;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Quality;
using DataHub.Core.Validation;
using DataHub.Storage.Connections;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Loads;
using DataHub.Storage.Runs;
using DataHub.Storage.Versions;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace DataHub.Ingestion.Pipeline;

/// <summary>
/// Candidates that wait for a person. A hold belongs to the run: the candidate has no number, later runs go on, and approving is the ordinary publish against the
/// base it was computed from, or a refusal.
/// </summary>
public sealed class HeldRuns(
    StoreConnections connections, RunStore runs, Publisher publisher, Janitor janitor, IDbContextFactory<HubDb> databases)
{
    /// <summary>Keeps a candidate. Its delta becomes a logged table: an unlogged one would not survive a crash of the server.</summary>
    public async Task HoldAsync(ClaimedRun run, Candidate candidate, IEnumerable<Finding> findings, CancellationToken cancellation)
    {
        if (candidate.Delta is not null)
        {
            await using var keep = connections.Merge.CreateCommand($"ALTER TABLE {candidate.Delta} SET LOGGED");
            await keep.ExecuteNonQueryAsync(cancellation);
        }

        await runs.HoldAsync(run, JsonSerializer.Serialize(candidate), null, RunWords.Findings(findings)!, cancellation);
    }

    /// <summary>Holds a run that read nothing, because its source's columns have other types than the contract declares.</summary>
    public Task HoldTypesAsync(ClaimedRun run, TypeDrift drift, DataContract contract, CancellationToken cancellation)
    {
        var (error, proposal) = (drift.Error, TypeProposal.For(contract, drift)?.Document);
        IEnumerable<Finding> findings =
        [
            new(error.Code, Words(run, proposal is not null), Holds: true),
            .. error.Errors.Select(e => new Finding(e.Code, e.Message, Holds: true)),
        ];
        return runs.HoldAsync(run, null, proposal, RunWords.Findings(findings)!, cancellation);
    }

    /// <summary>Publishes a held run's candidate; 409 when it is not held any more or another version was published since.</summary>
    public async Task<int> ApproveAsync(long runId, string actor, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var run = await FindHeldAsync(db, runId, cancellation);
        if (run.Candidate is null)
        {
            throw HubErrors.RunReadNothing(runId).ToException();
        }

        var candidate = JsonSerializer.Deserialize<Candidate>(run.Candidate)!;
        await using var connection = await connections.Merge.OpenConnectionAsync(cancellation);
        var line = await StoreCatalogue.ReadLineAsync(connection, candidate.DatasetId, candidate.Major, cancellation);
        var layout = await StoreCatalogue.LayoutOfAsync(connection, line.Layout, candidate, cancellation);
        var publication = new Publication(runId, null, actor, run.ContractRevisionId, run.AsOf!.Value);
        var seq = await publisher.PublishAsync(candidate, layout, publication, cancellation);
        await janitor.SweepAsync(cancellation);
        return seq;
    }

    /// <summary>Drops a held run's candidate; the source's next pull will find the same differences again.</summary>
    public async Task DiscardAsync(long runId, string actor, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var run = await FindHeldAsync(db, runId, cancellation);
        var changed = await db.Database.ExecuteSqlAsync($$"""
            WITH ended AS (UPDATE hub.runs SET state = 'discarded', decided_by = {{actor}}, decided_at = now() WHERE id = {{runId}} AND state = 'held' RETURNING id, dataset_id)
            INSERT INTO hub.ledger (at, event, actor, dataset, run_id, body)
            SELECT now(), 'run.discarded', {{actor}}, d.name, e.id, '{}'::jsonb FROM ended e JOIN hub.datasets d ON d.id = e.dataset_id
            """, cancellation);
        if (changed == 0)
        {
            throw HubErrors.RunNotHeld(runId, run.State).ToException();
        }

        await janitor.SweepAsync(cancellation);
    }

    private static Text Words(ClaimedRun run, bool proposes)
    {
        var (vi, en) = proposes
            ? ($"gửi bản sửa hợp đồng ở /api/v1/runs/{run.Id}/proposal bằng PUT", $"send the revision at /api/v1/runs/{run.Id}/proposal by PUT")
            : ("đăng ký hợp đồng khác, vì kiểu mới không công bố được ở đây", "register another contract, because the new types cannot be published here");
        return new Text($"Kiểu cột của nguồn đã đổi; chưa đọc gì, bản công bố gần nhất vẫn giữ nguyên. Sửa nguồn, hoặc {vi}; rồi chạy lại.",
            $"The source's columns changed their types; nothing was read, the last good version stays. Mend the source, or {en}; then run again.");
    }

    private static async Task<Run> FindHeldAsync(HubDb db, long runId, CancellationToken cancellation)
    {
        var run = await db.Runs.AsNoTracking().FirstOrDefaultAsync(r => r.Id == runId, cancellation)
            ?? throw HubErrors.RunNotFound(runId.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToException();
        return run.State switch
        {
            "held" => run,
            "superseded" => throw HubErrors.CandidateOutdated(runId).ToException(),
            _ => throw HubErrors.RunNotHeld(runId, run.State).ToException(),
        };
    }
}
