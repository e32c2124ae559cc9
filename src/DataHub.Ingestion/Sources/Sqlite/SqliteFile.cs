using DataHub.Core.Errors;
using Microsoft.Win32.SafeHandles;

namespace DataHub.Ingestion.Sources.Sqlite;

/// <summary>How a database file is to be opened, by what lies beside it.</summary>
internal enum SqliteOpenAs
{
    /// <summary>By SQLite's own locks; a read lock on the file keeps writers from changing it.</summary>
    Locked,

    /// <summary>A write-ahead log that a program has open: SQLite's own protocol over the log and its index.</summary>
    Logged,

    /// <summary>
    /// A write-ahead database at rest. Its log and index would have to be made to be read by the protocol, so it is read as it
    /// lies, and a write at the same time is found by the file's facts at the end.
    /// </summary>
    AtRest,
}

/// <summary>
/// A database file inside the folder, held by a handle that opens nothing, and what lies beside it: SQLite also opens
/// <c>-journal</c>, <c>-wal</c> and <c>-shm</c>, by name.
/// </summary>
internal sealed class SqliteFile : IDisposable
{
    private readonly string source;
    private readonly SafeFileHandle place;
    private FileFacts first;

    private SqliteFile(string source, string name, string path, SafeFileHandle place) =>
        (this.source, Name, Path, this.place) = (source, name, path, place);

    /// <summary>As the setting has it: for messages.</summary>
    public string Name { get; }

    /// <summary>Absolute, every link followed.</summary>
    public string Path { get; }

    public long Size => first.Size;

    /// <summary>Last write to the database or its log.</summary>
    public DateTimeOffset Written =>
        SqliteNative.Facts(Path + "-wal") is { Size: > 0 } log && log.Written > first.Written ? log.Written : first.Written;

    public static SqliteFile Find(string source, FileSourceFolder folder, string name)
    {
        var (path, place) = folder.Locate(name);
        var file = new SqliteFile(source, name, path, place);
        try
        {
            file.Note();
            file.CheckOrdinary();
            return file;
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    /// <summary>Remembers the file's facts of now as those that the snapshot has.</summary>
    public void Note() => first = SqliteNative.Facts(place);

    /// <summary>True when the database file was written to since <see cref="Note"/>.</summary>
    public bool Changed => SqliteNative.Facts(place) != first;

    /// <summary>True when the path still leads to the file that was checked.</summary>
    public bool IsInPlace => SqliteNative.Facts(Path) is { } now && now.IsSameFile(first);

    /// <summary>How to open a database whose header says that it has a write-ahead log.</summary>
    public SqliteOpenAs Logged()
    {
        var log = SqliteNative.Facts(Path + "-wal");
        var index = SqliteNative.Facts(Path + "-shm");
        if (SqliteNative.Facts(Path + "-journal") is { Size: > 0 })
        {
            // Left where the mode was being changed: SQLite itself judges whether it is hot.
            return SqliteOpenAs.Locked;
        }

        return (log, index) switch
        {
            (null, _) or ({ Size: 0 }, null) => SqliteOpenAs.AtRest,
            (_, null) => throw HubErrors.SourceRecoveryNeeded(source, Name, Name + "-wal").ToException(),
            _ => SqliteOpenAs.Logged,
        };
    }

    /// <summary>The file that holds what was not finished.</summary>
    public string Unfinished => SqliteNative.Facts(Path + "-journal") is { Size: > 0 } ? Name + "-journal" : Name + "-wal";

    public void Dispose() => place.Dispose();

    private void CheckOrdinary()
    {
        if (!first.IsOrdinary)
        {
            throw HubErrors.SourceFileUnreadable(source, Name).ToException();
        }

        foreach (var beside in new[] { "-journal", "-wal", "-shm" })
        {
            // A link could lead anywhere, and SQLite would open what it leads to.
            if (SqliteNative.Facts(Path + beside) is { IsOrdinary: false })
            {
                throw HubErrors.SourceFileOutsideFolder(source, Name + beside).ToException();
            }
        }

        if (first.Size == 0)
        {
            throw HubErrors.SourceDatabaseEmpty(source, Name).ToException();
        }
    }
}
