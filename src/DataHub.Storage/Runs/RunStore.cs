using DataHub.Core.Sources;
using DataHub.Core.Versioning;
using DataHub.Storage.Connections;
using Npgsql;

namespace DataHub.Storage.Runs;

/// <summary>A run that this worker holds by a lease.</summary>
/// <param name="Lease">Fencing number: publishing checks it.</param>
/// <param name="SourceId">Source of its dataset.</param>
/// <param name="Document">Contract document of its revision.</param>
public sealed record ClaimedRun(long Id, int Lease, int DatasetId, string Dataset, string SourceId, long ContractRevisionId, string Document)
{
    /// <summary>full, incremental, reconcile or backfill.</summary>
    public string Mode { get; init; } = "full";

    /// <summary>A backfill's first watermark.</summary>
    public string? From { get; init; }

    /// <summary>First watermark behind a backfill.</summary>
    public string? To { get; init; }

    /// <summary>Removals that were announced for this run.</summary>
    public long ExpectRemoved { get; init; }

    /// <summary>Whether a source of another identity is right.</summary>
    public bool AcceptSource { get; init; }
}

/// <summary>How a run ended.</summary>
/// <param name="Code">Of its error or first hold, or null.</param>
public sealed record RunEnd(string State, double Seconds, long Read, string? Code);

/// <summary>Runs of the whole hub that are not at their end.</summary>
public sealed record RunTally(long Open, long Held, long Late);

/// <summary>
/// The queue of runs: claimed by SKIP LOCKED, kept by a lease that its worker renews. A run whose worker died is found by its lapsed lease and runs again from
/// the beginning; it left nothing but its own row.
/// </summary>
public sealed class RunStore(StoreConnections connections)
{
    /// <summary>How long a worker may be silent before its run is taken over.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(20);

    /// <summary>Takes the oldest open run that may begin (<see cref="ClaimableRun"/>), or null.</summary>
    public async Task<ClaimedRun?> ClaimAsync(string worker, CancellationToken cancellation)
    {
        await using var connection = await connections.Control.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await ClaimableRun.LockAsync(connection, cancellation) is not { } id)
        {
            return null;
        }

