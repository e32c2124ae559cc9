using Npgsql;

namespace DataHub.Storage.Runs;

/// <summary>
/// Chooses the run that a worker may take, and locks it: the oldest open one whose dataset is not paused and whose source may be asked now. Where a source limits its
/// runs, the choice is made twice: once for all, and, behind the lock of the source's limits, by a second statement, which sees what a worker that came first has taken.
/// </summary>
internal static class ClaimableRun
{
    // A claim is not worth waiting long for; what a worker that freezes in the middle has locked, its pool lets go (StoreConnections.FrozenNodeTimeout).
    private const string Settings = "SET LOCAL lock_timeout = '5s'";

    // Open runs alone are looked at, in the order of ix_runs_open. SKIP LOCKED: another worker is taking that one.
    private const string Choice = """
        WITH blocked AS MATERIALIZED (
            SELECT l.source_id FROM hub.source_limits l
            LEFT JOIN (SELECT d.source_id, count(*) AS runs FROM hub.runs r JOIN hub.datasets d ON d.id = r.dataset_id
                WHERE r.state = 'running' AND r.lease_until >= now() GROUP BY d.source_id) busy ON busy.source_id = l.source_id
            WHERE busy.runs >= l.max_runs
                OR (l.hour_runs >= l.runs_per_hour AND l.hour_began > now() - interval '1 hour')
                OR hub.blackout_until(l.source_id, now()) IS NOT NULL)
        SELECT r.id, d.source_id, l.max_runs IS NOT NULL OR l.runs_per_hour IS NOT NULL
        FROM hub.runs r JOIN hub.datasets d ON d.id = r.dataset_id LEFT JOIN hub.source_limits l ON l.source_id = d.source_id
        WHERE r.state IN ('queued', 'running') AND (r.state = 'queued' OR r.lease_until < now()) AND d.paused IS NULL
            AND NOT EXISTS (SELECT FROM blocked b WHERE b.source_id = d.source_id) AND d.source_id <> ALL ($1)
        ORDER BY r.id LIMIT 1 FOR UPDATE OF r SKIP LOCKED
        """;

    // The hour is a fixed one that begins with its first run; the row is locked, so that what it says is what counts.
    private const string Admission = """
        UPDATE hub.source_limits l SET
            hour_began = CASE WHEN l.hour_began > now() - interval '1 hour' THEN l.hour_began ELSE now() END,
            hour_runs = CASE WHEN l.hour_began > now() - interval '1 hour' THEN l.hour_runs + 1 ELSE 1 END
        WHERE l.source_id = $1
            AND (l.runs_per_hour IS NULL OR l.hour_runs < l.runs_per_hour OR l.hour_began <= now() - interval '1 hour')
            AND (l.max_runs IS NULL OR l.max_runs > (SELECT count(*) FROM hub.runs r JOIN hub.datasets d ON d.id = r.dataset_id
                WHERE r.state = 'running' AND r.lease_until >= now() AND d.source_id = l.source_id))
        """;

    /// <summary>Number of the chosen run, locked until the transaction of <paramref name="connection"/> ends; null when there is none.</summary>
    public static async Task<long?> LockAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var settings = new NpgsqlCommand(Settings, connection);
        await settings.ExecuteNonQueryAsync(cancellation);
        var refused = new List<string>();
        while (await ChooseAsync(connection, refused, cancellation) is var (run, source, limited))
        {
            if (!limited || await AdmitAsync(connection, source, cancellation))
            {
                return run;
            }

            refused.Add(source);
        }

        return null;
    }

    private static async Task<(long Run, string Source, bool Limited)?> ChooseAsync(
        NpgsqlConnection connection, List<string> refused, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Choice, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. refused] });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? (reader.GetInt64(0), reader.GetString(1), reader.GetBoolean(2)) : null;
    }

    private static async Task<bool> AdmitAsync(NpgsqlConnection connection, string source, CancellationToken cancellation)
    {
        await using (var locking = new NpgsqlCommand("SELECT FROM hub.source_limits WHERE source_id = $1 FOR UPDATE", connection))
        {
            locking.Parameters.Add(new NpgsqlParameter<string> { TypedValue = source });
            await locking.ExecuteNonQueryAsync(cancellation);
        }

        // A statement of its own: its snapshot is taken behind the lock.
        await using var command = new NpgsqlCommand(Admission, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = source });
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }
}
