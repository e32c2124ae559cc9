using System.Globalization;
using System.Text.RegularExpressions;
using DataHub.Storage.Connections;
using Npgsql;

namespace DataHub.Storage.Runs;

/// <summary>
/// Drops working tables whose run does not need them any more: its worker died, it ended, or its held candidate was decided. Names carry run and lease; a table that
/// a pair or a held candidate names, or that a running lease owns, stays.
/// </summary>
public sealed partial class Janitor(StoreConnections connections)
{
    /// <summary>Drops what is orphaned; returns the names. Safe to call on several nodes at once.</summary>
    /// <param name="abandoned">A run whose worker gives up before its end is written: on a full disk there is no room for that otherwise.</param>
    public async Task<IReadOnlyList<string>> SweepAsync(CancellationToken cancellation, long? abandoned = null)
    {
        var dropped = new List<string>();
        foreach (var table in await FindAsync(abandoned, cancellation))
        {
            try
            {
                await DropAsync(table, cancellation);
                dropped.Add(table);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                // Somebody still looks at it; the next sweep takes it.
            }
        }

        return dropped;
    }

    // A worker that hangs, or a backup, may hold the table for hours: no other worker waits for that.
    private async Task DropAsync(string table, CancellationToken cancellation)
    {
        await using var connection = await connections.Merge.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var drop = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands = { new("SET LOCAL lock_timeout = '2s'"), new($"DROP TABLE IF EXISTS {table}") },
        };
        await drop.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private async Task<IReadOnlyList<string>> FindAsync(long? abandoned, CancellationToken cancellation)
    {
        await using var command = connections.Merge.CreateCommand("""
            SELECT t.name, coalesce(r.state, 'gone'), coalesce(r.lease_number, 0), coalesce(r.candidate::text LIKE '%' || t.name || '"%', false), t.run
            FROM (SELECT n.nspname || '.' || c.relname AS name, (regexp_match(c.relname, '_r(\d+)_\d+'))[1]::bigint AS run
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname IN ('work', 'store') AND c.relkind = 'r' AND c.relname ~ '_r\d+_\d+') t
            LEFT JOIN hub.runs r ON r.id = t.run
            WHERE NOT EXISTS (SELECT 1 FROM hub.store_pairs p WHERE t.name IN (p.current_table, p.history_table))
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var orphans = new List<string>();
        while (await reader.ReadAsync(cancellation))
        {
            var lease = int.Parse(LeaseOf().Match(reader.GetString(0)).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            var needed = reader.GetString(1) switch
            {
                "running" => lease == reader.GetInt32(2) && reader.GetInt64(4) != abandoned,
                "held" => reader.GetBoolean(3),
                _ => false,
            };
            if (!needed)
            {
                orphans.Add(reader.GetString(0));
            }
        }

        return orphans;
    }

    [GeneratedRegex(@"_r\d+_(\d+)")]
    private static partial Regex LeaseOf();
}
