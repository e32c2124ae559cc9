namespace DataHub.TestKit;

/// <summary>Real inputs that stand beside the checkout; tests that need them say so where the folder is absent.</summary>
public static class SharedData
{
    /// <summary>Why a test is skipped without them.</summary>
    public const string Missing = "the folder ../shared/data with real inputs is absent";

    /// <summary>The folder, or null.</summary>
    public static string? Root { get; } = Find();

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root ?? throw new InvalidOperationException(Missing), .. parts]);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("DATAHUB_SHARED_DATA") is { Length: > 0 } given)
        {
            return given;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Combine(folder.Parent?.FullName ?? "/", "shared", "data");
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "DataHub.sln")) && Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
