namespace DataHub.Ingestion.Sources.SqlServer;

/// <summary>The statements against a source's own catalogue: read-only, few, for SQL Server 2016 and later.</summary>
internal static class SqlServerCatalogueSql
{
    /// <summary>
    /// Whatever the server was configured with, here a text means one thing, and no limit cuts rows or texts off in silence. In a
    /// deadlock the hub gives way.
    /// </summary>
    public static string Session(SqlServerSourceOptions options) => string.Create(null, $"""
        SET LANGUAGE us_english; SET DATEFORMAT ymd; SET ROWCOUNT 0; SET TEXTSIZE 2147483647; SET NOCOUNT OFF;
        SET QUOTED_IDENTIFIER ON; SET ANSI_NULLS ON; SET ANSI_PADDING ON; SET ANSI_WARNINGS ON; SET ARITHABORT ON;
        SET CONCAT_NULL_YIELDS_NULL ON; SET NUMERIC_ROUNDABORT OFF; SET IMPLICIT_TRANSACTIONS OFF; SET XACT_ABORT ON;
        SET DEADLOCK_PRIORITY LOW; SET LOCK_TIMEOUT {options.LockSeconds * 1000L}
        """);

    /// <summary>
    /// Where the server stands, before the snapshot. A restored database has another recovery fork or GUID; an account that may not see them
    /// gets the time of its creation, which a restore renews. The last column says whether the account sees every transaction.
    /// </summary>
    public const string State = """
        SELECT SYSUTCDATETIME(), CONVERT(bigint, MIN_ACTIVE_ROWVERSION()),
            CONVERT(int, d.snapshot_isolation_state), CONVERT(int, d.is_read_committed_snapshot_on),
            CASE CONVERT(nvarchar(60), DATABASEPROPERTYEX(d.name, N'Updateability')) WHEN N'READ_WRITE' THEN 1 ELSE 0 END,
            CONCAT(CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')), N'/', d.name, N'/', COALESCE(
                CONVERT(nvarchar(36), r.database_guid) + N'/' + CONVERT(nvarchar(36), r.recovery_fork_guid),
                CONVERT(nvarchar(30), d.create_date, 126))),
            CONVERT(nvarchar(60), SERVERPROPERTY(N'ProductVersion')),
            CASE WHEN 1 IN (HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW SERVER STATE'), HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW SERVER PERFORMANCE STATE'))
                THEN 1 ELSE 0 END
        FROM sys.databases d LEFT JOIN sys.database_recovery_status r ON r.database_id = d.database_id
        WHERE d.database_id = DB_ID()
        """;

    /// <summary>
    /// Seconds since the oldest transaction began that may write (read/write or distributed), in any database of the server; null for none.
    /// Its begin stands by the server's own clock, so that only its age is taken.
    /// </summary>
    public const string OldestAge = """
        SELECT MAX(DATEDIFF_BIG(second, transaction_begin_time, SYSDATETIME())) FROM sys.dm_tran_active_transactions
        WHERE transaction_type IN (1, 4) AND transaction_id <> CURRENT_TRANSACTION_ID()
        """;

