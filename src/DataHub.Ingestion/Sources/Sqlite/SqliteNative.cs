using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace DataHub.Ingestion.Sources.Sqlite;

/// <summary>What SQLitePCLRaw does not wrap, and the one call of libc that tells what lies under a path.</summary>
internal static class SqliteNative
{
    private const int HasMovedOperation = 20;
    private const int EmptyPath = 0x1000;
    private const int BasicFacts = 0x7FF;

    /// <summary>True when the file that SQLite has open is no longer the one under its path.</summary>
    public static bool HasMoved(sqlite3 database) =>
        sqlite3_file_control(database.DangerousGetHandle(), "main", HasMovedOperation, out var moved) != raw.SQLITE_OK || moved != 0;

    /// <summary>
    /// No virtual table of the file can be connected any more, whatever it says; the table functions that SQLite makes of its
    /// own accord (json_each) stay.
    /// </summary>
    public static void DropModules(sqlite3 database) => _ = sqlite3_drop_modules(database.DangerousGetHandle(), 0);

    /// <summary>Bytes before the error in the statement prepared last, or -1.</summary>
    public static int ErrorOffset(sqlite3 database) => sqlite3_error_offset(database.DangerousGetHandle());

    /// <summary>errno of the last failure to open.</summary>
    public static int SystemError(sqlite3 database) => sqlite3_system_errno(database.DangerousGetHandle());

    /// <summary>
    /// Text or blob of a column, until the statement moves on. This and the five below take the statement by its address, which
    /// the caller keeps alive: counting a handle up and down around each call took a third of a read (1.6 s of CPU a million rows
    /// of 14 columns, against 1.0 s).
    /// </summary>
    public static ReadOnlySpan<byte> Bytes(nint statement, int column)
    {
        var start = sqlite3_column_blob(statement, column);
        return start == 0 ? default : MemoryMarshal.CreateReadOnlySpan(
            ref Unsafe.AddByteOffset(ref Unsafe.NullRef<byte>(), start), sqlite3_column_bytes(statement, column));
    }

    public static int Step(nint statement) => sqlite3_step(statement);

    public static int Class(nint statement, int column) => sqlite3_column_type(statement, column);

    public static long Integer(nint statement, int column) => sqlite3_column_int64(statement, column);

    public static double Real(nint statement, int column) => sqlite3_column_double(statement, column);

    /// <summary>Makes UTF-8 of the text that <see cref="Bytes"/> then gives.</summary>
    public static void ToUtf8(nint statement, int column) => _ = sqlite3_column_text(statement, column);

    /// <summary>What a handle names.</summary>
    public static FileFacts Facts(SafeFileHandle place)
    {
        var buffer = new byte[256];
        return statx((int)place.DangerousGetHandle(), "", EmptyPath, BasicFacts, buffer) == 0
            ? FileFacts.Read(buffer) : throw new IOException(Marshal.GetLastPInvokeErrorMessage());
    }

    /// <summary>What lies under an absolute path, a link not followed; null when nothing does.</summary>
    public static FileFacts? Facts(string path)
    {
        const int NoFollow = 0x100;
        var buffer = new byte[256];
        return statx(-1, path, NoFollow, BasicFacts, buffer) == 0 ? FileFacts.Read(buffer) : null;
    }

#pragma warning disable SYSLIB1054, CA2101, IDE1006 // Source-generated marshalling would need unsafe code; the names are theirs.
    [DllImport("e_sqlite3")]
    private static extern int sqlite3_file_control(
        nint database, [MarshalAs(UnmanagedType.LPUTF8Str)] string schema, int operation, out int value);

    [DllImport("e_sqlite3")]
    private static extern int sqlite3_drop_modules(nint database, nint keep);

    [DllImport("e_sqlite3")]
    private static extern int sqlite3_error_offset(nint database);

    [DllImport("e_sqlite3")]
    private static extern int sqlite3_system_errno(nint database);

    [DllImport("e_sqlite3")]
    private static extern int sqlite3_step(nint statement);

    [DllImport("e_sqlite3")]
    private static extern int sqlite3_column_type(nint statement, int column);

    [DllImport("e_sqlite3")]
    private static extern long sqlite3_column_int64(nint statement, int column);

    [DllImport("e_sqlite3")]
    private static extern double sqlite3_column_double(nint statement, int column);

    [DllImport("e_sqlite3")]
    private static extern nint sqlite3_column_blob(nint statement, int column);

    [DllImport("e_sqlite3")]
    private static extern nint sqlite3_column_text(nint statement, int column);

    [DllImport("e_sqlite3")]
    private static extern int sqlite3_column_bytes(nint statement, int column);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] facts);
#pragma warning restore SYSLIB1054, CA2101, IDE1006
}

/// <summary>Identity, type, size and last write of a file (statx(2), whose layout is the same on every architecture).</summary>
internal readonly record struct FileFacts(ulong Device, ulong Inode, bool IsOrdinary, long Size, DateTimeOffset Written, uint Fraction)
{
    public static FileFacts Read(byte[] statx) => new(
        BitConverter.ToUInt64(statx, 136),
        BitConverter.ToUInt64(statx, 32),
        (BitConverter.ToUInt16(statx, 28) & 0xF000) == 0x8000,
        BitConverter.ToInt64(statx, 40),
        DateTimeOffset.FromUnixTimeSeconds(BitConverter.ToInt64(statx, 112))
            .AddTicks(BitConverter.ToUInt32(statx, 120) / 100),
        BitConverter.ToUInt32(statx, 120));

    public bool IsSameFile(FileFacts other) => Device == other.Device && Inode == other.Inode;
}
