using Xunit;

namespace DataHub.Ingestion.Tests.Conformance;

/// <summary>Kinds that deliver whole files: half a file is refused where its own end mark or checksum shows it, and else shows in its last record.</summary>
public abstract class CutFileConformance<TKit>(TKit kit) : ConformanceTests<TKit>(kit)
    where TKit : ConformanceKit, IFileKit
{
    private const int Rows = 5_000;

    [Fact]
    public async Task A_file_that_was_cut_off_does_not_replace_what_is_published()
    {
        var lab = await Kit.LabAsync();
        await Kit.PutAsync("cut", KitTable.Many(Rows));
        var dataset = await lab.DatasetAsync("cut", KitTable.Many(1));
        Assert.Equal("published", (await lab.RunAsync(dataset)).State);
        var whole = await File.ReadAllBytesAsync(Kit.PathOf("cut"));
        await File.WriteAllBytesAsync(Kit.PathOf("cut"), whole[..(whole.Length / 2)]);

        var run = await lab.RunAsync(dataset);

        Assert.Equal(Kit.CutRefuses ? "failed" : "held", run.State);
        Assert.Equal([Kit.CutCode], Kit.CutRefuses ? [ConformanceLab.ErrorOf(run)] : (await lab.RejectedAsync(run)).Select(c => c.Split(' ')[0]));
        Assert.Equal(Rows, (await lab.PublishedAsync(dataset)).Length);
        await File.WriteAllBytesAsync(Kit.PathOf("cut"), whole);
        Assert.Equal("unchanged", (await lab.RunAsync(dataset)).State);
    }
}
