using DataHub.Core.Sources;
using Npgsql;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>Finds and removes replication slots of this hub that nobody wants any more.</summary>
internal static class PostgresSlots
{
    /// <summary>$1 prefix of this hub's names, $2 those that are wanted. One that is being read stays.</summary>
    private const string Remove = """
        SELECT s.slot_name::text, pg_catalog.pg_drop_replication_slot(s.slot_name)::text FROM pg_catalog.pg_replication_slots s
        WHERE starts_with(s.slot_name::text, $1) AND s.slot_name::text <> ALL ($2::text[]) AND NOT s.active AND s.database = current_database()
        """;

    public static async Task<IReadOnlyList<string>> SweepAsync(
        SourceSettings source, SourceNetworkPolicy network, string prefix, string[] wanted, CancellationToken cancellation)
    {
        await using var session = await PostgresSession.ConnectAsync(source, network, cancellation);
        try
        {
            return await session.QueryAsync(Remove, r => r.GetString(0), cancellation,
                new NpgsqlParameter<string> { TypedValue = prefix }, new NpgsqlParameter<string[]> { TypedValue = wanted });
        }
        catch (Exception e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw session.Errors.WhileReading(e, "pg_replication_slots", isQuery: false);
        }
    }
}
