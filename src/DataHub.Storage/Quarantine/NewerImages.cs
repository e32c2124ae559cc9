using DataHub.Core.Versioning;
using DataHub.Storage.Connections;
using DataHub.Storage.Loads;
using DataHub.Storage.Versions;
using Npgsql;

namespace DataHub.Storage.Quarantine;

/// <summary>
/// Finds the entries of a replay whose key was published anew, or removed, after the entry was last seen: an old record must not overwrite what a later pull
/// brought.
/// </summary>
public sealed class NewerImages(StoreConnections connections)
{
    private readonly ConflictingKeys keys = new();

    /// <param name="keyFields">Tuple fields of the key alone.</param>
    /// <param name="entry">Whose record it is.</param>
    public void Add(ReadOnlySpan<byte> keyFields, long entry) => keys.Add(keyFields, new Arrived(Arrival.New, FirstPosition: entry));

    public async Task<IReadOnlyList<long>> FindAsync(LoadTarget target, CancellationToken cancellation)
    {
        var found = new List<long>();
        if (keys.Count == 0 || target.Pair is not { } pair)
        {
            return found;
        }

        var sql = new StoreSql(target.Layout);
        var table = WorkTables.Conflicts(target);
        await using var connection = await connections.Merge.OpenConnectionAsync(cancellation);
        await keys.WriteAsync(connection, sql, target.Layout.Key.Count, table, cancellation);

        // By the primary keys of both tables: history's begins with the key.
        await using (var command = new NpgsqlCommand($"""
            SELECT x.pos FROM {table} x JOIN hub.quarantine q ON q.id = x.pos
            WHERE EXISTS (SELECT 1 FROM {pair.Current} c WHERE {sql.KeysEqual("c", "x")} AND c.v_from > q.seen_seq)
                OR EXISTS (SELECT 1 FROM {pair.History} h WHERE {sql.KeysEqual("h", "x")} AND h.v_to > q.seen_seq)
            """, connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                found.Add(reader.GetInt64(0));
            }
        }

        await QuarantineSettlement.ExecuteAsync(connection, $"DROP TABLE {table}", cancellation);
        return found;
    }
}
