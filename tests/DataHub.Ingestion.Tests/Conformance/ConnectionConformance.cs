using DataHub.Core.Records;
using DataHub.Ingestion.Tests.Sources;
using DataHub.TestKit;
using Xunit;

namespace DataHub.Ingestion.Tests.Conformance;

/// <summary>Kinds that are read over a connection: it drops, or falls silent while somebody cancels. Runs go through the hub's real worker.</summary>
public abstract class ConnectionConformance<TKit>(TKit kit) : ConformanceTests<TKit>(kit)
    where TKit : ConformanceKit, IConnectedKit
{
    private const int Rows = 20_000;
    private const int Middle = 1 << 20;
    private static readonly TimeSpan GiveUp = TimeSpan.FromMinutes(1);

    protected override Task PrepareAsync() => Kit.PutOnceAsync("bang", KitTable.Many(Rows));

    [Fact]
    public async Task A_connection_that_drops_in_the_middle_fails_the_run_and_the_published_version_stays()
    {
        var lab = await Kit.LabAsync();
        await using var proxy = new HoldingProxy(Kit.Server);
        var few = KitTable.Many(3);
        await Kit.PutAsync("drops", few);
        var dataset = await lab.DatasetAsync("drops", few, Kit.Through(proxy.Port));
        Assert.Equal("published", (await lab.RunAsync(dataset)).State);
        await Kit.PutAsync("drops", KitTable.Many(Rows));

        var held = proxy.HoldAfter(Middle);
        var run = await lab.QueueAsync(dataset);
        await held.WaitAsync(GiveUp);
        proxy.Cut();

        var end = await lab.WaitAsync(run);
        Assert.Equal("failed", end.State);
        Assert.Matches("^source_(connection_lost|unreachable|busy)$", ConformanceLab.ErrorOf(end));
        Assert.Equal(3, (await lab.PublishedAsync(dataset)).Length);

        proxy.Open();
        var again = await lab.RunAsync(dataset);
        Assert.Equal(("published", (long)Rows, Rows - 3L), (again.State, again.Read, again.New));
    }

    [Theory]
    [InlineData("connecting", 0)]
    [InlineData("reading", Middle)]
    public async Task Cancelling_takes_effect_while_the_source_is_silent(string phase, int after)
    {
        var lab = await Kit.LabAsync();
        await using var proxy = new HoldingProxy(Kit.Server);
        var dataset = await lab.DatasetAsync("bang", KitTable.Many(1), Kit.Through(proxy.Port), phase);

        var held = proxy.HoldAfter(after);
        var run = await lab.QueueAsync(dataset);
        await held.WaitAsync(GiveUp);

        await lab.AssertCancelsAsync(run);
        proxy.Open();
        var again = await lab.RunAsync(dataset);
        Assert.Equal(("published", (long)Rows), (again.State, again.Read));
    }
}

/// <summary>With it, for kinds whose server sends while the hub reads: a reader that pauses holds it back.</summary>
[Collection(MeasuresMemory.Name)]
public abstract class BackPressureConformance<TKit>(TKit kit) : ConformanceTests<TKit>(kit)
    where TKit : ConformanceKit, IConnectedKit
{
    private const int Rows = 200_000;

    protected override Task PrepareAsync() => Kit.PutOnceAsync("many", KitTable.Many(Rows));

    [Fact]
    public async Task A_reader_that_pauses_loses_nothing_and_nothing_grows_meanwhile()
    {
        await using var proxy = new HoldingProxy(Kit.Server);
        var before = GC.GetTotalMemory(true);
        await using var reader = await Kit.Adapter.OpenAsync(Kit.Through(proxy.Port), Kit.Contract("many", KitTable.Many(1)), default);
        var (batch, seen) = (new RecordBatch(reader.Fields), new LiveRecords(Rows));
        Assert.True(await reader.ReadAsync(batch, default));
        seen.Take(batch);

        await QuietAsync(proxy);
        var (sent, live) = (proxy.Passed, GC.GetTotalMemory(true) - before);
        while (await reader.ReadAsync(batch, default))
        {
            seen.Take(batch);
        }

        Assert.Equal(Rows, seen.Count);
        // Sockets on both sides of the proxy hold some megabytes; most of the rows waited in the source.
        Assert.InRange(sent, 1, proxy.Passed * 2 / 3);
        Assert.InRange(live, long.MinValue, 12L << 20);
    }

    /// <summary>Half a second of looks without another byte.</summary>
    private static async Task QuietAsync(HoldingProxy proxy)
    {
        var (last, quiet) = (-1L, 0);
        await Eventually.TrueAsync("the source waits for its reader", () =>
        {
            (last, quiet) = (proxy.Passed, proxy.Passed == last ? quiet + 1 : 0);
            return Task.FromResult(quiet > 25);
        });
    }
}
