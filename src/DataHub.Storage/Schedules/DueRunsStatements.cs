using System.Globalization;
using System.Text.Json;
using DataHub.Core.Schedules;
using Npgsql;
using NpgsqlTypes;

namespace DataHub.Storage.Schedules;

/// <summary>The statements of <see cref="DueRuns"/>. What they cost follows from what is due and what is open, never from how much has run.</summary>
/// <param name="at">The present by a clock that a test moves; null for the store's.</param>
internal sealed class DueRunsStatements(NpgsqlConnection connection, DateTimeOffset? at)
{
    /// <summary>Locks schedules whose time has come, oldest first; those that another node has are left to it.</summary>
    public async Task<IReadOnlyList<DueSchedule>> LockDueAsync(int most, CancellationToken cancellation)
    {
        // ix_schedules_due; the open run of a dataset by ix_runs_dataset_id, of which there is one.
        await using var command = Command("""
            SELECT s.dataset_id, d.name, s.cron, s.every_seconds, s.anchor, s.time_zone, s.mode, s.late_after_minutes, s.next_due,
                d.paused IS NOT NULL, o.id, coalesce($1, now())
            FROM hub.schedules s JOIN hub.datasets d ON d.id = s.dataset_id
            LEFT JOIN hub.runs o ON o.dataset_id = s.dataset_id AND o.state IN ('queued', 'running')
            WHERE s.next_due <= coalesce($1, now()) ORDER BY s.next_due LIMIT $2 FOR UPDATE OF s SKIP LOCKED
            """, Present, most);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var due = new List<DueSchedule>();
        while (await reader.ReadAsync(cancellation))
        {
            due.Add(ReadDue(reader));
        }

        return due;
    }

    /// <summary>Inserts runs; returns their numbers by dataset. A dataset that got another open run meanwhile is left out.</summary>
    public async Task<IReadOnlyDictionary<int, long>> InsertAsync(IReadOnlyList<RunToInsert> runs, CancellationToken cancellation)
    {
        var made = new Dictionary<int, long>();
        if (runs.Count == 0)
        {
            return made;
        }

        await using var command = Command("""
            INSERT INTO hub.runs (dataset_id, mode, state, requested_by, requested_at, contract_revision_id, due_at, late_at, cause, lease_number, cancel_requested,
                read, "new", changed, unchanged, rejected, duplicate, tombstones, removed, stale)
            SELECT d.id, coalesce(u.mode, CASE WHEN hub.contract_term(c.document, 'hub.mode') IN ('incremental', 'append', 'log') THEN 'incremental' ELSE 'full' END),
                'queued', 'schedule', now(), d.contract_revision_id, u.due, u.late, u.cause::jsonb, 0, false, 0, 0, 0, 0, 0, 0, 0, 0, 0
            FROM unnest($1, $2, $3, $4, $5) u (id, mode, due, late, cause)
            JOIN hub.datasets d ON d.id = u.id JOIN hub.contract_revisions c ON c.id = d.contract_revision_id
            ON CONFLICT DO NOTHING RETURNING dataset_id, id
            """, Array(runs.Select(r => r.DatasetId)), Texts(runs.Select(r => r.Mode)), Times(runs.Select(r => r.Due)),
            Times(runs.Select(r => (DateTimeOffset?)r.LateAt)), Texts(runs.Select(r => r.Cause)));
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            made.Add(reader.GetInt32(0), reader.GetInt64(1));
        }

