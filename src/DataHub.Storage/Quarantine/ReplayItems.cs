using System.Text;
using System.Text.Json;
using DataHub.Core.Errors;
using DataHub.Storage.Connections;
using DataHub.Storage.ControlPlane;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace DataHub.Storage.Quarantine;

/// <summary>One entry of a replay, as its run reads it.</summary>
/// <param name="EntryId">Also the record's position in the run.</param>
/// <param name="Status">Of the entry now.</param>
/// <param name="Record">JSON as kept, or null when it expired.</param>
/// <param name="Patch">Corrected texts by column.</param>
public sealed record ReplayItem(long EntryId, string Status, string? Record, IReadOnlyDictionary<string, string?> Patch);

/// <summary>What became of one entry of a replay.</summary>
public sealed record ReplayOutcome(long EntryId, string? Outcome, string? Violations, IReadOnlyList<string> Patched);

/// <summary>What a replay run works on, and what became of each entry. Patches are encrypted like the records that they correct.</summary>
public sealed class ReplayItems(
    StoreConnections connections, IDbContextFactory<HubDb> databases, IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>Mode of the runs.</summary>
    public const string Mode = "replay";

    public const string Accepted = "accepted";
    public const string Rejected = "rejected";
    public const string AlreadyReplayed = "already_replayed";
    public const string NotOpen = "not_open";
    public const string Incomplete = "incomplete";
    public const string NewerImage = "newer_image";

    private const int PageSize = 200;
    private readonly IDataProtector protector = protection.CreateProtector(QuarantineWriter.Purpose);

    /// <summary>Queues the run that replays these entries; <paramref name="patches"/> are by entry.</summary>
    /// <exception cref="HubErrorException">run_in_progress.</exception>
    public async Task<long> StartAsync(
        (int Id, string Name) dataset, string actor, IReadOnlyList<long> entries,
        IReadOnlyDictionary<long, IReadOnlyDictionary<string, string?>> patches, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var run = new Run
        {
            DatasetId = dataset.Id, Mode = Mode, State = "queued", RequestedBy = actor, RequestedAt = time.GetUtcNow(),
            ContractRevisionId = await db.Datasets.Where(d => d.Id == dataset.Id).Select(d => d.ContractRevisionId).SingleAsync(cancellation),
        };
        db.Add(run);
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            await transaction.RollbackAsync(cancellation);
            var open = await db.Runs.Where(r => r.DatasetId == dataset.Id && (r.State == "queued" || r.State == "running"))
                .Select(r => r.Id).FirstOrDefaultAsync(cancellation);
            throw HubErrors.RunInProgress(dataset.Name, open).ToException(e);
        }

        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        foreach (var entry in entries)
        {
            var patch = patches.GetValueOrDefault(entry);
            await QuarantineSettlement.ExecuteAsync(connection,
                "INSERT INTO hub.replay_items (run_id, entry_id, protected_patch, patched) VALUES ($1, $2, $3, $4)", cancellation,
                run.Id, entry, patch is null ? DBNull.Value : protector.Protect(JsonSerializer.SerializeToUtf8Bytes(patch)), patch?.Keys.ToArray() ?? []);
        }

        await transaction.CommitAsync(cancellation);
        return run.Id;
    }

    /// <summary>Forgets the outcomes of an earlier attempt.</summary>
    public Task ForgetAsync(long runId, CancellationToken cancellation) =>
        ExecuteAsync("UPDATE hub.replay_items SET outcome = NULL, violations = NULL WHERE run_id = $1", cancellation, runId);

    /// <summary>The items without an outcome, in order of their entries.</summary>
    public async IAsyncEnumerable<ReplayItem> ReadAsync(
        long runId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var after = 0L;
        while (true)
        {
            var page = await ReadPageAsync(runId, after, cancellation);
            foreach (var item in page)
            {
                yield return item;
            }

            if (page.Count < PageSize)
            {
                yield break;
            }

            after = page[^1].EntryId;
        }
    }

    public Task NoteAsync(long runId, IReadOnlyCollection<long> entries, string outcome, CancellationToken cancellation) => entries.Count == 0
        ? Task.CompletedTask
        : ExecuteAsync("UPDATE hub.replay_items SET outcome = $3 WHERE run_id = $1 AND entry_id = ANY ($2)", cancellation, runId, entries.ToArray(), outcome);

    /// <summary>What became of each entry, in order of the entries, above one.</summary>
    public async Task<IReadOnlyList<ReplayOutcome>> OutcomesAsync(long runId, long after, int limit, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand("""
            SELECT entry_id, outcome, violations::text, patched FROM hub.replay_items WHERE run_id = $1 AND entry_id > $2 ORDER BY entry_id LIMIT $3
            """);
        command.Parameters.AddWithValue(runId);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(limit);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var outcomes = new List<ReplayOutcome>();
        while (await reader.ReadAsync(cancellation))
        {
            outcomes.Add(new ReplayOutcome(reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.GetFieldValue<string[]>(3)));
        }

        return outcomes;
    }

    /// <summary>Closes the accepted entries of a replay whose records stand in version <paramref name="seq"/>, naming them in the ledger; columns, never values.</summary>
    public static async Task ResolveAsync(NpgsqlConnection connection, long runId, int seq, CancellationToken cancellation) =>
        await QuarantineSettlement.ExecuteAsync(connection, """
            WITH resolved AS (
                UPDATE hub.quarantine q SET status = 'replayed', resolved_seq = $2, decided_by = r.requested_by, decided_at = now()
                FROM hub.replay_items i JOIN hub.runs r ON r.id = i.run_id
                WHERE i.run_id = $1 AND i.outcome = 'accepted' AND q.id = i.entry_id AND q.status = 'open'
                RETURNING q.id, i.patched, r.dataset_id, r.requested_by)
            INSERT INTO hub.ledger (at, event, actor, dataset, run_id, body)
            SELECT now(), 'quarantine.replayed', min(v.requested_by), min(d.name), $1, jsonb_build_object('seq', $2, 'entries', jsonb_agg(v.id ORDER BY v.id),
                'patched', coalesce(jsonb_object_agg(v.id, v.patched) FILTER (WHERE cardinality(v.patched) > 0), '{}'))
            FROM resolved v JOIN hub.datasets d ON d.id = v.dataset_id HAVING count(*) > 0
            """, cancellation, runId, seq);

    /// <summary>The same outside a publication, for a replay whose records were published already.</summary>
    public async Task ResolveAsync(long runId, int seq, CancellationToken cancellation)
    {
        await using var connection = await connections.Control.OpenConnectionAsync(cancellation);
        await ResolveAsync(connection, runId, seq, cancellation);
    }

    /// <summary>
    /// What a replay run noted is no new matter: it says why its entry, whose number is the position, stays open. All that is left without an outcome was taken.
    /// </summary>
    internal static async Task TakeBackAsync(NpgsqlConnection connection, long runId, CancellationToken cancellation)
    {
        await QuarantineSettlement.ExecuteAsync(connection, """
            UPDATE hub.replay_items i SET outcome = 'rejected', violations = q.violations
            FROM hub.quarantine q WHERE q.run_id = $1 AND q.status = 'arriving' AND i.run_id = $1 AND i.entry_id = q.position
            """, cancellation, runId);
        await QuarantineSettlement.ExecuteAsync(connection, """
            UPDATE hub.quarantine e SET violations = q.violations, contract_revision_id = (SELECT contract_revision_id FROM hub.runs WHERE id = $1)
            FROM hub.quarantine q WHERE q.run_id = $1 AND q.status = 'arriving' AND e.id = q.position AND e.status = 'open'
            """, cancellation, runId);
        await QuarantineSettlement.ExecuteAsync(connection, "DELETE FROM hub.quarantine WHERE run_id = $1 AND status = 'arriving'", cancellation, runId);
    }

    /// <summary>What has no outcome when all were judged was accepted.</summary>
    public Task AcceptRestAsync(long runId, CancellationToken cancellation) =>
        ExecuteAsync("UPDATE hub.replay_items SET outcome = 'accepted' WHERE run_id = $1 AND outcome IS NULL", cancellation, runId);

    private async Task<List<ReplayItem>> ReadPageAsync(long runId, long after, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand("""
            SELECT i.entry_id, q.status, q.protected_record, i.protected_patch FROM hub.replay_items i JOIN hub.quarantine q ON q.id = i.entry_id
            WHERE i.run_id = $1 AND i.outcome IS NULL AND i.entry_id > $2 ORDER BY i.entry_id LIMIT $3
            """);
        command.Parameters.AddWithValue(runId);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(PageSize);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var page = new List<ReplayItem>();
        while (await reader.ReadAsync(cancellation))
        {
            page.Add(new ReplayItem(reader.GetInt64(0), reader.GetString(1),
                reader.IsDBNull(2) ? null : Encoding.UTF8.GetString(protector.Unprotect(reader.GetFieldValue<byte[]>(2))),
                reader.IsDBNull(3) ? new Dictionary<string, string?>()
                    : JsonSerializer.Deserialize<Dictionary<string, string?>>(protector.Unprotect(reader.GetFieldValue<byte[]>(3)))!));
        }

        return page;
    }

    private async Task ExecuteAsync(string text, CancellationToken cancellation, params object[] parameters)
    {
        await using var connection = await connections.Control.OpenConnectionAsync(cancellation);
        await QuarantineSettlement.ExecuteAsync(connection, text, cancellation, parameters);
    }
}
