using System.Runtime.InteropServices;
using DataHub.Core.Errors;
using DataHub.Ingestion.Sources.Files;
using Microsoft.Win32.SafeHandles;

namespace DataHub.Ingestion.Sources;

/// <summary>
/// A source's folder below the configured root, and the only way to a file in it. Paths are resolved link by link before
/// opening, and on Linux what was really opened is checked once more, so that a link swapped in between gains nothing.
/// </summary>
internal sealed class FileSourceFolder
{
    private const int MostLinks = 40;
    private const int MostFiles = 10_000;
    private const int ReadOnlyNonBlockingCloseOnExec = 0x800 | 0x80000;
    private const int PathOnlyCloseOnExec = 0x200000 | 0x80000;

    // Where a link leads is judged when a file is opened; none is found by looking around.
    private const FileAttributes Unlisted = FileAttributes.ReparsePoint | FileAttributes.Hidden;

    private readonly string source;
    private readonly string path;

    private FileSourceFolder(string source, string path) => (this.source, this.path) = (source, path);

    /// <summary>Takes a file by its path below the folder.</summary>
    public TakenFile Take(string file) => new(source, file, OpenFile(file));

    /// <summary>When a file was last written; null where that cannot be asked.</summary>
    public DateTimeOffset? Written(string file)
    {
        var touched = File.GetLastWriteTimeUtc(Resolve(file));
        return touched.Year > 1601 ? new DateTimeOffset(touched, TimeSpan.Zero) : null;
    }

    public static FileSourceFolder Open(string source, FileSourceOptions options, string folder)
    {
        if (options.Root is null)
        {
            throw HubErrors.SourceFilesDisabled().ToException();
        }

        var root = new FileSourceFolder(source, Real(Path.GetFullPath(options.Root)));
        var path = root.Resolve(folder);
        return Directory.Exists(path)
            ? new FileSourceFolder(source, path)
            : throw HubErrors.SourceFileMissing(source, folder).ToException();
    }

    /// <summary>True when a relative path could be one inside a folder, judged by its text alone.</summary>
    public static bool IsInside(string path) =>
        path.Length > 0 && !Path.IsPathRooted(path) && !path.Contains('\0', StringComparison.Ordinal)
        && !path.Contains('\\', StringComparison.Ordinal) && !path.Split('/').Contains("..");

    /// <summary>Opens an ordinary file for reading; pipes and devices are refused without waiting for them.</summary>
    public SafeFileHandle OpenFile(string file)
    {
        var real = Resolve(file);
        if (Directory.Exists(real))
        {
            throw HubErrors.SourceFileUnreadable(source, file).ToException();
        }

        SafeFileHandle? handle = null;
        try
        {
            handle = OperatingSystem.IsLinux() ? OpenOnLinux(real) : File.OpenHandle(real, options: FileOptions.SequentialScan);
            RandomAccess.GetLength(handle);
            CheckOpened(handle, file);
            return handle;
        }
        catch (Exception e)
        {
            handle?.Dispose();
            throw Translate(e, file);
        }
    }

    /// <summary>
    /// Finds a file for an engine that opens it itself: the path with every link followed, and a handle that names what lies
    /// there without opening it (closing a handle that had opened it would end the locks this process has on the file).
    /// </summary>
    public (string Path, SafeFileHandle Place) Locate(string file)
    {
        var real = Resolve(file);
        SafeFileHandle? place = null;
        try
        {
            place = OpenOnLinux(real, PathOnlyCloseOnExec);
            CheckOpened(place, file);
            return (real, place);
        }
        catch (Exception e)
        {
            place?.Dispose();
            throw Translate(e, file);
        }
    }

