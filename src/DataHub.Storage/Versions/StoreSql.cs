using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Versioning;

namespace DataHub.Storage.Versions;

/// <summary>Names of a pair's tables.</summary>
public sealed record PairTables(string Current, string History);

/// <summary>Texts of the statements that make and fill a pair; pure. Identifiers come from column ids and run numbers only.</summary>
internal sealed class StoreSql(StoreLayout layout)
{
    public string Columns { get; } = string.Join(", ", layout.Columns.Select(Name));

    public string Key { get; } = string.Join(", ", layout.Key.Select(Name));

    public int ColumnCount => layout.Columns.Count;

    public static string Name(StoreColumn column) => string.Create(CultureInfo.InvariantCulture, $"c{column.Id}");

    /// <summary>PostgreSQL type of a declared type. Text orders by code point, whatever the server's locale.</summary>
    public static string TypeOf(ColumnType type) => type.Kind switch
    {
        ColumnKind.Text => "text COLLATE \"C\"",
        ColumnKind.Int32 => "integer",
        ColumnKind.Int64 => "bigint",
        ColumnKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"numeric({type.Precision},{type.Scale})"),
        ColumnKind.Float64 => "double precision",
        ColumnKind.Boolean => "boolean",
        ColumnKind.Date => "date",
        ColumnKind.Time => "time",
        ColumnKind.Timestamp => "timestamptz",
        _ => "bytea",
    };

    /// <summary>
    /// The current table of a new pair. 10 % of each page is left free so that updates in place keep rows in key order; vacuum never truncates,
    /// because that takes an exclusive lock.
    /// </summary>
    public string CreateCurrent(string table, int firstSeq) => string.Create(CultureInfo.InvariantCulture, $"""
        CREATE TABLE {table} (
            {Definitions(keyNotNull: true)},
            v_from integer NOT NULL DEFAULT {firstSeq}, row_hash uuid NOT NULL
        ) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05, vacuum_truncate = off)
        """);

    /// <summary>The append-only history table; a row was alive in [v_from, v_to).</summary>
    public string CreateHistory(string table) => $"""
        CREATE TABLE {table} (
            {Definitions(keyNotNull: true)},
            v_from integer NOT NULL, row_hash uuid NOT NULL, v_to integer NOT NULL, CHECK (v_from < v_to)
        )
        """;

    public string AddCurrentKey(string table) => $"ALTER TABLE {table} ADD PRIMARY KEY ({Key})";

    /// <summary>Indexes that publishing needs: the feed's (the first load's rows are left out) and history's three.</summary>
    public IEnumerable<string> CreateIndexes(PairTables pair, int firstSeq)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"CREATE INDEX ON {pair.Current} (v_from, {Key}) WHERE v_from > {firstSeq}");
        yield return $"ALTER TABLE {pair.History} ADD PRIMARY KEY ({Key}, v_to)";
        yield return $"CREATE INDEX ON {pair.History} (v_from, {Key})";
        yield return $"CREATE INDEX ON {pair.History} (v_to, {Key})";
    }

    /// <summary>
    /// Index of one filterable column, named so that it is made once. Nulls are lowest: read forwards it serves ascending, backwards descending order, each with the key
    /// behind in the same direction (docs/decisions/0007).
    /// </summary>
    public string FilterIndex(string table, StoreColumn column) =>
        $"CREATE INDEX IF NOT EXISTS {FilterIndexName(table, column)} ON {table} ({Name(column)} NULLS FIRST, {Key})";

    /// <summary>Name of a filterable column's index, without its schema.</summary>
    public static string FilterIndexName(string table, StoreColumn column) =>
        $"{table[(table.IndexOf('.', StringComparison.Ordinal) + 1)..]}_{Name(column)}_low";

    /// <summary>The difference against current: op i, u or d; a deleted record has its key alone.</summary>
    public string CreateDelta(string table) => $"""
        CREATE UNLOGGED TABLE {table} (op "char" NOT NULL, pos bigint, {Definitions(keyNotNull: true)}, row_hash uuid)
        """;

    /// <summary>A whole pull, for datasets too large to compare in memory. A rejected record has its key alone.</summary>
    public string CreateStage(string table) => $"""
        CREATE UNLOGGED TABLE {table} (rejected boolean NOT NULL, pos bigint, {Definitions(keyNotNull: true)}, row_hash uuid)
        """;

    public string CopyCurrent(string table) => $"COPY {table} ({Columns}, row_hash) FROM STDIN (FORMAT BINARY, FREEZE)";

    public string CopyDelta(string table) => $"COPY {table} (op, pos, {Columns}, row_hash) FROM STDIN (FORMAT BINARY)";

    public string CopyDeltaKeys(string table) => $"COPY {table} (op, {Key}) FROM STDIN (FORMAT BINARY)";

    public string CopyStage(string table) => $"COPY {table} (rejected, pos, {Columns}, row_hash) FROM STDIN (FORMAT BINARY)";

    /// <summary>Keys and hashes of current, in heap order.</summary>
    public string ReadKeysAndHashes(string current) => $"COPY (SELECT {Key}, row_hash FROM {current}) TO STDOUT (FORMAT BINARY)";

    /// <summary>Keys in conflict, with what the earlier record's quarantine entry needs.</summary>
    public string CreateConflicts(string table) => $"""
        CREATE UNLOGGED TABLE {table} ({string.Join(", ", layout.Key.Select(c => $"{Name(c)} {TypeOf(c.Type)}"))}, pos bigint, copies integer)
        """;

    public string CopyConflicts(string table) => $"COPY {table} ({Key}, pos, copies) FROM STDIN (FORMAT BINARY)";

    /// <summary><c>a.c1 = b.c1 AND …</c> over the key.</summary>
    public string KeysEqual(string a, string b) => string.Join(" AND ", layout.Key.Select(c => $"{a}.{Name(c)} = {b}.{Name(c)}"));

    public string ColumnsOf(string alias) => string.Join(", ", layout.Columns.Select(c => $"{alias}.{Name(c)}"));

    public string KeyOf(string alias) => string.Join(", ", layout.Key.Select(c => $"{alias}.{Name(c)}"));

    /// <summary>A stored record as a JSON object of texts by column name, for quarantine.</summary>
    public string RecordAsJson(string alias) =>
        $"json_object(ARRAY[{string.Join(", ", layout.Columns.Select(c => Literal(c.Name)))}], ARRAY[{string.Join(", ", layout.Columns.Select(c => $"{alias}.{Name(c)}::text"))}])::text";

    /// <summary>New images are copied over the old in place: readers keep finding the row in its page.</summary>
    public string UpdateColumns() => string.Join(", ", layout.Columns.Where(c => c.KeyPosition is null).Select(c => $"{Name(c)} = d.{Name(c)}"));

    /// <summary>A column name as SQL text; names come from a checked contract, and quotes are doubled all the same.</summary>
    private static string Literal(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    private string Definitions(bool keyNotNull) => string.Join(",\n    ", layout.Columns.Select(c =>
        $"{Name(c)} {TypeOf(c.Type)}{(keyNotNull && c.KeyPosition is not null ? " NOT NULL" : "")}"));
}
