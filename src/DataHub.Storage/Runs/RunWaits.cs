using DataHub.Storage.Connections;
using Npgsql;

namespace DataHub.Storage.Runs;

/// <summary>Why a queued run has not begun.</summary>
/// <param name="Code"><c>dataset_paused</c>, <c>source_blackout</c>, <c>source_runs_limit</c>, <c>source_hourly_limit</c> or <c>worker</c>.</param>
/// <param name="Until">When that is over, where it is known.</param>
public sealed record RunWait(string Code, DateTimeOffset? Until);

/// <summary>Says of queued runs why they wait, by the rules of <see cref="ClaimableRun"/>.</summary>
public sealed class RunWaits(StoreConnections connections)
{
    /// <summary>The waits of those of <paramref name="runs"/> that are queued.</summary>
    public async Task<IReadOnlyDictionary<long, RunWait>> FindAsync(IReadOnlyCollection<long> runs, CancellationToken cancellation)
    {
        var waits = new Dictionary<long, RunWait>();
        if (runs.Count == 0)
        {
            return waits;
        }

        await using var command = connections.Control.CreateCommand("""
            SELECT r.id,
                CASE WHEN d.paused IS NOT NULL THEN 'dataset_paused' WHEN b.until IS NOT NULL THEN 'source_blackout'
                    WHEN l.hour_runs >= l.runs_per_hour AND l.hour_began > now() - interval '1 hour' THEN 'source_hourly_limit'
                    WHEN l.max_runs <= (SELECT count(*) FROM hub.runs o JOIN hub.datasets e ON e.id = o.dataset_id
                        WHERE o.state = 'running' AND o.lease_until >= now() AND e.source_id = d.source_id) THEN 'source_runs_limit'
                    ELSE 'worker' END,
                CASE WHEN d.paused IS NOT NULL THEN NULL WHEN b.until IS NOT NULL THEN b.until
                    WHEN l.hour_runs >= l.runs_per_hour AND l.hour_began > now() - interval '1 hour' THEN l.hour_began + interval '1 hour' END
            FROM hub.runs r JOIN hub.datasets d ON d.id = r.dataset_id
            LEFT JOIN hub.source_limits l ON l.source_id = d.source_id
            LEFT JOIN LATERAL (SELECT hub.blackout_until(l.source_id, now()) AS until) b ON true
            WHERE r.id = ANY ($1) AND r.state = 'queued'
            """);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. runs] });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            waits[reader.GetInt64(0)] = new RunWait(reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2));
        }

        return waits;
    }
}
