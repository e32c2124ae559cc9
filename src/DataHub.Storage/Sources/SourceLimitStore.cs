using System.Text.Json;
using DataHub.Core.Schedules;
using DataHub.Core.Sources;
using DataHub.Storage.Connections;
using Npgsql;
using NpgsqlTypes;

namespace DataHub.Storage.Sources;

/// <summary>When and how much a source may be asked.</summary>
public sealed record SourceLimits
{
    /// <summary>No limit at all.</summary>
    public static readonly SourceLimits None = new();

    /// <summary>Runs of the source under way at a time over all workers; null leaves it open.</summary>
    public int? MaxRuns { get; init; }

    /// <summary>Runs of the source begun within an hour over all workers; null leaves it open.</summary>
    public int? RunsPerHour { get; init; }

    /// <summary>Hours in which no run of the source begins.</summary>
    public IReadOnlyList<BlackoutWindow> Blackouts { get; init; } = [];

    /// <summary>What each node keeps to by itself.</summary>
    public SourcePacing Pacing { get; init; } = SourcePacing.Default;
}

/// <summary>Limits of sources as administrators set them; claiming (<c>ClaimableRun</c>) reads the same rows.</summary>
public sealed class SourceLimitStore(StoreConnections connections)
{
    /// <summary>Limits of a source, <see cref="SourceLimits.None"/> where nothing was set.</summary>
    public async Task<SourceLimits> FindAsync(string source, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand("""
            SELECT l.max_runs, l.runs_per_hour, l.pacing::text, (SELECT coalesce(json_agg(json_build_object(
                    'timeZone', b.time_zone, 'days', b.days, 'from', b.from_minute, 'until', b.until_minute) ORDER BY b.place), '[]')::text
                FROM hub.source_blackouts b WHERE b.source_id = l.source_id)
            FROM hub.source_limits l WHERE l.source_id = $1
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = source });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new SourceLimits
            {
                MaxRuns = reader.IsDBNull(0) ? null : reader.GetInt32(0),
                RunsPerHour = reader.IsDBNull(1) ? null : reader.GetInt32(1),
                Pacing = JsonSerializer.Deserialize<SourcePacing>(reader.GetString(2), JsonSerializerOptions.Web)!,
                Blackouts = JsonSerializer.Deserialize<List<BlackoutWindow>>(reader.GetString(3), JsonSerializerOptions.Web)!,
            }
            : SourceLimits.None;
    }

    /// <summary>Puts limits in the place of the former ones, with a ledger entry.</summary>
    public async Task ReplaceAsync(string source, SourceLimits limits, string actor, CancellationToken cancellation)
    {
        await using var connection = await connections.Control.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction);
        // The row is the lock under which workers count: it stays, and with it what the present hour has used.
        Add(batch, """
            INSERT INTO hub.source_limits (source_id, max_runs, runs_per_hour, pacing) VALUES ($1, $2, $3, $4)
            ON CONFLICT (source_id) DO UPDATE SET max_runs = $2, runs_per_hour = $3, pacing = $4
            """, source, limits.MaxRuns, limits.RunsPerHour, Json(limits.Pacing));
        Add(batch, "DELETE FROM hub.source_blackouts WHERE source_id = $1", source);
        for (var i = 0; i < limits.Blackouts.Count; i++)
        {
            var window = limits.Blackouts[i];
            Add(batch, "INSERT INTO hub.source_blackouts (source_id, place, time_zone, days, from_minute, until_minute) VALUES ($1, $2, $3, $4, $5, $6)",
                source, i, window.TimeZone, window.Days.ToArray(), window.From, window.Until);
        }

        Add(batch, "INSERT INTO hub.ledger (at, event, actor, body) VALUES (now(), 'source.limits_changed', $1, jsonb_build_object('source', $2::text, 'limits', $3))",
            actor, source, Json(limits));
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Whether PostgreSQL, which judges the windows, knows a time zone by this name.</summary>
    public async Task<bool> KnowsTimeZoneAsync(string name, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand("SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = $1)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static NpgsqlParameter Json<T>(T value) =>
        new() { Value = JsonSerializer.Serialize(value, JsonSerializerOptions.Web), NpgsqlDbType = NpgsqlDbType.Jsonb };

    private static void Add(NpgsqlBatch batch, string text, params object?[] parameters)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter as NpgsqlParameter ?? (parameter is null
                ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer } : new NpgsqlParameter { Value = parameter }));
        }

        batch.BatchCommands.Add(command);
    }
}