        return made;
    }

    /// <summary>Writes what became of the due times, and the next ones.</summary>
    public async Task AdvanceAsync(IReadOnlyList<(DueSchedule Due, ScheduleOutcome Outcome)> outcomes, CancellationToken cancellation)
    {
        await using var command = Command("""
            UPDATE hub.schedules s SET next_due = u.next, last = u.last::jsonb FROM unnest($1, $2, $3) u (id, next, last) WHERE s.dataset_id = u.id
            """, Array(outcomes.Select(o => o.Due.DatasetId)), Times(outcomes.Select(o => o.Due.Next)),
            Texts(outcomes.Select(o => JsonSerializer.Serialize(o.Outcome, JsonSerializerOptions.Web))));
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Locks schedules for whose datasets another one was published, and which may run.</summary>
    public async Task<IReadOnlyList<RunToInsert>> LockAwaitedAsync(int most, CancellationToken cancellation)
    {
        // ix_schedule_dependencies_pending names the few that wait. While a run is open the mark stays, so that a publication in the middle of it is not lost.
        await using var command = Command("""
            SELECT s.dataset_id, d.name, s.mode, s.late_after_minutes, a.name, p.pending_seq, coalesce($1, now())
            FROM (SELECT dataset_id, min(after_id) AS after_id FROM hub.schedule_dependencies WHERE pending_seq IS NOT NULL GROUP BY dataset_id) w
            JOIN hub.schedules s ON s.dataset_id = w.dataset_id AND s.enabled
            JOIN hub.datasets d ON d.id = s.dataset_id AND d.paused IS NULL
            JOIN hub.schedule_dependencies p ON p.dataset_id = w.dataset_id AND p.after_id = w.after_id
            JOIN hub.datasets a ON a.id = w.after_id
            WHERE NOT EXISTS (SELECT FROM hub.runs o WHERE o.dataset_id = s.dataset_id AND o.state IN ('queued', 'running'))
            LIMIT $2 FOR UPDATE OF s SKIP LOCKED
            """, Present, most);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var runs = new List<RunToInsert>();
        while (await reader.ReadAsync(cancellation))
        {
            var cause = JsonSerializer.Serialize(new { kind = "publication", dataset = reader.GetString(4), seq = reader.GetInt32(5) });
            runs.Add(new RunToInsert(reader.GetInt32(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), null,
                reader.GetFieldValue<DateTimeOffset>(6).AddMinutes(reader.GetInt32(3)), cause));
        }

        return runs;
    }

    /// <summary>
    /// Takes the marks of publications away that a run inserted before will see. One that is being written at this moment stays: its publisher may hold what this
    /// transaction must not wait for, and a run too many does no harm.
    /// </summary>
    public async Task SettleAsync(IReadOnlyList<int> datasets, CancellationToken cancellation)
    {
        await using var command = Command("""
            UPDATE hub.schedule_dependencies d SET pending_seq = NULL FROM (
                SELECT dataset_id, after_id FROM hub.schedule_dependencies WHERE dataset_id = ANY ($1) AND pending_seq IS NOT NULL FOR UPDATE SKIP LOCKED) p
            WHERE d.dataset_id = p.dataset_id AND d.after_id = p.after_id
            """, Array(datasets));
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>A notice for each run that stands for due times that were missed.</summary>
    public async Task NoticeMissedAsync(IReadOnlyList<(DueSchedule Due, ScheduleOutcome Outcome)> late, CancellationToken cancellation)
    {
        if (late.Count == 0)
        {
            return;
        }

        await using var command = Command("""
            INSERT INTO hub.notices (kind, dataset_id, run_id, code, vi, en)
            SELECT 'schedule_missed', u.id, u.run, 'schedule_missed',
                format('Tập dữ liệu %s: %s thời điểm theo lịch đã qua mà không có tiến trình nào chạy; lần chạy %s thay cho tất cả.', u.name, u.missed, u.run),
                format('Dataset %s: %s due times passed while no scheduler ran; run %s stands for all of them.', u.name, u.missed, u.run)
            FROM unnest($1, $2, $3, $4) u (id, name, missed, run) ON CONFLICT DO NOTHING
            """, Array(late.Select(l => l.Due.DatasetId)), Texts(late.Select(l => l.Due.Dataset)), Array(late.Select(l => l.Outcome.Missed + 1)),
            Array(late.Select(l => l.Outcome.Run!.Value)));
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Notices runs that should have begun; each once.</summary>
    public async Task<IReadOnlyList<(long Run, string Dataset, DateTimeOffset Due)>> NoticeLateAsync(CancellationToken cancellation)
    {
        // ix_runs_late holds queued runs of schedules alone.
        await using var command = Command("""
            WITH late AS (
                SELECT r.id, r.dataset_id, d.name, coalesce(r.due_at, r.requested_at) AS due FROM hub.runs r JOIN hub.datasets d ON d.id = r.dataset_id
                WHERE r.state = 'queued' AND r.late_at <= coalesce($1, now())
                    AND NOT EXISTS (SELECT FROM hub.notices n WHERE n.run_id = r.id AND n.kind = 'run_late')
                ORDER BY r.late_at LIMIT 1000),
            noticed AS (
                INSERT INTO hub.notices (kind, dataset_id, run_id, code, vi, en)
                SELECT 'run_late', dataset_id, id, 'run_late',
                    format('Lần chạy %s của %s đến hạn lúc %s UTC mà chưa bắt đầu; xem mục waiting của lần chạy.', id, name, to_char(due AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')),
                    format('Run %s of %s was due at %s UTC and has not begun; see waiting in the run.', id, name, to_char(due AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'))
                FROM late ON CONFLICT DO NOTHING RETURNING run_id)
            SELECT l.id, l.name, l.due FROM late l JOIN noticed n ON n.run_id = l.id
            """, Present);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var late = new List<(long, string, DateTimeOffset)>();
        while (await reader.ReadAsync(cancellation))
        {
            late.Add((reader.GetInt64(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2)));
        }

        return late;
    }

    private static DueSchedule ReadDue(NpgsqlDataReader reader)
    {
        var schedule = new DatasetSchedule(reader.GetString(5), reader.IsDBNull(6) ? null : reader.GetString(6), true)
        {
            Cron = reader.IsDBNull(2) ? null : reader.GetString(2),
            Every = reader.IsDBNull(3) ? null : TimeSpan.FromSeconds(reader.GetInt64(3)),
            Anchor = reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4),
        };
        var now = reader.GetFieldValue<DateTimeOffset>(11);
        var (due, missed) = schedule.Clock() is { } clock
            ? clock.CatchUp(reader.GetFieldValue<DateTimeOffset>(8), now) : (reader.GetFieldValue<DateTimeOffset>(8), 0);
        return new DueSchedule(reader.GetInt32(0), reader.GetString(1), due, missed, schedule.Clock()?.Next(now), now)
        {
            Mode = schedule.Mode, LateAfterMinutes = reader.GetInt32(7), IsPaused = reader.GetBoolean(9),
            OpenRun = reader.IsDBNull(10) ? null : reader.GetInt64(10),
        };
    }

    private NpgsqlParameter Present =>
        new() { Value = at is { } time ? time.ToUniversalTime() : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter<T[]> Array<T>(IEnumerable<T> values) => new NpgsqlParameter<T[]> { TypedValue = [.. values] };

    private static NpgsqlParameter Texts(IEnumerable<string?> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter Times(IEnumerable<DateTimeOffset?> values) =>
        new() { Value = values.Select(v => v?.ToUniversalTime()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };

    private NpgsqlCommand Command(string text, params object[] parameters)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter as NpgsqlParameter ?? new NpgsqlParameter { Value = parameter });
        }

        return command;
    }
}
