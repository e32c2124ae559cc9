namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>Statements of log-based capture, valid from PostgreSQL 10 on. Positions travel as numbers and text.</summary>
internal static class PostgresCaptureSql
{
    /// <summary>Key values of the log are read as text: in one form, whatever the account's settings are.</summary>
    public const string Pin = "SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'iso_8601'; SET extra_float_digits = 3; SET bytea_output = 'hex'";

    // The table itself, or all below a partitioned one; pg_partition_tree is younger than PostgreSQL 10.
    private const string Tree = """
        WITH RECURSIVE tree(oid, linked) AS (
            SELECT $1::text::regclass::oid, NULL::text
            UNION SELECT i.inhrelid, i.xmin::text FROM pg_catalog.pg_inherits i JOIN tree t ON i.inhparent = t.oid),
        leaf AS (SELECT l.oid, l.relkind, l.relpersistence, l.relreplident, t.linked FROM tree t JOIN pg_catalog.pg_class l ON l.oid = t.oid AND l.relkind <> 'p')
        """;

    /// <summary>
    /// $1 relation as SQL, $2 publication, $3 key's columns: one row of what capture needs. Changes of partitions are told either by the partition or by the
    /// partitioned table above it, as the publication says.
    /// </summary>
    public const string Ready = Tree + """

        SELECT current_setting('wal_level') = 'logical' AND NOT pg_is_in_recovery(),
               (SELECT r.rolreplication OR r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user),
               (c.relkind = 'p' OR NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid))
               AND NOT EXISTS (SELECT FROM leaf l WHERE l.relkind <> 'r' OR l.relpersistence <> 'p'),
               EXISTS (SELECT FROM pg_catalog.pg_publication p WHERE p.pubname = $2),
               EXISTS (SELECT FROM pg_catalog.pg_publication p
                       LEFT JOIN pg_catalog.pg_publication_rel pr ON pr.prpubid = p.oid AND pr.prrelid = c.oid
                       WHERE p.pubname = $2 AND (p.puballtables OR pr.oid IS NOT NULL)
                         AND p.pubinsert AND p.pubupdate AND p.pubdelete AND to_jsonb(p)->>'pubtruncate' = 'true'
                         AND to_jsonb(pr)->>'prqual' IS NULL AND to_jsonb(pr)->>'prattrs' IS NULL),
               NOT EXISTS (SELECT FROM pg_catalog.pg_publication p WHERE p.pubname = $2 AND CASE WHEN coalesce(to_jsonb(p)->>'pubviaroot', 'false') = 'true'
                   THEN c.relispartition ELSE c.relkind = 'p' END),
               NOT EXISTS (SELECT FROM leaf l CROSS JOIN unnest($3::text[]) k(name) WHERE l.relreplident <> 'f' AND NOT EXISTS (
                   SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = l.oid AND a.attnum = ANY (i.indkey) AND a.attname = k.name
                   WHERE i.indrelid = l.oid AND CASE l.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident ELSE false END)),
               current_user::text
        FROM pg_catalog.pg_class c WHERE c.oid = $1::text::regclass
        """;

    /// <summary>
    /// $1 relation, $2 publication, $3 key's columns. The shape changes with whatever changes records without a record in the log: another
    /// table of the name, a rewrite, other columns, another or once more added publication, partitions that came, went or were emptied.
    /// Types of the key come with their category as first letter.
    /// </summary>
    public const string Shape = Tree + """

        SELECT c.oid, md5(concat_ws('/', c.oid,
                   (SELECT string_agg(concat_ws(',', l.oid, pg_relation_filenode(l.oid), l.linked), ';' ORDER BY l.oid) FROM leaf l),
                   (SELECT string_agg(concat_ws(',', a.attnum, a.attname, a.atttypid, a.atttypmod), ';' ORDER BY a.attnum)
                    FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
                   (SELECT concat_ws(',', p.oid, p.xmin, pr.oid, pr.xmin) FROM pg_catalog.pg_publication p
                    LEFT JOIN pg_catalog.pg_publication_rel pr ON pr.prpubid = p.oid AND pr.prrelid = c.oid WHERE p.pubname = $2))),
               (SELECT array_agg(y.typcategory::text || format_type(a.atttypid, a.atttypmod) ORDER BY k.n) FROM unnest($3::text[]) WITH ORDINALITY k(name, n)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = k.name JOIN pg_catalog.pg_type y ON y.oid = a.atttypid),
               txid_current_snapshot()::text
        FROM pg_catalog.pg_class c WHERE c.oid = $1::text::regclass
        """;

