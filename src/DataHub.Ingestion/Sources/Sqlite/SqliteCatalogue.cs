using System.Globalization;
using DataHub.Core.Sources;
using SQLitePCL;

namespace DataHub.Ingestion.Sources.Sqlite;

/// <summary>A table or view as the schema has it.</summary>
/// <param name="Name">Exactly as stored.</param>
/// <param name="IsView">A view.</param>
/// <param name="Module">Module of a virtual table, or null.</param>
internal sealed record SqliteTable(string Name, bool IsView, string? Module);

/// <summary>What the schema of a database says: tables, columns, keys and the estimates that ANALYZE left.</summary>
internal sealed class SqliteCatalogue(SqliteSession session)
{
    private const int MostTables = 10_000;

    // Tables that the full-text and R-tree modules keep their own content in.
    private static readonly string[] Shadows =
    [
        "content", "segments", "segdir", "docsize", "stat", "data", "idx", "config", "node", "rowid", "parent",
    ];

    /// <summary>In name order; neither SQLite's own nor those that virtual tables keep.</summary>
    public IReadOnlyList<SqliteTable> Tables()
    {
        var all = session.Query(
            "SELECT name, type, CASE WHEN sql LIKE 'CREATE VIRTUAL TABLE%' THEN sql END FROM sqlite_schema "
            + @"WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name LIMIT " + MostTables)
            .Select(r => new SqliteTable(r[0]!, r[1] == "view", Module(r[2]))).ToList();
        var virtuals = all.Where(t => t.Module is not null).Select(t => t.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. all.Where(t => !IsShadow(t.Name, virtuals))];
    }

    /// <summary>Rows by table as ANALYZE counted them.</summary>
    public IReadOnlyDictionary<string, long> Estimates()
    {
        var rows = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        if (session.Query("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1' AND type = 'table'").Count > 0)
        {
            foreach (var row in session.Query("SELECT tbl, stat FROM sqlite_stat1"))
            {
                if (row[0] is { } table && long.TryParse(
                    (row[1] ?? "").Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                {
                    rows[table] = count;
                }
            }
        }

        return rows;
    }

    public IReadOnlyList<SourceTableColumn> Columns(SqliteTable table)
    {
        var required = session.Query($"SELECT name FROM pragma_table_xinfo({Literal(table.Name)}) WHERE \"notnull\" OR pk")
            .Select(r => r[0]).ToHashSet();
        using var statement = session.Prepare("SELECT * FROM " + Quote(table.Name));
        return [.. SqliteColumn.Of(statement).Select(c => Column(c, !required.Contains(c.Name)))];
    }

    /// <summary>Primary key, else the first unique index, by name, of whole columns that take no null.</summary>
    public IReadOnlyList<string> Key(SqliteTable table)
    {
        var name = Literal(table.Name);
        var primary = Names($"SELECT name FROM pragma_table_xinfo({name}) WHERE pk > 0 ORDER BY pk");
        if (primary.Count > 0)
        {
            return primary;
        }

        foreach (var index in Names($"SELECT name FROM pragma_index_list({name}) WHERE \"unique\" AND NOT partial ORDER BY name"))
        {
            var columns = session.Query(
                "SELECT i.name, x.\"notnull\" FROM pragma_index_info(" + Literal(index) + ") i "
                + $"LEFT JOIN pragma_table_xinfo({name}) x ON x.name = i.name ORDER BY i.seqno");
            if (columns.TrueForAll(c => c[0] is not null && c[1] == "1"))
            {
                return [.. columns.Select(c => c[0]!)];
            }
        }

        return [];
    }

    /// <summary>An identifier, safe in SQL whatever it holds.</summary>
    public static string Quote(string identifier) => "\"" + identifier.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private List<string> Names(string sql) => [.. session.Query(sql).Select(r => r[0]!)];

    private static string Literal(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    private static SourceTableColumn Column(SqliteColumn column, bool nullable)
    {
        var (type, note) = SqliteTypes.Propose(column.Declared);
        return new SourceTableColumn(column.Name, column.Declared ?? "", nullable, type, note)
        {
            NeedsTimeZone = SqliteTypes.Read(column.Declared) == SqliteDeclared.Timestamp,
        };
    }

    private static bool IsShadow(string name, HashSet<string> virtuals) =>
        name.LastIndexOf('_') is > 0 and var at && Shadows.Contains(name[(at + 1)..]) && virtuals.Contains(name[..at]);

    private static string? Module(string? sql)
    {
        if (sql is null)
        {
            return null;
        }

        var using_ = sql.IndexOf(" USING ", StringComparison.OrdinalIgnoreCase);
        return using_ < 0 ? "?" : sql[(using_ + 7)..].Split('(', ' ', '\n')[0];
    }
}

/// <summary>A result column: its name and the type that the table column behind it declares, or null.</summary>
internal sealed record SqliteColumn(string Name, string? Declared)
{
    public static SqliteColumn[] Of(sqlite3_stmt statement) =>
    [
        .. Enumerable.Range(0, raw.sqlite3_column_count(statement)).Select(i => new SqliteColumn(
            raw.sqlite3_column_name(statement, i).utf8_to_string(),
            raw.sqlite3_column_decltype(statement, i).utf8_to_string() is { Length: > 0 } declared ? declared : null)),
    ];
}
