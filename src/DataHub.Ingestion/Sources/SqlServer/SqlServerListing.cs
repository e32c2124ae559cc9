using DataHub.Core.Sources;
using Microsoft.Data.SqlClient;

namespace DataHub.Ingestion.Sources.SqlServer;

/// <summary>Tables and views of the source's database, in three statements whatever their number.</summary>
internal static class SqlServerListing
{
    public static async Task<IReadOnlyList<SourceTable>> ReadAsync(SqlServerSession session, CancellationToken cancellation)
    {
        var tables = await session.QueryAsync(SqlServerCatalogueSql.Tables, ReadTable, cancellation);
        var columns = (await session.QueryAsync(SqlServerCatalogueSql.Columns, ReadColumn, cancellation)).ToLookup(c => c.Table, c => c.Column);
        var keys = (await session.QueryAsync(SqlServerCatalogueSql.Keys, ReadKeyPart, cancellation)).ToLookup(k => k.Table);
        return
        [
            .. tables.OrderBy(t => t.Table.Name, StringComparer.Ordinal).Select(t => t.Table with
            {
                Columns = [.. columns[t.Name]],
                Key = Key(keys[t.Name]),
            }),
        ];
    }

    /// <summary>The primary key, else the first unique index without nulls.</summary>
    private static IReadOnlyList<string> Key(IEnumerable<KeyPart> parts) =>
        parts.GroupBy(p => p.Index, StringComparer.Ordinal).FirstOrDefault(i => !i.Any(p => p.IsNullable)) is { } index
            ? [.. index.Select(p => p.Column)]
            : [];

    private sealed record KeyPart(SqlServerName Table, string Index, string Column, bool IsNullable);

    private static (SqlServerName Name, SourceTable Table) ReadTable(SqlDataReader row)
    {
        var name = new SqlServerName(row.GetString(0), row.GetString(1));
        var isView = row.GetString(2) == "V";
        return (name, new SourceTable(SourceTableId.From(name.ToString()), name.ToString(), isView ? "view" : "table")
        {
            EstimatedRows = isView || row.IsDBNull(3) ? null : row.GetInt64(3),
            Comment = Comment(row, 4),
        });
    }

    private static (SqlServerName Table, SourceTableColumn Column) ReadColumn(SqlDataReader row)
    {
        var column = new SqlServerColumn(row.GetString(2), row.GetString(3), row.GetInt32(4), row.GetInt32(5), row.GetInt32(6));
        var (proposed, note) = SqlServerProposal.For(column, row.GetInt32(8) == 1);
        return (new SqlServerName(row.GetString(0), row.GetString(1)),
            new SourceTableColumn(column.Name, column.NativeType, row.GetInt32(7) == 1, proposed, note)
            {
                MaxLength = column.Characters,
                NeedsTimeZone = column.Form is SqlServerForm.Local or SqlServerForm.OldLocal,
                Comment = Comment(row, 9),
            });
    }

    private static KeyPart ReadKeyPart(SqlDataReader row) =>
        new(new SqlServerName(row.GetString(0), row.GetString(1)), row.GetString(2), row.GetString(3), row.GetInt32(4) == 1);

    private static string? Comment(SqlDataReader row, int at) => !row.IsDBNull(at) && row.GetString(at) is { Length: > 0 } comment ? comment : null;
}