        await using var command = Command(connection, """
            WITH claimed AS (
                UPDATE hub.runs SET state = 'running', step = 'extract', lease_owner = $1, lease_number = lease_number + 1,
                    lease_until = now() + $2, started_at = coalesce(started_at, now()),
                    read = 0, "new" = 0, changed = 0, unchanged = 0, rejected = 0, duplicate = 0, tombstones = 0, removed = 0, stale = 0
                WHERE id = $3
                RETURNING id, lease_number, dataset_id, contract_revision_id, mode, window_from, window_to, expect_removed, accept_source)
            SELECT c.id, c.lease_number, c.dataset_id, d.name, d.source_id, c.contract_revision_id, r.document::text,
                c.mode, c.window_from, c.window_to, coalesce(c.expect_removed, 0), c.accept_source
            FROM claimed c JOIN hub.datasets d ON d.id = c.dataset_id JOIN hub.contract_revisions r ON r.id = c.contract_revision_id
            """, worker, LeaseTime, id);
        var run = await ReadAsync(command, cancellation);
        await transaction.CommitAsync(cancellation);
        return run;
    }

    private static async Task<ClaimedRun> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new ClaimedRun(reader.GetInt64(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4), reader.GetInt64(5),
            reader.GetString(6))
        {
            Mode = reader.GetString(7), From = reader.IsDBNull(8) ? null : reader.GetString(8), To = reader.IsDBNull(9) ? null : reader.GetString(9),
            ExpectRemoved = reader.GetInt64(10), AcceptSource = reader.GetBoolean(11),
        };
    }

    /// <summary>Forgets what an earlier attempt of the run left: its quarantine. Its tables carry another lease and go with the janitor.</summary>
    public Task ForgetAttemptAsync(ClaimedRun run, CancellationToken cancellation) =>
        ExecuteAsync("DELETE FROM hub.quarantine WHERE run_id = $1 AND status = 'arriving'", cancellation, run.Id);

    /// <summary>Renews the lease and stores progress; null when the run is lost, else whether somebody asked to cancel it.</summary>
    public async Task<bool?> RenewAsync(ClaimedRun run, RunCounts counts, long? estimated, CancellationToken cancellation)
    {
        await using var command = Command("""
            UPDATE hub.runs SET lease_until = now() + $3, read = $4, "new" = $5, changed = $6, unchanged = $7, rejected = $8, duplicate = $9, estimated = coalesce($10::bigint, estimated)
            WHERE id = $1 AND lease_number = $2 AND state = 'running' RETURNING cancel_requested
            """, run.Id, run.Lease, LeaseTime, counts.Read, counts.New, counts.Changed, counts.Unchanged, counts.Rejected, counts.Duplicate,
            (object?)estimated ?? DBNull.Value);
        return await command.ExecuteScalarAsync(cancellation) as bool?;
    }

    /// <summary>Notes the step that begins.</summary>
    public Task EnterAsync(ClaimedRun run, string step, CancellationToken cancellation) => ExecuteAsync(
        "UPDATE hub.runs SET step = $3 WHERE id = $1 AND lease_number = $2 AND state = 'running'", cancellation, run.Id, run.Lease, step);

    /// <summary>Notes what of the source is read: full, window or keys, and the window's bounds.</summary>
    public Task NotePullAsync(ClaimedRun run, string pulled, string? from, string? to, CancellationToken cancellation) => ExecuteAsync("""
        UPDATE hub.runs SET pulled = $3, window_from = $4, window_to = $5 WHERE id = $1 AND lease_number = $2 AND state = 'running'
        """, cancellation, run.Id, run.Lease, pulled, (object?)from ?? DBNull.Value, (object?)to ?? DBNull.Value);

    /// <summary>Keeps where the source stood, for the publish transaction to make it the dataset's; null for a run that moves no watermark.</summary>
    public Task StorePositionAsync(ClaimedRun run, KeptPosition? position, CancellationToken cancellation) => ExecuteAsync(
        "UPDATE hub.runs SET position = $3::jsonb WHERE id = $1 AND lease_number = $2 AND state = 'running'",
        cancellation, run.Id, run.Lease, position is null ? DBNull.Value : WatermarkStore.Write(position));

    /// <summary>Stores the final counts and what belongs to them, before the run's end is decided.</summary>
    public Task StoreCountsAsync(
        ClaimedRun run, RunCounts counts, DateTimeOffset asOf, int baseSeq, string? warnings, CancellationToken cancellation) => ExecuteAsync("""
        UPDATE hub.runs SET read = $3, "new" = $4, changed = $5, unchanged = $6, rejected = $7, duplicate = $8, tombstones = $9, removed = $10,
            stale = $11, as_of = $12, base_seq = $13, warnings = $14::jsonb
        WHERE id = $1 AND lease_number = $2 AND state = 'running'
        """, cancellation, run.Id, run.Lease, counts.Read, counts.New, counts.Changed, counts.Unchanged, counts.Rejected, counts.Duplicate,
        counts.Tombstones, counts.Removed, counts.Stale, asOf.ToUniversalTime(), baseSeq, (object?)warnings ?? DBNull.Value);

    /// <summary>
    /// Ends a run that found nothing new: the newest version was proved equal to the source. What was held is superseded by it. The position moves only where a
    /// person said that the source is rightly another one: else the next run would stop at it again. A replay looked at no source: it proves and supersedes nothing.
    /// </summary>
    /// <param name="followsLog">Whether the newest kept position moves to this run's: a log is kept until it was read, and nothing in it was news.</param>
    public Task EndUnchangedAsync(ClaimedRun run, bool followsLog, CancellationToken cancellation) => ExecuteAsync("""
        WITH ended AS (
            UPDATE hub.runs SET state = 'unchanged', step = NULL, finished_at = now(), lease_until = NULL
            WHERE id = $1 AND lease_number = $2 AND state = 'running' RETURNING dataset_id, mode, position),
        moved AS (UPDATE hub.watermarks w SET position = e.position FROM ended e
            WHERE $3 AND e.position IS NOT NULL AND w.id = (SELECT max(x.id) FROM hub.watermarks x WHERE x.dataset_id = e.dataset_id)),
        checked AS (UPDATE hub.datasets SET checked_at = now() WHERE id = (SELECT dataset_id FROM ended WHERE mode <> 'replay')),
        accepted AS (
            INSERT INTO hub.watermarks (dataset_id, run_id, position, set_by)
            SELECT r.dataset_id, r.id, r.position, r.requested_by FROM hub.runs r JOIN ended e ON e.dataset_id = r.dataset_id
            WHERE r.id = $1 AND r.accept_source AND r.position IS NOT NULL)
        UPDATE hub.runs SET state = 'superseded', decided_at = now()
        WHERE state = 'held' AND dataset_id = (SELECT dataset_id FROM ended WHERE mode <> 'replay')
        """, cancellation, run.Id, run.Lease, followsLog);

    /// <summary>Holds the run; an older held run of the dataset is superseded, because this one saw the newer state.</summary>
    /// <param name="run">The run.</param>
    /// <param name="candidate">What can be approved, JSON; null where nothing was read.</param>
    /// <param name="proposal">The contract document that would let the run go on, JSON; else null.</param>
    /// <param name="holds">Why, JSON.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task HoldAsync(ClaimedRun run, string? candidate, string? proposal, string holds, CancellationToken cancellation)
    {
        await using var connection = await connections.Control.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var supersede = Command(connection, """
            UPDATE hub.runs SET state = 'superseded', decided_at = now() WHERE state = 'held' AND dataset_id = $1
            """, run.DatasetId);
        await supersede.ExecuteNonQueryAsync(cancellation);
        await using var hold = Command(connection, """
            WITH held AS (
                UPDATE hub.runs SET state = 'held', step = NULL, finished_at = now(), lease_until = NULL, candidate = $3::jsonb, holds = $4::jsonb,
                    proposal = $6::jsonb
                WHERE id = $1 AND lease_number = $2 AND state = 'running' RETURNING id)
            INSERT INTO hub.ledger (at, event, actor, dataset, run_id, body) SELECT now(), 'run.held', 'hub', $5, id, $4::jsonb FROM held
            """, run.Id, run.Lease, (object?)candidate ?? DBNull.Value, holds, run.Dataset, (object?)proposal ?? DBNull.Value);
        if (await hold.ExecuteNonQueryAsync(cancellation) != 1)
        {
            throw Core.Errors.HubErrors.RunLost(run.Id).ToException();
        }

        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Ends a run that failed (<paramref name="state"/> failed) or was cancelled.</summary>
    public Task EndAsync(ClaimedRun run, string state, string? error, CancellationToken cancellation) => ExecuteAsync("""
        UPDATE hub.runs SET state = $3, step = CASE WHEN $3 = 'failed' THEN step END, finished_at = now(), lease_until = NULL, error = $4::jsonb
        WHERE id = $1 AND lease_number = $2 AND state = 'running'
        """, cancellation, run.Id, run.Lease, state, (object?)error ?? DBNull.Value);

    /// <summary>How a run of this worker's ended; null when it is open again or another worker's.</summary>
    public async Task<RunEnd?> FindEndAsync(ClaimedRun run, CancellationToken cancellation)
    {
        await using var command = Command("""
            SELECT state, extract(epoch FROM finished_at - started_at)::float8, read, coalesce(error ->> 'code', holds #>> '{0,code}') FROM hub.runs
            WHERE id = $1 AND lease_number = $2 AND state NOT IN ('queued', 'running') AND finished_at IS NOT NULL AND started_at IS NOT NULL
            """, run.Id, run.Lease);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new RunEnd(reader.GetString(0), reader.GetDouble(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetString(3)) : null;
    }

    /// <summary>How many runs are open, held and late; by partial indexes, whatever has run before.</summary>
    public async Task<RunTally> TallyAsync(CancellationToken cancellation)
    {
        await using var command = Command("""
            SELECT (SELECT count(*) FROM hub.runs WHERE state IN ('queued', 'running')), (SELECT count(*) FROM hub.runs WHERE state = 'held'),
                (SELECT count(*) FROM hub.runs WHERE state = 'queued' AND late_at <= now())
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new RunTally(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    /// <summary>Gives the run back to the queue, for another worker to begin again.</summary>
    public Task ReleaseAsync(ClaimedRun run, CancellationToken cancellation) => ExecuteAsync("""
        UPDATE hub.runs SET state = 'queued', step = NULL, lease_until = NULL WHERE id = $1 AND lease_number = $2 AND state = 'running'
        """, cancellation, run.Id, run.Lease);

    private async Task ExecuteAsync(string text, CancellationToken cancellation, params object[] parameters)
    {
        await using var command = Command(text, parameters);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private NpgsqlCommand Command(string text, params object[] parameters) => Fill(connections.Control.CreateCommand(text), parameters);

    private static NpgsqlCommand Command(NpgsqlConnection connection, string text, params object[] parameters) =>
        Fill(new NpgsqlCommand(text, connection), parameters);

    private static NpgsqlCommand Fill(NpgsqlCommand command, object[] parameters)
    {
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }
}
