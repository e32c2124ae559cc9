using System.Text;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.Csv;
using DataHub.Ingestion.Sources.Files;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>A root folder of its own with one source folder "so" in it, removed after the test.</summary>
internal sealed class CsvFolder : IDisposable
{
    public CsvFolder(int maxField = 1 << 20)
    {
        Root = Directory.CreateTempSubdirectory("hub-csv").FullName;
        Directory.CreateDirectory(Path.Combine(Root, "so"));
        Adapter = Open(new FileSourceOptions { Root = Root, MaxFieldBytes = maxField });
    }

    public static ISourceAdapter Open(FileSourceOptions options) =>
        new CsvSourceAdapter(new FileStores(options, new SourceNetworkPolicy()), TimeProvider.System);

    public string Root { get; }

    public ISourceAdapter Adapter { get; }

    public SourceSettings Settings => With();

    public SourceSettings With(params (string Name, string Value)[] changes)
    {
        var settings = new Dictionary<string, string> { ["folder"] = "so" };
        foreach (var (name, value) in changes)
        {
            settings[name] = value;
        }

        return new SourceSettings("tep", "csv", settings, null, null);
    }

    public string PathOf(string name) => Path.Combine(Root, "so", name);

    public void Put(string name, string text) => Put(name, Encoding.UTF8.GetBytes(text));

    public void Put(string name, byte[] bytes) => File.WriteAllBytes(PathOf(name), bytes);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
