using DataHub.Core.Errors;
using SQLitePCL;

namespace DataHub.Ingestion.Sources.Sqlite;

/// <summary>What went wrong, said by SQLite's result code. The one table of SQLite's errors for sources.</summary>
internal sealed class SqliteErrors(string source, SqliteFile file)
{
    private const int ShortRead = 522, CorruptFile = 1034, Moved = 1032, OpenedLink = 1550, AccessDenied = 13, NotPermitted = 1;

    /// <summary>True for what another connection's lock causes, and time may cure.</summary>
    public static bool IsWait(int code) =>
        (code & 0xFF) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL;

    /// <param name="code">Extended result code.</param>
    /// <param name="systemError">errno behind it, or 0.</param>
    public HubErrorException Of(int code, int systemError = 0) => Translate(code, systemError).ToException();

    private HubError Translate(int code, int systemError) => (code & 0xFF, code) switch
    {
        (_, ShortRead or CorruptFile) or (raw.SQLITE_CORRUPT, _) =>
            HubErrors.SourceDatabaseCorrupt(source, file.Name, file.Size, code),
        (_, OpenedLink or Moved) => HubErrors.SourceFileOutsideFolder(source, file.Name),
        (raw.SQLITE_NOTADB, _) => HubErrors.SourceDatabaseInvalid(source, file.Name),
        (raw.SQLITE_READONLY, _) => HubErrors.SourceRecoveryNeeded(source, file.Name, file.Unfinished),
        (raw.SQLITE_PERM or raw.SQLITE_AUTH, _) => HubErrors.SourcePermissionDenied(source, file.Name),
        (raw.SQLITE_CANTOPEN, _) when systemError is AccessDenied or NotPermitted =>
            HubErrors.SourcePermissionDenied(source, file.Name),
        (raw.SQLITE_CANTOPEN or raw.SQLITE_IOERR, _) => HubErrors.SourceFileUnreadable(source, file.Name),
        (raw.SQLITE_NOMEM or raw.SQLITE_FULL, _) => HubErrors.SourceBusy(source, Name(code)),
        _ when IsWait(code) => HubErrors.SourceLocked(source, file.Name),
        _ => HubErrors.SourceFailed(source, Name(code)),
    };

    private static string Name(int code) => FormattableString.Invariant($"SQLite {code}");
}
