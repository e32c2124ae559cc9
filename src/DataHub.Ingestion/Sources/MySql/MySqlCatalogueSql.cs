namespace DataHub.Ingestion.Sources.MySql;

/// <summary>The statements against a source's own catalogue: read-only, few, and alike on MariaDB 10.3+ and MySQL 5.7+.</summary>
internal static class MySqlCatalogueSql
{
    /// <summary>
    /// One round trip before the snapshot. Whatever the server was configured with, here a text means one thing: no limit
    /// cuts rows off in silence, and blanks of char(n) are off as the engine has them by default.
    /// </summary>
    public static string Session(MySqlSourceOptions options, bool isMariaDb)
    {
        var statement = options.StatementSeconds == 0 ? ""
            : isMariaDb ? string.Create(null, $", max_statement_time = {options.StatementSeconds}")
            : string.Create(null, $", max_execution_time = {options.StatementSeconds * 1000L}");
        return string.Create(null, $"""
            SET SESSION sql_mode = 'ONLY_FULL_GROUP_BY', time_zone = '+00:00', lc_time_names = 'en_US',
                sql_select_limit = 18446744073709551615, sql_big_selects = 1, group_concat_max_len = 16777216,
                lock_wait_timeout = {options.LockSeconds}, net_read_timeout = 60, net_write_timeout = 600,
                wait_timeout = {options.SilenceSeconds + 600}{statement}
            """);
    }

    /// <summary>Both for this transaction and for one that a query might begin.</summary>
    public static readonly string[] Begin =
    [
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "SET SESSION TRANSACTION READ ONLY",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    ];

    /// <summary>Text: the driver's own reading of times knows no microseconds of a function's result on old servers.</summary>
    public const string Clock = "SELECT DATE_FORMAT(UTC_TIMESTAMP(6), '%Y-%m-%d %H:%i:%s.%f')";

    /// <summary>
    /// Seconds since 1970 at which the oldest open transaction began, or null for none; needs the right PROCESS. Its time is the server's own, which
    /// UNIX_TIMESTAMP reads by the session's zone: that must be SYSTEM.
    /// </summary>
    public const string OldestBegin = """
        SELECT CAST(MIN(UNIX_TIMESTAMP(trx_started)) AS CHAR) FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id <> CONNECTION_ID()
        """;

    public static string Zone(string zone) => $"SET SESSION time_zone = '{zone}'";

    /// <summary>What tells this server from another: MySQL's identifier where there is one, else where it runs.</summary>
    public const string Identity = """
        SELECT COALESCE(MAX(CASE WHEN VARIABLE_NAME = 'SERVER_UUID' THEN VARIABLE_VALUE END),
            MAX(CASE WHEN VARIABLE_NAME = 'SERVER_UID' THEN VARIABLE_VALUE END),
            CONCAT(@@hostname, ':', @@port, ':', @@datadir)) FROM {0} WHERE VARIABLE_NAME IN ('SERVER_UUID', 'SERVER_UID')
        """;

    /// <summary>@d database. One row a relation.</summary>
    public const string Tables = """
        SELECT TABLE_NAME, TABLE_TYPE, TABLE_ROWS, TABLE_COMMENT
        FROM information_schema.TABLES
        WHERE TABLE_SCHEMA = @d AND TABLE_TYPE IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
        LIMIT 10000
        """;

    /// <summary>@d database, @t relation or null. As declared, invisible and generated ones too.</summary>
    public const string Columns = """
        SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, COLUMN_COMMENT,
               CHARACTER_MAXIMUM_LENGTH, EXTRA
        FROM information_schema.COLUMNS
        WHERE TABLE_SCHEMA = @d AND (@t IS NULL OR TABLE_NAME = @t)
        ORDER BY TABLE_NAME, ORDINAL_POSITION
        """;

    /// <summary>@d database. Columns of unique indexes, the primary key before others; whole columns only.</summary>
    public const string Keys = """
        SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME, SUB_PART IS NOT NULL OR NULLABLE = 'YES' OR COLUMN_NAME IS NULL
        FROM information_schema.STATISTICS
        WHERE TABLE_SCHEMA = @d AND NON_UNIQUE = 0
        ORDER BY TABLE_NAME, INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX
        """;

    /// <summary>@d database, @t relation. Kind and estimate; none where the account has no right on it.</summary>
    public const string Find = """
        SELECT TABLE_NAME, TABLE_TYPE, TABLE_ROWS FROM information_schema.TABLES
        WHERE TABLE_SCHEMA = @d AND TABLE_NAME = @t
        """;

    /// <summary>Names alone, for did-you-mean.</summary>
    public const string Names = "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = @d LIMIT 10000";

    /// <summary>Rights of this account that change anything, granted to it by name.</summary>
    public const string WritingGrants = """
        SELECT COUNT(*) FROM (
            SELECT GRANTEE, PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES
            UNION ALL SELECT GRANTEE, PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES
            UNION ALL SELECT GRANTEE, PRIVILEGE_TYPE FROM information_schema.TABLE_PRIVILEGES
            UNION ALL SELECT GRANTEE, PRIVILEGE_TYPE FROM information_schema.COLUMN_PRIVILEGES) p
        WHERE PRIVILEGE_TYPE NOT IN ('USAGE', 'SELECT', 'SHOW VIEW', 'SHOW DATABASES', 'PROCESS', 'REFERENCES',
                                     'REPLICATION CLIENT', 'BINLOG MONITOR', 'SLAVE MONITOR')
          AND GRANTEE = CONCAT('''', LEFT(CURRENT_USER(), CHAR_LENGTH(CURRENT_USER()) - 1
                - CHAR_LENGTH(SUBSTRING_INDEX(CURRENT_USER(), '@', -1))),
              '''@''', SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')
        """;

    /// <summary>Roles bring rights that the lists above do not name; MySQL 5.7 has none.</summary>
    public const string Roles = "SELECT COUNT(*) FROM information_schema.APPLICABLE_ROLES";

    /// <summary>The query alone: the server refuses what is more than one statement, or no statement.</summary>
    public static string Prepare(string sql) =>
        $"PREPARE hub FROM '{sql.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    public const string Execute = "EXECUTE hub";

    /// <summary>The read itself. The new line ends a comment that a query may end with.</summary>
    public static string Read(IEnumerable<string> expressions, string from, IReadOnlyList<string> conditions) =>
        $"SELECT {string.Join(", ", expressions)} FROM {from}{(conditions.Count > 0 ? " WHERE " : "")}{string.Join(" AND ", conditions)}";
}
