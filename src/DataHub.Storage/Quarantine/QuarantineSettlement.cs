using DataHub.Storage.Connections;
using DataHub.Storage.Loads;
using Npgsql;

namespace DataHub.Storage.Quarantine;

/// <summary>Which open entries a run closes when it ends well.</summary>
/// <param name="Settled">As <see cref="QuarantineSettlement.SettleAsync"/> returned it: entries seen since were rejected again.</param>
/// <param name="Scope">A whole pull closes all that it did not see; one of a part those whose keys came valid; one of keys none.</param>
/// <param name="Taken">Keys of open entries of which a valid record came.</param>
/// <param name="HasOverflowed">True when an entry may be among the records that were only counted.</param>
public sealed record QuarantineClosing(DateTimeOffset Settled, LoadScope Scope, IReadOnlyCollection<Guid> Taken, bool HasOverflowed)
{
    internal bool ClosesNothing => Scope == LoadScope.Keys || (Scope == LoadScope.Whole ? HasOverflowed : Taken.Count == 0);
}

/// <summary>
/// Makes entries of what a run noted, by statements over all of it at once. A record that was rejected before is counted at its entry; what a later run that would have seen
/// it no longer rejects is fixed. Every step may be repeated: a run that begins again counts once.
/// </summary>
public sealed class QuarantineSettlement(StoreConnections connections)
{
    /// <summary>Class of the advisory locks that keep two settlements of a dataset apart.</summary>
    private const int LockClass = 0x44485551;

    private const int MostAwaited = 200_000;

    /// <summary>Keys of open entries, for a pull of a part to watch for.</summary>
    public async Task<HashSet<Guid>> OpenKeysAsync(int datasetId, CancellationToken cancellation)
    {
        await using var command = connections.Merge.CreateCommand(
            "SELECT DISTINCT key_digest FROM hub.quarantine WHERE dataset_id = $1 AND status = 'open' AND key_digest IS NOT NULL LIMIT $2");
        command.Parameters.AddWithValue(datasetId);
        command.Parameters.AddWithValue(MostAwaited);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var keys = new HashSet<Guid>();
        while (await reader.ReadAsync(cancellation))
        {
            keys.Add(reader.GetGuid(0));
        }

        return keys;
    }

    /// <summary>Takes in what the run noted, and what runs before it left that ended without settling.</summary>
    /// <returns>When, by the store's clock: entries seen before that were not seen by this run.</returns>
    public async Task<DateTimeOffset> SettleAsync(int datasetId, long runId, CancellationToken cancellation)
    {
        await using var connection = await connections.Merge.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync(connection, "SELECT pg_advisory_xact_lock($1, $2)", cancellation, LockClass, datasetId);
        foreach (var run in await ArrivingAsync(connection, datasetId, runId, cancellation))
        {
            await TakeInAsync(connection, datasetId, run, cancellation);
        }

        await using var clock = new NpgsqlCommand("SELECT now()", connection);
        var settled = new DateTimeOffset((DateTime)(await clock.ExecuteScalarAsync(cancellation))!, TimeSpan.Zero);
        await transaction.CommitAsync(cancellation);
        return settled;
    }

