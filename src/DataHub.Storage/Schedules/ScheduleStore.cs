using System.Text.Json;
using DataHub.Core.Errors;
using DataHub.Core.Schedules;
using DataHub.Storage.Connections;
using Npgsql;

namespace DataHub.Storage.Schedules;

/// <summary>Schedules as administrators set them: the truth from which due runs are made.</summary>
public sealed class ScheduleStore(StoreConnections connections, TimeProvider time)
{
    // Two changes at a time could close a circle that neither of them sees.
    private const string Serialise = "SELECT pg_advisory_xact_lock(1145591125, 0)";

    public async Task<StoredSchedule?> FindAsync(int dataset, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand("""
            SELECT s.time_zone, s.mode, s.enabled, s.cron, s.every_seconds, s.anchor, s.late_after_minutes, s.last::text, s.next_due, s.updated_by, s.updated_at,
                ARRAY(SELECT a.name FROM hub.schedule_dependencies d JOIN hub.datasets a ON a.id = d.after_id WHERE d.dataset_id = s.dataset_id ORDER BY a.name)
            FROM hub.schedules s WHERE s.dataset_id = $1
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = dataset });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
        {
            return null;
        }

        var schedule = new DatasetSchedule(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetBoolean(2))
        {
            Cron = reader.IsDBNull(3) ? null : reader.GetString(3),
            Every = reader.IsDBNull(4) ? null : TimeSpan.FromSeconds(reader.GetInt64(4)),
            Anchor = Time(reader, 5),
            LateAfterMinutes = reader.GetInt32(6),
            After = reader.GetFieldValue<string[]>(11),
        };
        var last = reader.IsDBNull(7) ? null : JsonSerializer.Deserialize<ScheduleOutcome>(reader.GetString(7), JsonSerializerOptions.Web);
        return new StoredSchedule(schedule, last, Time(reader, 8), reader.GetString(9), reader.GetFieldValue<DateTimeOffset>(10));
    }

    /// <summary>The circle that <paramref name="after"/> would close, by names; or null.</summary>
    public async Task<IReadOnlyList<string>?> FindCycleAsync(string dataset, IReadOnlyList<string> after, CancellationToken cancellation)
    {
        await using var connection = await connections.Control.OpenConnectionAsync(cancellation);
        return await FindCycleAsync(connection, dataset, after, cancellation);
    }

    /// <summary>Puts a schedule in the place of the former one, with a ledger entry. What is due next follows from it and the present time.</summary>
    /// <exception cref="HubErrorException">request_invalid with schedule_cycle.</exception>
    public async Task ReplaceAsync(int dataset, string name, DatasetSchedule schedule, string actor, CancellationToken cancellation)
    {
        await using var connection = await connections.Control.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync(connection, Serialise, cancellation);
        if (await FindCycleAsync(connection, name, schedule.After, cancellation) is { } cycle)
        {
            throw HubErrors.RequestInvalid([RequestCodes.ScheduleCycle.At("/after", string.Join(" → ", cycle))]).ToException();
        }

        await ExecuteAsync(connection, """
            INSERT INTO hub.schedules (dataset_id, cron, every_seconds, anchor, time_zone, mode, enabled, late_after_minutes, next_due, updated_by, updated_at)
            VALUES ($1, $2::text, $3::bigint, $4::timestamptz, $5, $6::text, $7, $8, $9::timestamptz, $10, now())
            ON CONFLICT (dataset_id) DO UPDATE SET cron = excluded.cron, every_seconds = excluded.every_seconds, anchor = excluded.anchor,
                time_zone = excluded.time_zone, mode = excluded.mode, enabled = excluded.enabled, late_after_minutes = excluded.late_after_minutes,
                next_due = excluded.next_due, updated_by = excluded.updated_by, updated_at = excluded.updated_at
            """, cancellation, dataset, schedule.Cron, schedule.Every is { } every ? (long)every.TotalSeconds : null, schedule.Anchor?.ToUniversalTime(),
            schedule.TimeZone, schedule.Mode, schedule.Enabled, schedule.LateAfterMinutes,
            schedule.Enabled ? schedule.Clock()?.Next(time.GetUtcNow()) : null, actor);
        await ExecuteAsync(connection, """
            WITH wanted AS (SELECT id FROM hub.datasets WHERE name = ANY ($2)),
            gone AS (DELETE FROM hub.schedule_dependencies WHERE dataset_id = $1 AND (NOT $3 OR after_id NOT IN (SELECT id FROM wanted)))
            INSERT INTO hub.schedule_dependencies (dataset_id, after_id) SELECT $1, id FROM wanted ON CONFLICT DO NOTHING
            """, cancellation, dataset, schedule.After.ToArray(), schedule.Enabled);
        await ExecuteAsync(connection, """
            INSERT INTO hub.ledger (at, event, actor, dataset, body) VALUES (now(), 'schedule.changed', $1, $2, $3::jsonb)
            """, cancellation, actor, name, JsonSerializer.Serialize(schedule, JsonSerializerOptions.Web));
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>False when there was none.</summary>
    public async Task<bool> DeleteAsync(int dataset, string name, string actor, CancellationToken cancellation)
    {
        await using var connection = await connections.Control.OpenConnectionAsync(cancellation);
        return await ExecuteAsync(connection, """
            WITH gone AS (DELETE FROM hub.schedules WHERE dataset_id = $1 RETURNING dataset_id)
            INSERT INTO hub.ledger (at, event, actor, dataset, body) SELECT now(), 'schedule.deleted', $2, $3, '{}' FROM gone
            """, cancellation, dataset, actor, name) == 1;
    }

    private static async Task<IReadOnlyList<string>?> FindCycleAsync(
        NpgsqlConnection connection, string dataset, IReadOnlyList<string> after, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            WITH RECURSIVE reached (id) AS (
                SELECT id FROM hub.datasets WHERE name = ANY ($1)
                UNION SELECT d.after_id FROM reached r JOIN hub.schedule_dependencies d ON d.dataset_id = r.id)
            SELECT w.name, a.name FROM reached r JOIN hub.schedule_dependencies d ON d.dataset_id = r.id
            JOIN hub.datasets w ON w.id = d.dataset_id JOIN hub.datasets a ON a.id = d.after_id
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. after] });
        var waits = new List<(string Dataset, string After)>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            waits.Add((reader.GetString(0), reader.GetString(1)));
        }

        return DependencyCycle.Find(dataset, after, waits.Where(w => w.Dataset != dataset).ToLookup(w => w.Dataset, w => w.After, StringComparer.Ordinal));
    }

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string text, CancellationToken cancellation, params object?[] parameters)
    {
        await using var command = new NpgsqlCommand(text, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter ?? DBNull.Value });
        }

        return await command.ExecuteNonQueryAsync(cancellation);
    }

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
