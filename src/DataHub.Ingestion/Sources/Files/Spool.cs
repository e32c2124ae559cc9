using Microsoft.Win32.SafeHandles;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>A file without a name that holds what was brought from elsewhere; the disk has it back when it is closed, however the process ends.</summary>
internal static class Spool
{
    public static SafeFileHandle Create()
    {
        var path = Path.Combine(Path.GetTempPath(), $"datahub-{Guid.NewGuid():N}");
        var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        if (OperatingSystem.IsLinux())
        {
            File.Delete(path);
        }

        return handle;
    }
}