    /// <summary>
    /// Row versions: the snapshot is taken by the first read behind it. Where only statements have them, the pull is one statement. In a
    /// transaction that nobody commits: whatever a query might write is undone.
    /// </summary>
    public static string Begin(SqlServerSnapshot snapshot) => $"SET TRANSACTION ISOLATION LEVEL {snapshot switch
    {
        SqlServerSnapshot.Transaction => "SNAPSHOT",
        SqlServerSnapshot.Statement => "READ COMMITTED",
        _ => "SERIALIZABLE",
    }}; BEGIN TRANSACTION";

    /// <summary>One row a relation; those of the system and the account's invisible ones are not among them.</summary>
    public const string Tables = """
        SELECT TOP (10000) s.name, o.name, RTRIM(o.type),
            (SELECT SUM(p.rows) FROM sys.partitions p WHERE p.object_id = o.object_id AND p.index_id IN (0, 1)),
            CONVERT(nvarchar(3000), e.value)
        FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id
            LEFT JOIN sys.extended_properties e
                ON e.class = 1 AND e.major_id = o.object_id AND e.minor_id = 0 AND e.name = N'MS_Description'
        WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0
        """;

    /// <summary>CLR types have no system type of their own: theirs is the declared one.</summary>
    public const string Columns = """
        SELECT s.name, o.name, c.name, COALESCE(TYPE_NAME(c.system_type_id), TYPE_NAME(c.user_type_id), N'?'),
            CONVERT(int, c.max_length), CONVERT(int, c.precision), CONVERT(int, c.scale), CONVERT(int, c.is_nullable),
            CONVERT(int, c.is_masked), CONVERT(nvarchar(3000), e.value)
        FROM sys.columns c JOIN sys.objects o ON o.object_id = c.object_id JOIN sys.schemas s ON s.schema_id = o.schema_id
            LEFT JOIN sys.extended_properties e
                ON e.class = 1 AND e.major_id = c.object_id AND e.minor_id = c.column_id AND e.name = N'MS_Description'
        WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0
        ORDER BY c.object_id, c.column_id
        """;

    /// <summary>Columns of unique indexes over all rows, the primary key before others, in the key's order.</summary>
    public const string Keys = """
        SELECT s.name, o.name, i.name, c.name, CONVERT(int, c.is_nullable)
        FROM sys.indexes i JOIN sys.objects o ON o.object_id = i.object_id JOIN sys.schemas s ON s.schema_id = o.schema_id
            JOIN sys.index_columns k ON k.object_id = i.object_id AND k.index_id = i.index_id AND k.key_ordinal > 0
            JOIN sys.columns c ON c.object_id = k.object_id AND c.column_id = k.column_id
        WHERE i.is_unique = 1 AND i.has_filter = 0 AND i.is_disabled = 0 AND o.type IN ('U', 'V') AND o.is_ms_shipped = 0
        ORDER BY i.object_id, CASE i.is_primary_key WHEN 1 THEN 0 ELSE 1 END, i.index_id, k.key_ordinal
        """;

    /// <summary>@q one SELECT: its columns without running it, or one row with the error.</summary>
    public const string Describe = """
        SELECT name, COALESCE(TYPE_NAME(system_type_id), user_type_name, N'?'), CONVERT(int, max_length), CONVERT(int, precision),
            CONVERT(int, scale), error_number, error_message
        FROM sys.dm_exec_describe_first_result_set(@q, NULL, 0)
        ORDER BY column_ordinal
        """;

    /// <summary>@t relation in brackets. An estimate; null for a view.</summary>
    public const string Rows = "SELECT SUM(rows) FROM sys.partitions WHERE object_id = OBJECT_ID(@t) AND index_id IN (0, 1)";

    /// <summary>@t relation in brackets. Columns whose values the account would get replaced by others.</summary>
    public const string Masked = """
        SELECT name FROM sys.columns
        WHERE object_id = OBJECT_ID(@t) AND is_masked = 1 AND 1 NOT IN (
            COALESCE(HAS_PERMS_BY_NAME(@t, N'OBJECT', N'UNMASK'), 0), COALESCE(HAS_PERMS_BY_NAME(NULL, N'DATABASE', N'UNMASK'), 0))
        """;

    /// <summary>Names alone, for did-you-mean.</summary>
    public const string Names = """
        SELECT TOP (10000) s.name, o.name FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id
        WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0
        """;

    /// <summary>Rights of this account that change anything: in the whole database, or on an object, its roles' among them.</summary>
    public const string WritingGrants = """
        SELECT (SELECT COUNT(*) FROM sys.fn_my_permissions(NULL, N'DATABASE')
                WHERE permission_name IN (N'INSERT', N'UPDATE', N'DELETE', N'ALTER', N'CONTROL', N'EXECUTE', N'TAKE OWNERSHIP')
                   OR permission_name LIKE N'CREATE %' OR permission_name LIKE N'ALTER ANY %')
             + (SELECT COUNT(*) FROM sys.database_permissions
                WHERE class IN (1, 3) AND major_id > 0 AND state IN ('G', 'W') AND type IN ('IN', 'UP', 'DL', 'AL', 'CL', 'EX', 'TO')
                  AND (grantee_principal_id = USER_ID() OR IS_MEMBER(USER_NAME(grantee_principal_id)) = 1))
        """;

    /// <summary>Tells a missing relation from one that this account may not read, and a view whose tables have changed.</summary>
    public static string Touch(SqlServerName name) => $"SELECT TOP (0) 1 AS x FROM {name.Sql}";

    /// <summary>The read itself.</summary>
    public static string Read(IEnumerable<string> expressions, string from, IReadOnlyList<string> conditions) =>
        $"SELECT {string.Join(", ", expressions)} FROM {from}{(conditions.Count > 0 ? " WHERE " : "")}{string.Join(" AND ", conditions)}";

    /// <summary>In a derived table's parentheses the grammar has room for one query expression and nothing else; the new line ends a comment.</summary>
    public static string Derived(string query) => $"({query}\n) q";
}
