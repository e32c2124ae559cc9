using DataHub.Storage.Connections;
using Npgsql;

namespace DataHub.Storage.Runs;

/// <summary>Where a run stood at a moment of the store's clock: its end, for one that has ended.</summary>
/// <param name="Read">Records read so far, as its worker told last.</param>
/// <param name="Estimated">Records that the source expected to deliver, or null.</param>
public sealed record RunSnapshot(long Id, string State, string? Step, int Attempt, DateTimeOffset? StartedAt, DateTimeOffset Now, long Read, long? Estimated)
{
    public long New { get; init; }

    public long Changed { get; init; }

    public long Unchanged { get; init; }

    public long Rejected { get; init; }

    public long Duplicate { get; init; }

    public long Removed { get; init; }

    public bool IsOpen => State is "queued" or "running";
}

/// <summary>Reads many runs in one question, for all who watch on a node.</summary>
public sealed class RunProgressReader(StoreConnections connections)
{
    public async Task<IReadOnlyList<RunSnapshot>> ReadAsync(IReadOnlyCollection<long> runs, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand("""
            SELECT id, state, step, lease_number, started_at, coalesce(finished_at, clock_timestamp()), read, estimated, "new", changed, unchanged, rejected, duplicate, removed
            FROM hub.runs WHERE id = ANY ($1)
            """);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. runs] });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new List<RunSnapshot>();
        while (await reader.ReadAsync(cancellation))
        {
            found.Add(new RunSnapshot(reader.GetInt64(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetInt32(3),
                reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4), reader.GetFieldValue<DateTimeOffset>(5), reader.GetInt64(6),
                reader.IsDBNull(7) ? null : reader.GetInt64(7))
            {
                New = reader.GetInt64(8), Changed = reader.GetInt64(9), Unchanged = reader.GetInt64(10), Rejected = reader.GetInt64(11),
                Duplicate = reader.GetInt64(12), Removed = reader.GetInt64(13),
            });
        }

        return found;
    }
}
