using DataHub.Core.Errors;
using DataHub.Core.Sources;
using SQLitePCL;

namespace DataHub.Ingestion.Sources.Sqlite;

/// <summary>
/// One read-only connection in one read transaction, which is one snapshot. It is used by one thread at a time; whatever
/// runs in it ends soon after the cancellation it heeds.
/// </summary>
internal sealed class SqliteSession : IDisposable
{
    /// <summary>Longest value, bytes: beyond it SQLite itself refuses, so that memory stays bounded.</summary>
    public const int MaxValueBytes = 64 << 20;

    private const int NoFollow = 0x01000000;
    private const int Defensive = 1010, LoadExtension = 1005, QuotedStrings = 1013, TrustedSchema = 1017;
    private const int InstructionsBetweenChecks = 10_000;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider time;
    private CancellationToken heeded;

    private SqliteSession(SqliteFile file, SqliteSourceOptions options, string source, TimeProvider time)
    {
        (File, Options, Source, this.time) = (file, options, source, time);
        Errors = new SqliteErrors(source, file);
    }

    public string Source { get; }

    public SqliteFile File { get; }

    public SqliteSourceOptions Options { get; }

    public SqliteErrors Errors { get; }

    public sqlite3 Database { get; private set; } = null!;

    public SqliteOpenAs OpenedAs { get; private set; }

    /// <summary>True when text must be brought to UTF-8 by SQLite first.</summary>
    public bool IsUtf16 { get; private set; }

    public static async Task<SqliteSession> OpenAsync(
        SourceSettings source, FileSourceOptions files, TimeProvider time, CancellationToken cancellation)
    {
        var check = new SettingsCheck(source);
        var options = SqliteSourceOptions.Read(source, check);
        check.ThrowIfAny();
        cancellation.ThrowIfCancellationRequested();
        Batteries_V2.Init();
        var file = SqliteFile.Find(source.Id, FileSourceFolder.Open(source.Id, files, "."), options.File);
        var session = new SqliteSession(file, options, source.Id, time);
        try
        {
            session.OpenedAs = session.HasLog() ? file.Logged() : SqliteOpenAs.Locked;
            session.Open();
            await session.BeginAsync(cancellation);
            return session;
        }
        catch (Exception)
        {
            session.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>From now on this token ends what runs.</summary>
    public void Heed(CancellationToken cancellation) => heeded = cancellation;

    /// <summary>The rows of a statement of the hub's own, as texts.</summary>
    public List<string?[]> Query(string sql)
    {
        var rows = new List<string?[]>();
        using var statement = Prepare(sql);
        while (Step(statement))
        {
            var row = new string?[raw.sqlite3_column_count(statement)];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = raw.sqlite3_column_text(statement, i).utf8_to_string();
            }

            rows.Add(row);
        }

        return rows;
    }

    public sqlite3_stmt Prepare(string sql)
    {
        var code = raw.sqlite3_prepare_v2(Database, sql, out var statement);
        return code == raw.SQLITE_OK ? statement : throw Failure(code);
    }

    /// <summary>True when there is a row.</summary>
    public bool Step(sqlite3_stmt statement) => raw.sqlite3_step(statement) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        var code => throw Failure(code),
    };

    public Exception Failure(int code)
    {
        heeded.ThrowIfCancellationRequested();
        var extended = raw.sqlite3_extended_errcode(Database);
        return Errors.Of((extended & 0xFF) == (code & 0xFF) ? extended : code, SqliteNative.SystemError(Database));
    }

    public void Dispose()
    {
        Database?.Dispose();
        File.Dispose();
    }

    /// <summary>
    /// Whether the header says write-ahead log. Asked without locks, where SQLite cannot open such a database, and so makes
    /// neither log nor index; the file is never opened past SQLite, because closing it would end this process's locks on it.
    /// </summary>
    private bool HasLog()
    {
        using var probe = Connect("nolock=1");
        var code = raw.sqlite3_exec(probe, "PRAGMA schema_version");
        return (code & 0xFF) == raw.SQLITE_CANTOPEN
            || (code == raw.SQLITE_OK || IsForLater(code) ? false : throw Errors.Of(code));
    }

    /// <summary>What the opening proper will meet too, and can wait for or explain better.</summary>
    private static bool IsForLater(int code) => SqliteErrors.IsWait(code) || (code & 0xFF) == raw.SQLITE_READONLY;

    private void Open()
    {
        Database = Connect(OpenedAs == SqliteOpenAs.AtRest ? "immutable=1" : "");
        SqliteNative.DropModules(Database);
        Set(Defensive, 1);
        Set(LoadExtension, 0);
        Set(QuotedStrings, 0);
        Set(TrustedSchema, 0);
        _ = raw.sqlite3_limit(Database, raw.SQLITE_LIMIT_LENGTH, MaxValueBytes);
        raw.sqlite3_progress_handler(Database, InstructionsBetweenChecks, _ => heeded.IsCancellationRequested ? 1 : 0, null);
        // Neither reads the file: it may be locked still.
        Execute("PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; BEGIN");
    }

    /// <summary>The first read takes the lock, and with it the snapshot; a writer that is about to commit is waited for.</summary>
    private async Task BeginAsync(CancellationToken cancellation)
    {
        Heed(cancellation);
        var started = time.GetTimestamp();
        while (raw.sqlite3_exec(Database, "SELECT count(*) FROM sqlite_schema") is var code && code != raw.SQLITE_OK)
        {
            if (!SqliteErrors.IsWait(code) || time.GetElapsedTime(started).TotalSeconds > Options.LockSeconds)
            {
                throw Failure(code);
            }

            await Task.Delay(LockPause, time, cancellation);
        }

        if (SqliteNative.HasMoved(Database) || !File.IsInPlace)
        {
            throw HubErrors.SourceFileOutsideFolder(Source, File.Name).ToException();
        }

        if (OpenedAs == SqliteOpenAs.Locked)
        {
            File.Note();
        }

        IsUtf16 = Query("PRAGMA encoding")[0][0] != "UTF-8";
    }

    private sqlite3 Connect(string parameters)
    {
        // A path that was resolved holds no link: to meet one now means that it was changed meanwhile.
        var uri = "file://" + string.Join('/', File.Path.Split('/').Select(Uri.EscapeDataString)) + "?" + parameters;
        var flags = raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI | raw.SQLITE_OPEN_NOMUTEX | raw.SQLITE_OPEN_PRIVATECACHE | NoFollow;
        var code = raw.sqlite3_open_v2(uri, out var database, flags, null);
        if (code == raw.SQLITE_OK)
        {
            _ = raw.sqlite3_extended_result_codes(database, 1);
            return database;
        }

        using (database)
        {
            throw Errors.Of(raw.sqlite3_extended_errcode(database), SqliteNative.SystemError(database));
        }
    }

    private void Set(int option, int value)
    {
        if (raw.sqlite3_db_config(Database, option, value, out _) is var code && code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }
    }

    private void Execute(string sql)
    {
        if (raw.sqlite3_exec(Database, sql) is var code && code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }
    }
}
