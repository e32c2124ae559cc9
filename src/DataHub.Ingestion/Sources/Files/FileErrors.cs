using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>What a failure of the disk means for whoever reads a file.</summary>
internal static class FileErrors
{
    public static Exception Translate(Exception e, string source, string file) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => HubErrors.SourceFileMissing(source, file).ToException(e),
        UnauthorizedAccessException => HubErrors.SourcePermissionDenied(source, file).ToException(e),
        IOException or NotSupportedException => HubErrors.SourceFileUnreadable(source, file).ToException(e),
        _ => e,
    };
}
