using DataHub.Core.Sources;
using Npgsql;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>What a hub wants to keep at its sources.</summary>
/// <param name="Prefix">Of all its slots, and of nobody else's.</param>
/// <param name="Slots">Each with the identity of the source that its dataset follows; null while it is unknown.</param>
internal sealed record WantedSlots(string Prefix, IReadOnlyList<(string Slot, string? Identity)> Slots)
{
    /// <summary>Two of the hub's sources may be one database, so that only the identity tells whose a slot is.</summary>
    public string[] At(string? identity) => [.. Slots.Where(s => identity is null || s.Identity is null || s.Identity == identity).Select(s => s.Slot)];
}

/// <summary>Finds and removes replication slots of this hub that nobody wants any more.</summary>
internal static class PostgresSlots
{
    /// <summary>$1 prefix of this hub's names, $2 those that are wanted, $3 most bytes of log that one of these may keep. One that is being read stays.</summary>
    private const string Remove = """
        SELECT s.slot_name::text, pg_catalog.pg_drop_replication_slot(s.slot_name)::text FROM pg_catalog.pg_replication_slots s
        WHERE left(s.slot_name::text, length($1)) = $1 AND NOT s.active AND s.database = current_database()
          AND (s.slot_name::text <> ALL ($2::text[]) OR pg_current_wal_lsn() - s.restart_lsn > $3::int8)
        """;

    /// <summary>Names of the slots that were removed: not wanted, or left unread until they keep more than the source's <c>slotMegabytes</c>.</summary>
    public static async Task<IReadOnlyList<string>> SweepAsync(
        SourceSettings source, SourceNetworkPolicy network, WantedSlots wanted, CancellationToken cancellation)
    {
        await using var session = await PostgresSession.ConnectAsync(source, network, cancellation);
        try
        {
            var identity = (await session.QueryAsync($"SELECT {PostgresCatalogueSql.Identity}", r => r.IsDBNull(0) ? null : r.GetString(0), cancellation))[0];
            return await session.QueryAsync(Remove, r => r.GetString(0), cancellation,
                new NpgsqlParameter<string> { TypedValue = wanted.Prefix }, new NpgsqlParameter<string[]> { TypedValue = wanted.At(identity) },
                new NpgsqlParameter<long> { TypedValue = session.Options.SlotMegabytes << 20 });
        }
        catch (Exception e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw session.Errors.WhileReading(e, "pg_replication_slots", isQuery: false);
        }
    }
}
