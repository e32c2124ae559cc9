using DataHub.Core.Sources;
using MySqlConnector;

namespace DataHub.Ingestion.Sources.MySql;

/// <summary>Tables and views of the source's database, in three statements whatever their number.</summary>
internal static class MySqlListing
{
    public static async Task<IReadOnlyList<SourceTable>> ReadAsync(MySqlSession session, CancellationToken cancellation)
    {
        var database = ("@d", (string?)session.Options.Database);
        var tables = await session.QueryAsync(MySqlCatalogueSql.Tables, ReadTable, cancellation, database);
        var columns = (await session.QueryAsync(MySqlCatalogueSql.Columns, ReadColumn, cancellation, database, ("@t", null)))
            .ToLookup(c => c.Table, c => c.Column, StringComparer.Ordinal);
        var keys = (await session.QueryAsync(MySqlCatalogueSql.Keys, ReadKeyPart, cancellation, database))
            .ToLookup(k => k.Table, StringComparer.Ordinal);
        return
        [
            .. tables.OrderBy(t => t.Raw, StringComparer.Ordinal).Select(t => t.Table with
            {
                Columns = [.. columns[t.Raw]],
                Key = Key(keys[t.Raw]),
            }),
        ];
    }

    /// <summary>The primary key, else the first unique index of whole columns without nulls.</summary>
    private static IReadOnlyList<string> Key(IEnumerable<KeyPart> parts) =>
        parts.GroupBy(p => p.Index, StringComparer.Ordinal).FirstOrDefault(i => !i.Any(p => p.IsPartial)) is { } index
            ? [.. index.Select(p => p.Column)]
            : [];

    private sealed record KeyPart(string Table, string Index, string Column, bool IsPartial);

    private static (string Raw, SourceTable Table) ReadTable(MySqlDataReader row)
    {
        var raw = row.GetString(0);
        var name = new MySqlName(null, raw).ToString();
        var isView = row.GetString(1) == "VIEW";
        var comment = row.IsDBNull(3) ? "" : row.GetString(3);
        return (raw, new SourceTable(SourceTableId.From(name), name, isView ? "view" : "table")
        {
            EstimatedRows = isView || row.IsDBNull(2) ? null : row.GetInt64(2),
            // A view's comment is the word VIEW.
            Comment = isView || comment.Length == 0 ? null : comment,
        });
    }

    private static (string Table, SourceTableColumn Column) ReadColumn(MySqlDataReader row)
    {
        var (dataType, columnType, extra) = (row.GetString(2), row.GetString(3), row.GetString(7));
        var (proposed, note) = MySqlProposal.For(dataType, columnType, extra);
        var isText = dataType is "char" or "varchar";
        var column = new SourceTableColumn(row.GetString(1), columnType, row.GetString(4) == "YES", proposed, note)
        {
            MaxLength = isText && !row.IsDBNull(6) ? (int)row.GetInt64(6) : null,
            NeedsTimeZone = dataType == "datetime",
            Comment = row.GetString(5) is { Length: > 0 } comment ? comment : null,
        };
        return (row.GetString(0), column);
    }

    private static KeyPart ReadKeyPart(MySqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.IsDBNull(2) ? "" : row.GetString(2), row.GetInt64(3) != 0);
}
