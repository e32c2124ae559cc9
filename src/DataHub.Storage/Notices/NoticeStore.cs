using DataHub.Core.Errors;
using DataHub.Storage.Connections;
using Npgsql;
using NpgsqlTypes;

namespace DataHub.Storage.Notices;

/// <summary>Something that a person should look at.</summary>
/// <param name="Kind">One of <see cref="NoticeStore.Kinds"/>.</param>
/// <param name="Code">What happened, for programs: the error, the hold, the reason of the pause.</param>
public sealed record Notice(long Id, DateTimeOffset At, string Kind, string Dataset, long? Run, string Code, Text Message)
{
    public string? AcknowledgedBy { get; init; }

    public DateTimeOffset? AcknowledgedAt { get; init; }
}

/// <summary>Which notices are wanted; null leaves open.</summary>
public sealed record NoticeQuestion(string? Kind, string? Dataset, bool? Acknowledged, long? Before, int Limit);

/// <summary>
/// Failed, held and late runs, missed due times and pauses, kept until somebody has seen them. Triggers write them in the statement that says so; <c>DueRuns</c> writes
/// those that nobody's statement says.
/// </summary>
public sealed class NoticeStore(StoreConnections connections)
{
    public static readonly IReadOnlyList<string> Kinds = ["run_failed", "run_held", "run_late", "schedule_missed", "dataset_paused"];

    private const string Columns =
        "n.id, n.at, n.kind, (SELECT name FROM hub.datasets d WHERE d.id = n.dataset_id), n.run_id, n.code, n.vi, n.en, n.acknowledged_by, n.acknowledged_at";

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<Notice>> ListAsync(NoticeQuestion question, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand($"""
            SELECT {Columns} FROM hub.notices n
            WHERE ($1 IS NULL OR n.kind = $1) AND ($2 IS NULL OR n.dataset_id = (SELECT id FROM hub.datasets WHERE name = $2))
                AND ($3 IS NULL OR (n.acknowledged_at IS NOT NULL) = $3) AND ($4 IS NULL OR n.id < $4)
            ORDER BY n.id DESC LIMIT $5
            """);
        Add(command, question.Kind, NpgsqlDbType.Text);
        Add(command, question.Dataset, NpgsqlDbType.Text);
        Add(command, question.Acknowledged, NpgsqlDbType.Boolean);
        Add(command, question.Before, NpgsqlDbType.Bigint);
        Add(command, question.Limit, NpgsqlDbType.Integer);
        return await ReadAsync(command, cancellation);
    }

    /// <summary>Notes who has seen it; the first one stays. Null where there is no such notice.</summary>
    public async Task<Notice?> AcknowledgeAsync(long id, string actor, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand($"""
            UPDATE hub.notices n SET acknowledged_by = coalesce(acknowledged_by, $2), acknowledged_at = coalesce(acknowledged_at, now())
            WHERE id = $1 RETURNING {Columns}
            """);
        Add(command, id, NpgsqlDbType.Bigint);
        Add(command, actor, NpgsqlDbType.Text);
        var notices = await ReadAsync(command, cancellation);
        return notices.Count == 0 ? null : notices[0];
    }

    private static async Task<IReadOnlyList<Notice>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var notices = new List<Notice>();
        while (await reader.ReadAsync(cancellation))
        {
            notices.Add(new Notice(reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetInt64(4), reader.GetString(5), new Text(reader.GetString(6), reader.GetString(7)))
            {
                AcknowledgedBy = reader.IsDBNull(8) ? null : reader.GetString(8),
                AcknowledgedAt = reader.IsDBNull(9) ? null : reader.GetFieldValue<DateTimeOffset>(9),
            });
        }

        return notices;
    }

    private static void Add(NpgsqlCommand command, object? value, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
}
