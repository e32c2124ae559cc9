using System.Text.Json;
using System.Text.Json.Serialization;
using DataHub.Core.Sources;
using DataHub.Storage.Connections;
using Npgsql;

namespace DataHub.Storage.Runs;

/// <summary>A kept position with who kept it.</summary>
/// <param name="Position">Where the source stood, or what an administrator set.</param>
/// <param name="Run">The run that published it, or null.</param>
/// <param name="Seq">Its version, or null.</param>
/// <param name="SetBy">Client that set it by hand, or null.</param>
/// <param name="At">When it was kept.</param>
public sealed record KeptWatermark(KeptPosition Position, long? Run, int? Seq, string? SetBy, DateTimeOffset At);

/// <summary>A dataset that may have a replication slot.</summary>
/// <param name="Dataset">Its id.</param>
/// <param name="Source">Its source now.</param>
/// <param name="Document">Its contract.</param>
/// <param name="Identity">Identity of the source at its newest published pull, or null.</param>
public sealed record CaptureFollower(int Dataset, string Source, string Document, string? Identity);

/// <summary>
/// Where the published pulls of a dataset stood in its source. Rows are added by the publish transaction (<c>PublishStatements</c>) and by an administrator, and by
/// nobody else.
/// </summary>
public sealed class WatermarkStore(StoreConnections connections)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Positions, newest first.</summary>
    public async Task<IReadOnlyList<KeptWatermark>> ReadAsync(int datasetId, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand("""
            SELECT position::text, run_id, seq, set_by, kept_at FROM hub.watermarks WHERE dataset_id = $1 ORDER BY id DESC LIMIT 400
            """);
        command.Parameters.Add(new() { Value = datasetId });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var kept = new List<KeptWatermark>();
        while (await reader.ReadAsync(cancellation))
        {
            kept.Add(new KeptWatermark(
                JsonSerializer.Deserialize<KeptPosition>(reader.GetString(0), Format)!, reader.IsDBNull(1) ? null : reader.GetInt64(1),
                reader.IsDBNull(2) ? null : reader.GetInt32(2), reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.GetFieldValue<DateTimeOffset>(4)));
        }

        return kept;
    }

    /// <summary>Sets where the next window begins; the identity of the source stays what it was. One transaction with its ledger entry.</summary>
    public async Task SetAsync(int datasetId, KeptPosition position, string actor, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand("""
            WITH kept AS (
                INSERT INTO hub.watermarks (dataset_id, position, set_by) VALUES ($1, $2::jsonb, $3) RETURNING dataset_id)
            INSERT INTO hub.ledger (at, event, actor, dataset, body)
            SELECT now(), 'watermark.set', $3, d.name, jsonb_build_object('column', $4::text, 'from', $5::text)
            FROM kept k JOIN hub.datasets d ON d.id = k.dataset_id
            """);
        foreach (var value in new object[] { datasetId, Write(position), actor, position.Column!, position.Floor! })
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Whether no full pull ended well within <paramref name="age"/>.</summary>
    public async Task<bool> IsFullDueAsync(int datasetId, TimeSpan age, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand("""
            SELECT NOT EXISTS (SELECT 1 FROM hub.runs WHERE dataset_id = $1 AND pulled = 'full' AND state IN ('published', 'unchanged')
                AND finished_at > now() - $2)
            """);
        command.Parameters.Add(new() { Value = datasetId });
        command.Parameters.Add(new() { Value = age });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>
    /// Name of the dataset's replication slot at its source: of this store alone (a copy of it restored elsewhere gets other names and pulls everything once).
    /// </summary>
    public async Task<string> CaptureNameAsync(int datasetId, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand("""
            SELECT 'datahub_' || left(md5(s.system_identifier || '/' || d.oid), 12) || '_' || $1
            FROM pg_catalog.pg_control_system() s, pg_catalog.pg_database d WHERE d.datname = current_database()
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = datasetId.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        return (string)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Sources of a kind, and the current contracts of its datasets that were not paused for longer than <paramref name="patience"/>.</summary>
    public async Task<(IReadOnlySet<string> Sources, IReadOnlyList<CaptureFollower> Datasets)> ReadFollowersAsync(
        string kind, TimeSpan patience, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand("""
            SELECT s.id, d.id, r.document::text,
                (SELECT w.position->'position'->>'identity' FROM hub.watermarks w WHERE w.dataset_id = d.id ORDER BY w.id DESC LIMIT 1)
            FROM hub.sources s
            LEFT JOIN hub.datasets d ON d.source_id = s.id AND (d.paused IS NULL OR (d.paused->>'at')::timestamptz > now() - $2)
            LEFT JOIN hub.contract_revisions r ON r.id = d.contract_revision_id
            WHERE s.kind = $1
            """);
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = patience });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var sources = new SortedSet<string>(StringComparer.Ordinal);
        var followers = new List<CaptureFollower>();
        while (await reader.ReadAsync(cancellation))
        {
            sources.Add(reader.GetString(0));
            if (!reader.IsDBNull(1))
            {
                followers.Add(new CaptureFollower(reader.GetInt32(1), reader.GetString(0), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3)));
            }
        }

        return (sources, followers);
    }

    internal static string Write(KeptPosition position) => JsonSerializer.Serialize(position, Format);
}