    /// <summary>Settles what runs left that failed, were cancelled or lost their worker; returns the number of their datasets.</summary>
    public async Task<int> SettleEndedAsync(CancellationToken cancellation)
    {
        var left = new List<(int Dataset, long Run)>();
        await using (var command = connections.Merge.CreateCommand("""
            SELECT q.dataset_id, max(q.run_id) FROM hub.quarantine q LEFT JOIN hub.runs r ON r.id = q.run_id
            WHERE q.status = 'arriving' AND coalesce(r.state, 'failed') NOT IN ('queued', 'running') GROUP BY 1
            """))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                left.Add((reader.GetInt32(0), reader.GetInt64(1)));
            }
        }

        foreach (var (dataset, run) in left)
        {
            await SettleAsync(dataset, run, cancellation);
        }

        return left.Count;
    }

    /// <summary>Closes what a run that published nothing would have seen and did not reject.</summary>
    public async Task CloseAsync(int datasetId, QuarantineClosing closing, CancellationToken cancellation)
    {
        await using var connection = await connections.Merge.OpenConnectionAsync(cancellation);
        await CloseAsync(connection, datasetId, closing, cancellation);
    }

    /// <summary>The same in the publish transaction: an entry is fixed with the version that holds its record, or not at all.</summary>
    internal static Task CloseAsync(NpgsqlConnection connection, int datasetId, QuarantineClosing closing, CancellationToken cancellation) =>
        closing.ClosesNothing
            ? Task.CompletedTask
            : ExecuteAsync(connection, """
                UPDATE hub.quarantine SET status = 'fixed', decided_by = 'hub', decided_at = now(), stale = false
                WHERE id IN (SELECT id FROM hub.quarantine WHERE dataset_id = $1 AND status = 'open' AND last_seen < $2 AND ($3 OR key_digest = ANY ($4))
                    ORDER BY id FOR UPDATE)
                """, cancellation, datasetId, closing.Settled, closing.Scope == LoadScope.Whole, closing.Taken.ToArray());

    private static async Task<List<long>> ArrivingAsync(NpgsqlConnection connection, int datasetId, long runId, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT DISTINCT run_id FROM hub.quarantine WHERE dataset_id = $1 AND status = 'arriving' AND run_id <= $2 ORDER BY run_id
            """, connection);
        command.Parameters.AddWithValue(datasetId);
        command.Parameters.AddWithValue(runId);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var runs = new List<long>();
        while (await reader.ReadAsync(cancellation))
        {
            runs.Add(reader.GetInt64(0));
        }

        return runs;
    }

    private static async Task TakeInAsync(NpgsqlConnection connection, int datasetId, long run, CancellationToken cancellation)
    {
        await ExecuteAsync(connection, "SELECT set_config('work_mem', '64MB', true)", cancellation);
        await using var mode = new NpgsqlCommand("SELECT coalesce(pulled, mode) FROM hub.runs WHERE id = $1", connection);
        mode.Parameters.AddWithValue(run);
        switch (await mode.ExecuteScalarAsync(cancellation) as string)
        {
            case "keys":
                // Of these records nothing was read but a broken key: the next pull of everything has them whole.
                await ExecuteAsync(connection, "DELETE FROM hub.quarantine WHERE run_id = $1 AND status = 'arriving'", cancellation, run);
                break;
            case "replay":
                await ReplayItems.TakeBackAsync(connection, run, cancellation);
                break;
            default:
                await MergeAsync(connection, datasetId, run, cancellation);
                break;
        }
    }

    private static async Task MergeAsync(NpgsqlConnection connection, int datasetId, long run, CancellationToken cancellation)
    {
        // By the unique index over (dataset, identity); a replayed entry stays closed while its correction is what readers see.
        await ExecuteAsync(connection, """
            WITH arrived AS (
                SELECT identity, min(id) AS first, sum(occurrences)::int AS occurrences, bool_or(stale) AS stale
                FROM hub.quarantine WHERE run_id = $1 AND status = 'arriving' GROUP BY identity)
            UPDATE hub.quarantine e SET run_id = $1, last_seen = now(), seen = e.seen + (e.run_id <> $1)::int,
                occurrences = a.occurrences, stale = a.stale, position = x.position, violations = x.violations, key = x.key,
                protected_record = coalesce(e.protected_record, x.protected_record), replayable = x.replayable,
                contract_revision_id = r.contract_revision_id, seen_seq = coalesce(r.base_seq, e.seen_seq),
                status = CASE WHEN e.status IN ('fixed', 'expired') OR (e.status = 'replayed' AND NOT a.stale) THEN 'open' ELSE e.status END
            FROM arrived a JOIN hub.quarantine x ON x.id = a.first LEFT JOIN hub.runs r ON r.id = $1
            WHERE e.dataset_id = $2 AND e.identity = a.identity AND e.status <> 'arriving'
            """, cancellation, run, datasetId);
        await ExecuteAsync(connection, """
            DELETE FROM hub.quarantine q WHERE q.run_id = $1 AND q.status = 'arriving' AND EXISTS (
                SELECT 1 FROM hub.quarantine e WHERE e.dataset_id = $2 AND e.identity = q.identity AND e.status <> 'arriving')
            """, cancellation, run, datasetId);
        await ExecuteAsync(connection, """
            WITH arrived AS (
                SELECT identity, min(id) AS first, sum(occurrences)::int AS occurrences, bool_or(stale) AS stale
                FROM hub.quarantine WHERE run_id = $1 AND status = 'arriving' GROUP BY identity)
            UPDATE hub.quarantine q SET status = 'open', occurrences = a.occurrences, stale = a.stale, first_run_id = $1, first_seen = now(),
                last_seen = now(), contract_revision_id = (SELECT contract_revision_id FROM hub.runs WHERE id = $1),
                seen_seq = coalesce((SELECT base_seq FROM hub.runs WHERE id = $1), (SELECT max(seq) FROM hub.versions WHERE dataset_id = $2), 0)
            FROM arrived a WHERE q.id = a.first
            """, cancellation, run, datasetId);
        await ExecuteAsync(connection, "DELETE FROM hub.quarantine WHERE run_id = $1 AND status = 'arriving'", cancellation, run);
    }

    internal static async Task<int> ExecuteAsync(NpgsqlConnection connection, string text, CancellationToken cancellation, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(text, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return await command.ExecuteNonQueryAsync(cancellation);
    }
}
