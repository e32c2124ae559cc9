using DataHub.Ingestion.Tests.Sources;
using DataHub.Storage.ControlPlane;
using DataHub.TestKit;
using Xunit;

namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>A dataset of packed files that are delivered one by one, from the folder to its versions.</summary>
public sealed class FilesAppendTests
{
    private const string Contract = """
        apiVersion: v3.1.0
        kind: DataContract
        id: ho-so-nop
        name: ho-so-nop
        version: 1.0.0
        status: active
        schema:
          - name: ho_so
            properties:
              - { name: ma, logicalType: string, primaryKey: true }
              - { name: ten, logicalType: string, customProperties: [{ property: hub.normalize, value: NFC }] }
        customProperties:
          - { property: hub.provider, value: H01 }
          - { property: hub.source, value: tep }
          - { property: hub.file, value: "nop/ho-so-*.zip/*.csv" }
          - { property: hub.mode, value: append }
        """;

    [Fact]
    public async Task Publishes_every_delivered_archive_once()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.AddSourceAsync("tep", "csv", null, null, "folder=.", "encoding=windows-1258");
        Directory.CreateDirectory(Path.Combine(hub.Files, "nop"));
        Deliver(hub, "01", "ma,ten\n001,Tra\u00CC Vinh\n002,Bến\n");
        var dataset = await hub.AddDatasetAsync(Contract);

        var first = await hub.RunAsync(dataset);
        var again = await hub.RunAsync(dataset, Incremental);
        Deliver(hub, "02", "ma,ten\n003,C\n");
        var second = await hub.RunAsync(dataset, Incremental);
        File.WriteAllBytes(Path.Combine(hub.Files, "nop", "ho-so-03.zip"), Packing.Zip(("x.csv", "ma,ten\n004,D\n"))[..^30]);
        var damaged = await hub.RunAsync(dataset, Incremental);

        Assert.Equal(["published", "unchanged", "published", "failed"], [first.State, again.State, second.State, damaged.State]);
        Assert.Equal([2L, 0, 1], [first.Read, again.Read, second.Read]);
        Assert.Contains("source_archive_damaged", damaged.Error, StringComparison.Ordinal);
    }

    private static void Incremental(Run run) => run.Mode = "incremental";

    /// <summary>Latin-1 writes the bytes that Windows-1258 reads, where they are given as such.</summary>
    private static void Deliver(TestHub hub, string number, string text) => File.WriteAllBytes(
        Path.Combine(hub.Files, "nop", $"ho-so-{number}.zip"),
        Packing.Zip(System.IO.Compression.CompressionLevel.Fastest, ("x.csv", System.Text.Encoding.Latin1.GetBytes(text.Replace('ế', 'ê')))));
}
