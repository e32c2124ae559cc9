using System.Runtime.InteropServices;

namespace DataHub.Ingestion.Tests.Conformance;

/// <summary>
/// Reads files as an account that is no administrator, whom no permission would stop. The kernel keeps the account of file accesses for each thread:
/// what a call does before its first wait is done by the other account.
/// </summary>
internal static class OtherAccount
{
    private const int Nobody = 65_534;

    /// <summary>Lets every account into a folder.</summary>
    public static void Show(string folder) => SetMode(folder, 0b111_101_101);

    /// <summary>Takes a file away from everyone until disposed.</summary>
    public static Task<IAsyncDisposable> TakeFileAsync(string path)
    {
        SetMode(path, 0);
        return Task.FromResult<IAsyncDisposable>(new Undo(() =>
        {
            SetMode(path, 0b110_100_100);
            return Task.CompletedTask;
        }));
    }

    public static Task<T> RunAsync<T>(Func<Task<T>> call)
    {
        if (Environment.UserName != "root")
        {
            return call();
        }

        // A thread of its own, whose account ends with it: nothing else may go on there.
        var result = new TaskCompletionSource<Task<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            _ = setfsuid(Nobody);
            result.SetResult(call());
        });
        thread.Start();
        return result.Task.Unwrap();
    }

    private static void SetMode(string path, uint mode)
    {
        if (chmod(path, mode) != 0)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
        }
    }

#pragma warning disable SYSLIB1054, CA2101, IDE1006 // Source-generated marshalling would need unsafe code; the name is libc's.
    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setfsuid(int account);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int chmod([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
#pragma warning restore SYSLIB1054, CA2101, IDE1006
}
