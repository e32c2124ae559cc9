using DataHub.Core.Sources;
using Npgsql;
using NpgsqlTypes;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>
/// What an account may read, with a proposal for every column: three catalogue statements, whatever the number of tables. A column
/// whose type is refused is listed without a proposal, its note says why.
/// </summary>
internal sealed class PostgresListing(PostgresSession session)
{
    private sealed record Column(
        uint Relation, string Name, string NativeType, bool Nullable, uint Type, int Modifier, string? Comment, string[] Checks);

    public async Task<IReadOnlyList<SourceTable>> ReadAsync(CancellationToken cancellation)
    {
        var schemas = new NpgsqlParameter<string[]> { TypedValue = [.. session.Options.Schemas] };
        var tables = await session.QueryAsync(PostgresCatalogueSql.Tables, ReadTable, cancellation, schemas);
        var relations = new NpgsqlParameter
        {
            Value = tables.Select(t => t.Relation).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Oid,
        };
        var columns = await session.QueryAsync(PostgresCatalogueSql.Columns, ReadColumn, cancellation, relations);
        var types = await PostgresTypeReader.ReadAsync(session, columns.Select(c => c.Type), cancellation);
        var byRelation = columns.ToLookup(c => c.Relation, c => Describe(c, types[c.Type]));
        return [.. tables.Select(t => t.Table with { Columns = [.. byRelation[t.Relation]] })];
    }

    private static SourceTableColumn Describe(Column column, PostgresType type)
    {
        var refused = type.Form == PostgresForm.Refused;
        var (proposed, note) = PostgresTypes.Propose(column.Type, column.Modifier);
        note = PostgresNotes.Both(PostgresNotes.Both(note, type.Note), PostgresNotes.Domain(column.NativeType, column.Checks));
        return new SourceTableColumn(column.Name, column.NativeType, column.Nullable, refused ? null : proposed, note)
        {
            MaxLength = PostgresTypes.MaxLength(column.Type, column.Modifier),
            NeedsTimeZone = column.Type == PostgresTypes.Timestamp,
            Comment = column.Comment,
        };
    }

    private static (uint Relation, SourceTable Table) ReadTable(NpgsqlDataReader row)
    {
        var name = new PostgresName(row.GetString(1), row.GetString(2)).ToString();
        var table = new SourceTable(SourceTableId.From(name), name, row.GetString(3) is "v" or "m" ? "view" : "table")
        {
            EstimatedRows = row.IsDBNull(4) ? null : (long)row.GetDouble(4),
            Comment = row.IsDBNull(5) ? null : row.GetString(5),
            Key = row.IsDBNull(6) ? [] : row.GetFieldValue<string[]>(6),
        };
        return (row.GetFieldValue<uint>(0), table);
    }

    private static Column ReadColumn(NpgsqlDataReader row) => new(
        row.GetFieldValue<uint>(0), row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetFieldValue<uint>(4),
        row.GetInt32(5), row.IsDBNull(6) ? null : row.GetString(6), row.GetFieldValue<string[]>(7));
}
