namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>The statements against a source's own catalogue: read-only, few, and valid from PostgreSQL 10 on.</summary>
internal static class PostgresCatalogueSql
{
    /// <summary>
    /// What later text forms depend on is pinned; SET and BEGIN take no snapshot, so that a lock can come before it.
    /// </summary>
    public static string Begin(PostgresSourceOptions options) => string.Create(null, $"""
        BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
        SET LOCAL statement_timeout = {options.StatementSeconds * 1000L};
        SET LOCAL lock_timeout = {options.LockSeconds * 1000L};
        SET LOCAL idle_in_transaction_session_timeout = {(options.SilenceSeconds + 60) * 1000L};
        SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'iso_8601';
        SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = 'hex'
        """);

    /// <summary>
    /// Asked in a transaction of its own before the pull's: whoever is open at the pull's snapshot was open now, or began later than this time. The clock, the
    /// oldest begin that this account may see (of background workers too: a replication or a scheduler writes as well), and whether it may see all (a prepared transaction has no session to be seen).
    /// </summary>
    public const string Position = """
        SELECT clock_timestamp(), (SELECT min(a.xact_start) FROM pg_catalog.pg_stat_activity a
                   WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type <> 'autovacuum worker'),
               pg_has_role('pg_read_all_stats', 'USAGE')
               AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_prepared_xacts p WHERE p.database = current_database())
        """;

    /// <summary>What tells this server from another or a restored one: its identifier, its timeline and the database; null where the account may not see it.</summary>
    public const string Identity = """
        CASE WHEN has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AND has_function_privilege('pg_catalog.pg_control_checkpoint()', 'EXECUTE')
             THEN (SELECT s.system_identifier || '/' || c.timeline_id || '/' || d.oid
                   FROM pg_catalog.pg_control_system() s, pg_catalog.pg_control_checkpoint() c, pg_catalog.pg_database d
                   WHERE d.datname = current_database()) END
        """;

    /// <summary>The first statement that needs a snapshot: its time is the pull's as-of. For the next window: which transactions were open; and <see cref="Identity"/>.</summary>
    public const string Snapshot = """
        SELECT clock_timestamp(), current_setting('server_encoding') = 'SQL_ASCII',
               txid_snapshot_xmin(txid_current_snapshot()), txid_snapshot_xmax(txid_current_snapshot()), 
        """ + Identity;

    /// <summary>$1 schema or null (search path), $2 relation.</summary>
    public const string Resolve = """
        SELECT n.nspname, c.relkind::text, CASE WHEN c.reltuples < 0 THEN NULL ELSE c.reltuples::float8 END,
               has_schema_privilege(n.oid, 'USAGE')
               AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT')),
               has_table_privilege(c.oid, 'SELECT')
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = $2 AND c.relkind IN ('r','v','m','f','p')
          AND CASE WHEN $1::text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) ELSE n.nspname = $1 END
        """;

    /// <summary>$1: bounds the list of schemas when not empty. For did-you-mean and listings.</summary>
    private const string Readable = """
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r','v','m','f','p') AND NOT c.relispartition
          AND n.nspname NOT IN ('pg_catalog','information_schema') AND n.nspname !~ '^pg_(toast|temp)'
          AND (cardinality($1::text[]) = 0 OR n.nspname = ANY ($1::text[]))
          AND has_schema_privilege(n.oid, 'USAGE')
          AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))
        """;

    public const string Names = "SELECT n.nspname, c.relname " + Readable + " ORDER BY 1, 2 LIMIT 10000";

    /// <summary>One row a relation, in name order.</summary>
    public const string Tables = """
        SELECT c.oid, n.nspname, c.relname, c.relkind::text,
               CASE WHEN c.reltuples < 0 OR c.relkind = 'v' THEN NULL ELSE c.reltuples::float8 END,
               obj_description(c.oid, 'pg_class'),
               (SELECT array_agg(a.attname::text ORDER BY k.n)
                FROM (SELECT i.indkey, i.indnkeyatts, i.indrelid FROM pg_catalog.pg_index i
                      JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
                      WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
                        AND i.indexprs IS NULL
                        AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute z
                                        WHERE z.attrelid = c.oid AND z.attnum = ANY (i.indkey) AND NOT z.attnotnull)
                      ORDER BY i.indisprimary DESC, x.relname LIMIT 1) i,
                     unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, n)
                JOIN pg_catalog.pg_attribute a ON a.attnum = k.attnum
                WHERE a.attrelid = i.indrelid AND k.n <= i.indnkeyatts)
        """ + " " + Readable + " ORDER BY 2, 3 LIMIT 10000";

