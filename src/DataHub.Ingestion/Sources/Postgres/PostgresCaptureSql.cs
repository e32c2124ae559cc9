namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>Statements of log-based capture, valid from PostgreSQL 10 on. Positions travel as numbers and text.</summary>
internal static class PostgresCaptureSql
{
    /// <summary>Key values of the log are read as text: in one form, whatever the account's settings are.</summary>
    public const string Pin = "SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'iso_8601'; SET extra_float_digits = 3; SET bytea_output = 'hex'";

    /// <summary>$1 relation as SQL, $2 publication, $3 key's columns: one row of what capture needs.</summary>
    public const string Ready = """
        SELECT current_setting('wal_level') = 'logical' AND NOT pg_is_in_recovery(),
               (SELECT r.rolreplication OR r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user),
               c.relkind = 'r' AND c.relpersistence = 'p' AND NOT c.relhassubclass,
               EXISTS (SELECT FROM pg_catalog.pg_publication p WHERE p.pubname = $2),
               EXISTS (SELECT FROM pg_catalog.pg_publication p
                       LEFT JOIN pg_catalog.pg_publication_rel pr ON pr.prpubid = p.oid AND pr.prrelid = c.oid
                       WHERE p.pubname = $2 AND (p.puballtables OR pr.oid IS NOT NULL)
                         AND p.pubinsert AND p.pubupdate AND p.pubdelete AND to_jsonb(p)->>'pubtruncate' = 'true'
                         AND to_jsonb(pr)->>'prqual' IS NULL AND to_jsonb(pr)->>'prattrs' IS NULL),
               c.relreplident = 'f' OR NOT EXISTS (
                   SELECT FROM unnest($3::text[]) k(name) WHERE NOT EXISTS (
                       SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a
                           ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey) AND a.attname = k.name
                       WHERE i.indrelid = c.oid AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident ELSE false END)),
               current_user::text
        FROM pg_catalog.pg_class c WHERE c.oid = $1::text::regclass
        """;

    /// <summary>
    /// $1 relation, $2 publication, $3 key's columns. The shape changes with whatever changes records without a record in the log: another
    /// table of the name, a rewrite, other columns, another or once more added publication.
    /// </summary>
    public const string Shape = """
        SELECT c.oid, md5(concat_ws('/', c.oid, pg_relation_filenode(c.oid),
                   (SELECT string_agg(concat_ws(',', a.attnum, a.attname, a.atttypid, a.atttypmod), ';' ORDER BY a.attnum)
                    FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
                   (SELECT concat_ws(',', p.oid, p.xmin, pr.oid, pr.xmin) FROM pg_catalog.pg_publication p
                    LEFT JOIN pg_catalog.pg_publication_rel pr ON pr.prpubid = p.oid AND pr.prrelid = c.oid WHERE p.pubname = $2))),
               (SELECT array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY k.n) FROM unnest($3::text[]) WITH ORDINALITY k(name, n)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = k.name),
               txid_current_snapshot()::text
        FROM pg_catalog.pg_class c WHERE c.oid = $1::text::regclass
        """;

    /// <summary>$1 slot, $2 most bytes of log to keep: how far it is confirmed, held by somebody, of use.</summary>
    public const string Slot = """
        SELECT coalesce((s.confirmed_flush_lsn - '0/0'::pg_lsn)::int8, 0), s.active,
               s.plugin = 'pgoutput' AND s.database = current_database() AND s.confirmed_flush_lsn IS NOT NULL
               AND coalesce(to_jsonb(s)->>'wal_status', '') <> 'lost' AND s.restart_lsn IS NOT NULL
               AND pg_current_wal_lsn() - s.restart_lsn <= $2::int8
        FROM pg_catalog.pg_replication_slots s WHERE s.slot_name = $1
        """;

    public const string Create = """
        SELECT (lsn - '0/0'::pg_lsn)::int8 FROM pg_catalog.pg_create_logical_replication_slot($1::text::name, 'pgoutput')
        """;

    public const string Drop = "SELECT pg_catalog.pg_drop_replication_slot($1::text::name)";

    public const string Advance = "SELECT pg_catalog.pg_replication_slot_advance($1::text::name, $2::text::pg_lsn)";

    /// <summary>Where the next record of the log will begin, and whether all before $1 is on disk and so can be read.</summary>
    public const string Insert = "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::int8";

    public const string IsFlushed = "SELECT pg_current_wal_flush_lsn() >= $1::text::pg_lsn";

    /// <summary>The records of keys: those that are gone have their key alone, and true in the last column.</summary>
    public static string Keyed(string relation, IReadOnlyList<string> columns, IReadOnlyList<(string Name, string Type)> key, CaptureLog log)
    {
        var arrays = string.Join(", ", key.Select((_, i) => log.Literal(i)));
        var names = string.Join(", ", key.Select((_, i) => $"k{i}"));
        var casts = string.Join(", ", key.Select((k, i) => $"k{i}::{k.Type} AS k{i}"));
        var joined = string.Join(" AND ", key.Select((k, i) => $"t.{PostgresName.Quote(k.Name)} = k.k{i}"));
        var selected = columns.Select(c =>
        {
            var part = key.Index().Where(k => k.Item.Name == c).Select(k => k.Index).DefaultIfEmpty(-1).First();
            var quoted = PostgresName.Quote(c);
            return part < 0 ? $"t.{quoted}" : $"coalesce(t.{quoted}, k.k{part}) AS {quoted}";
        });
        return $"""
            (SELECT {string.Join(", ", selected)}, t.{PostgresName.Quote(key[0].Name)} IS NULL AS "hub deleted"
             FROM (SELECT {casts} FROM unnest({arrays}) u({names})) k LEFT JOIN {relation} t ON {joined}) q
            """;
    }
}
