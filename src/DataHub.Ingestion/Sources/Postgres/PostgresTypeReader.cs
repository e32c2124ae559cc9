using Npgsql;
using NpgsqlTypes;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>Asks a source's catalogue what its types are made of, and has each judged by <see cref="PostgresTypes"/>.</summary>
internal static class PostgresTypeReader
{
    public static async Task<IReadOnlyDictionary<uint, PostgresType>> ReadAsync(
        PostgresSession session, IEnumerable<uint> types, CancellationToken cancellation)
    {
        var rows = await session.QueryAsync(
            PostgresCatalogueSql.Types,
            r => (Root: r.GetFieldValue<uint>(0), Part: Part(r)),
            cancellation,
            new NpgsqlParameter
            {
                Value = types.Distinct().ToArray(),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Oid,
            });
        return rows.GroupBy(r => r.Root, r => r.Part).ToDictionary(g => g.Key, g => PostgresTypes.Judge([.. g]));
    }

    private static PostgresTypePart Part(NpgsqlDataReader row) => new(
        row.GetFieldValue<uint>(1), row.GetString(2), row.GetString(3)[0],
        row.IsDBNull(5) ? null : (row.GetString(4), row.GetString(5)));
}