    /// <summary>
    /// $1 relations. Domains are followed to their base, nested ones too; the innermost modifier counts, all checks do.
    /// </summary>
    public const string Columns = """
        WITH RECURSIVE base(oid, type, modifier, nullable, checks) AS (
          SELECT t.oid, t.oid, -1, true, ARRAY[]::text[] FROM pg_catalog.pg_type t WHERE t.typtype <> 'd'
          UNION ALL
          SELECT t.oid, b.type, CASE WHEN b.modifier >= 0 THEN b.modifier ELSE t.typtypmod END,
                 b.nullable AND NOT t.typnotnull,
                 b.checks || ARRAY(SELECT pg_get_constraintdef(k.oid) FROM pg_catalog.pg_constraint k
                                   WHERE k.contypid = t.oid AND k.contype = 'c' ORDER BY k.conname)
          FROM base b JOIN pg_catalog.pg_type t ON t.typbasetype = b.oid AND t.typtype = 'd')
        SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull AND b.nullable, b.type,
               CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE b.modifier END,
               col_description(a.attrelid, a.attnum), b.checks
        FROM pg_catalog.pg_attribute a
        JOIN base b ON b.oid = a.atttypid
        WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
          AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
        ORDER BY a.attrelid, a.attnum
        """;

    /// <summary>
    /// $1 type OIDs. One row for each type and for each that it is made of: elements of arrays, fields of composites, bounds
    /// of ranges, bases of domains. UNION (not ALL) ends the walk, whatever refers to what.
    /// </summary>
    public const string Types = """
        WITH RECURSIVE part(root, oid) AS (
          SELECT t.oid, t.oid FROM pg_catalog.pg_type t WHERE t.oid = ANY ($1::oid[])
          UNION
          SELECT p.root, m.oid FROM part p JOIN pg_catalog.pg_type t ON t.oid = p.oid
          CROSS JOIN LATERAL (
            SELECT t.typbasetype AS oid WHERE t.typtype = 'd'
            UNION ALL SELECT t.typelem WHERE t.typcategory = 'A' AND t.typelem <> 0
            UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a
              WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
            UNION ALL SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE t.typtype = 'r' AND r.rngtypid = t.oid) m)
        SELECT p.root, p.oid, format_type(p.oid, NULL),
               CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN 'a' ELSE t.typtype::text END, t.typname, e.extname
        FROM part p JOIN pg_catalog.pg_type t ON t.oid = p.oid
        LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid
          AND d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e'
        LEFT JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
        ORDER BY p.root, p.oid <> p.root, p.oid
        """;

    /// <summary>Product, whether the account can write anything at all, and the clock.</summary>
    public const string Probe = """
        SELECT 'PostgreSQL ' || current_setting('server_version'),
               NOT EXISTS (SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                 WHERE c.relkind IN ('r','p') AND n.nspname NOT IN ('pg_catalog','information_schema')
                   AND n.nspname !~ '^pg_(toast|temp)' AND has_schema_privilege(n.oid, 'USAGE')
                   AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')),
               clock_timestamp()
        """;

    /// <summary>The blocking read: only needed columns, text where COPY BINARY has no plain form.</summary>
    public static string Copy(IEnumerable<string> expressions, string from, IEnumerable<string> conditions)
    {
        var where = string.Join(" AND ", conditions);
        return $"COPY (SELECT {string.Join(", ", expressions)} FROM {from}{(where.Length > 0 ? " WHERE " : "")}{where}) TO STDOUT (FORMAT BINARY)";
    }
}
