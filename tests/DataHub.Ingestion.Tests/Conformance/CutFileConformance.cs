using Xunit;

namespace DataHub.Ingestion.Tests.Conformance;

/// <summary>Kinds that deliver whole files: half a file is refused where its own end mark or checksum shows it, and else shows in its last record.</summary>
public abstract class CutFileConformance<TKit>(TKit kit) : IClassFixture<TKit>, IAsyncLifetime
    where TKit : ConformanceKit, IFileKit
{
    private const int Rows = 5_000;

    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(kit.Missing is not null, kit.Missing ?? "");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_file_that_was_cut_off_does_not_replace_what_is_published()
    {
        var lab = await kit.LabAsync();
        await kit.PutAsync("cut", KitTable.Many(Rows));
        var dataset = await lab.DatasetAsync("cut", KitTable.Many(1));
        Assert.Equal("published", (await lab.RunAsync(dataset)).State);
        var whole = await File.ReadAllBytesAsync(kit.PathOf("cut"));
        await File.WriteAllBytesAsync(kit.PathOf("cut"), whole[..(whole.Length / 2)]);

        var run = await lab.RunAsync(dataset);

        Assert.Equal(kit.CutRefuses ? "failed" : "held", run.State);
        Assert.Equal([kit.CutCode], kit.CutRefuses ? [ConformanceLab.ErrorOf(run)] : (await lab.RejectedAsync(run)).Select(c => c.Split(' ')[0]));
        Assert.Equal(Rows, (await lab.PublishedAsync(dataset)).Length);
        await File.WriteAllBytesAsync(kit.PathOf("cut"), whole);
        Assert.Equal("unchanged", (await lab.RunAsync(dataset)).State);
    }
}
