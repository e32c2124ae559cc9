using System.Runtime.Versioning;

// It measures by what Linux says in /proc.
[assembly: SupportedOSPlatform("linux")]

namespace DataHub.Benchmarks;

/// <summary>Folders of one run of the benchmarks, gone after it, and where the checkout lies.</summary>
internal sealed class Workplace : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("datahub-bench-").FullName;

    public Workplace()
    {
        Directory.CreateDirectory(Home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Files);
    }

    public string Home => PathOf("home");

    public string Files => PathOf("files");

    /// <summary>The checkout.</summary>
    public string Root { get; } = FindRoot();

    /// <summary>The hub's Release build.</summary>
    public string Server => Path.Combine(Root, "src", "DataHub.Server", "bin", "Release", "net10.0", "DataHub.Server.dll");

    /// <summary>The peer's Release build.</summary>
    public string Peer => Path.Combine(
        Root, "tests", "DataHub.Benchmarks.Peer", "bin", "Release", "net10.0", "DataHub.Benchmarks.Peer.dll");

    public string PathOf(string name) => Path.Combine(folder, name);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string FindRoot()
    {
        var place = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(place.FullName, "DataHub.sln")))
        {
            place = place.Parent ?? throw new DirectoryNotFoundException("DataHub.sln is nowhere above the program");
        }

        return place.FullName;
    }
}