    /// <summary>Relative paths with one of the extensions, in name order; links and hidden files are not listed.</summary>
    public IReadOnlyList<string> List(IReadOnlyCollection<string> extensions)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = 16,
            IgnoreInaccessible = true,
            AttributesToSkip = Unlisted,
        };
        return
        [
            .. Directory.EnumerateFiles(path, "*", options)
                .Where(f => extensions.Any(e => f.EndsWith(e, StringComparison.OrdinalIgnoreCase)))
                .Take(MostFiles)
                .Select(f => Path.GetRelativePath(path, f))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// Files that <paramref name="target"/> means, in name order: the one it names, or all that match. Links and hidden files match no pattern.
    /// </summary>
    public IReadOnlyList<string> Find(FileTarget target)
    {
        if (!target.IsPattern)
        {
            return [target.Path];
        }

        IEnumerable<string> places = [target.Folder];
        foreach (var pattern in target.Segments.SkipLast(1))
        {
            places = places.SelectMany(place => Below(place, pattern, folders: true));
        }

        var found = places.SelectMany(place => Below(place, target.Segments[^1], folders: false)).Take(MostFiles + 1)
            .Order(StringComparer.Ordinal).ToList();
        return found.Count switch
        {
            0 => throw HubErrors.SourceFileMissing(source, target.Text).ToException(),
            > MostFiles => throw HubErrors.SourceFilesTooMany(source, target.Text, MostFiles).ToException(),
            _ => found,
        };
    }

    public Exception Translate(Exception e, string file) => FileErrors.Translate(e, source, file);

    private IEnumerable<string> Below(string place, string pattern, bool folders)
    {
        var real = place.Length == 0 ? path : Resolve(place);
        if (!Directory.Exists(real))
        {
            return [];
        }

        var options = new EnumerationOptions { AttributesToSkip = Unlisted };
        var found = folders ? Directory.EnumerateDirectories(real, "*", options) : Directory.EnumerateFiles(real, "*", options);
        return found.Select(f => Path.GetFileName(f)).Where(n => FileTarget.Matches(pattern, n) && IsInside(n))
            .Select(n => place.Length == 0 ? n : $"{place}/{n}");
    }

    private string Resolve(string relative)
    {
        if (!IsInside(relative))
        {
            throw HubErrors.SourceFileOutsideFolder(source, relative).ToException();
        }

        string real;
        try
        {
            real = Real(Path.Combine(path, relative));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Translate(e, relative);
        }

        return Contains(real) ? real : throw HubErrors.SourceFileOutsideFolder(source, relative).ToException();
    }

    private bool Contains(string real) =>
        real == path || real.StartsWith(path.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>Follows every link of an absolute path, as the kernel would.</summary>
    private static string Real(string absolute)
    {
        var pending = new Stack<string>(absolute.Split('/').Reverse());
        var current = "/";
        var links = 0;
        while (pending.TryPop(out var part))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == "..")
            {
                current = Path.GetDirectoryName(current) ?? "/";
                continue;
            }

            var next = Path.Combine(current, part);
            var target = new FileInfo(next).LinkTarget;
            if (target is null)
            {
                current = next;
                continue;
            }

            if (++links > MostLinks)
            {
                throw new IOException("Too many links.");
            }

            foreach (var step in target.Split('/').Reverse())
            {
                pending.Push(step);
            }

            current = target.StartsWith('/') ? "/" : current;
        }

        return current;
    }

    private void CheckOpened(SafeFileHandle handle, string file)
    {
        if (OperatingSystem.IsLinux())
        {
            var opened = new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget;
            if (opened is not null && !Contains(opened))
            {
                throw HubErrors.SourceFileOutsideFolder(source, file).ToException();
            }
        }
    }

    /// <summary>open(2) waits for a writer where the path is a pipe, unless told not to; .NET has no way to tell it.</summary>
    private static SafeFileHandle OpenOnLinux(string real, int flags = ReadOnlyNonBlockingCloseOnExec)
    {
        const int NoEntry = 2, NotPermitted = 1, AccessDenied = 13;
        var handle = open(real, flags);
        if (!handle.IsInvalid)
        {
            return handle;
        }

        var error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        throw error switch
        {
            NoEntry => new FileNotFoundException(),
            NotPermitted or AccessDenied => new UnauthorizedAccessException(),
            _ => new IOException(Marshal.GetPInvokeErrorMessage(error)),
        };
    }

#pragma warning disable SYSLIB1054, CA2101, IDE1006 // Source-generated marshalling would need unsafe code; the name is libc's.
    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern SafeFileHandle open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
#pragma warning restore SYSLIB1054, CA2101, IDE1006
}
