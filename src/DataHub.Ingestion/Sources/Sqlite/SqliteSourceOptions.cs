using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Sqlite;

/// <summary>Settings of a SQLite source, checked and typed. A source is one database file.</summary>
internal sealed record SqliteSourceOptions
{
    /// <summary><c>file</c>: the database, below the hub's root for file sources. Required.</summary>
    public required string File { get; init; }

    /// <summary>
    /// <c>lockTimeout</c>, seconds, 1-3600. Default 10: how long a writer's exclusive lock is waited for before the pull fails
    /// as <c>source_locked</c>, which is retried.
    /// </summary>
    public required int LockSeconds { get; init; }

    public static SqliteSourceOptions Read(SourceSettings source, SettingsCheck check)
    {
        var options = new SqliteSourceOptions
        {
            File = check.Required("file"),
            LockSeconds = check.Number("lockTimeout", 10, 1, 3600),
        };
        if (options.File.Length > 0 && !FileSourceFolder.IsInside(options.File))
        {
            check.Add(
                "file", "source_file_outside_folder",
                "file phải là đường dẫn tương đối bên trong thư mục gốc, không có “..”.",
                "file must be a relative path inside the root, without \"..\".");
        }

        check.RefuseUnknown();
        return options;
    }
}