    /// <summary>$1 slot, $2 most bytes of log to keep: how far it is confirmed, whether somebody holds it, and what makes it useless.</summary>
    public const string Slot = """
        SELECT coalesce((s.confirmed_flush_lsn - '0/0'::pg_lsn)::int8, 0), s.active,
               CASE WHEN s.plugin IS DISTINCT FROM 'pgoutput' OR s.database IS DISTINCT FROM current_database() THEN 'foreign'
                    WHEN coalesce(to_jsonb(s)->>'wal_status', '') = 'lost' OR s.restart_lsn IS NULL OR s.confirmed_flush_lsn IS NULL THEN 'lost'
                    WHEN pg_current_wal_lsn() - s.restart_lsn > $2::int8 THEN 'large' END
        FROM pg_catalog.pg_replication_slots s WHERE s.slot_name = $1
        """;

    public const string Create = """
        SELECT (lsn - '0/0'::pg_lsn)::int8 FROM pg_catalog.pg_create_logical_replication_slot($1::text::name, 'pgoutput')
        """;

    /// <summary>$1 slot, where it is there and nobody holds it.</summary>
    public const string Drop = """
        SELECT pg_catalog.pg_drop_replication_slot(s.slot_name) FROM pg_catalog.pg_replication_slots s WHERE s.slot_name = $1 AND NOT s.active
        """;

    public const string Advance = "SELECT pg_catalog.pg_replication_slot_advance($1::text::name, $2::text::pg_lsn)";

    /// <summary>Where the next record of the log will begin, and whether all before $1 is on disk and so can be read.</summary>
    public const string Insert = "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::int8";

    public const string IsFlushed = "SELECT pg_current_wal_flush_lsn() >= $1::text::pg_lsn";

    /// <summary>
    /// The records of keys: those that are gone have their key alone, and true in the last column. Keys that the log spells differently (1.0 and 1.00) are one
    /// by their type; texts that an index takes for one (citext) are two, as they are two records of the hub.
    /// </summary>
    public static string Keyed(string relation, IReadOnlyList<string> columns, IReadOnlyList<CaptureKey> key, CaptureLog log)
    {
        var arrays = string.Join(", ", key.Select((_, i) => log.Literal(i)));
        var names = string.Join(", ", key.Select((_, i) => $"k{i}"));
        var casts = string.Join(", ", key.Select((k, i) => $"{k.Cast($"k{i}")} AS k{i}"));
        var joined = string.Join(" AND ", key.Select((k, i) => k.Equal($"k.k{i}")));
        var selected = columns.Select(c =>
        {
            var part = key.Index().Where(k => k.Item.Name == c).Select(k => k.Index).DefaultIfEmpty(-1).First();
            var quoted = PostgresName.Quote(c);
            return part < 0 ? $"t.{quoted}" : $"coalesce(t.{quoted}, k.k{part}::{key[part].Type}) AS {quoted}";
        });
        return $"""
            (SELECT {string.Join(", ", selected)}, t.{PostgresName.Quote(key[0].Name)} IS NULL AS "hub deleted"
             FROM (SELECT DISTINCT {casts} FROM unnest({arrays}) u({names})) k LEFT JOIN {relation} t ON {joined}) q
            """;
    }
}
