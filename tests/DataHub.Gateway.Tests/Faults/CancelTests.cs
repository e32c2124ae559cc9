using System.Net;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Faults;

/// <summary>
/// Whoever cancels a run sees it end within five seconds, whatever it waits for; the tests give up after three times that. What was published stays, and
/// the next run is whole. A source that hangs while it is connected to is <see cref="WorkerTests"/>'.
/// </summary>
public sealed class CancelTests
{
    public static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData("extract")]
    [InlineData("validate")]
    [InlineData("stage")]
    [InlineData("publish")]
    public async Task Takes_effect_in_every_phase_and_leaves_the_published_version(string step)
    {
        await using var stage = await FaultStage.StartAsync();
        await stage.StartWorkerAsync();
        await stage.AssertPublishedAsync(await stage.Admin.StartAsync(FaultStage.Dataset), 1);
        await stage.ChangeSectorAsync();
        var before = await stage.ReadAsync();
        var (run, holding) = await HoldAsync(stage, step);
        await using (holding)
        {
            using var answer = await stage.Admin.PostAsync($"{HubCalls.Api}runs/{run}/cancel", null);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

            var end = await stage.Admin.EndAsync(run).WaitAsync(GiveUp);
            Assert.Equal("cancelled", end.State());
        }

        Assert.Equal(before, await stage.ReadAsync());
        await stage.AssertPublishedAsync(await stage.Admin.StartAsync(FaultStage.Dataset), 2);
    }

    /// <summary>A run that waits in a step: for the source's table, for its next record, for the published table, for its turn to publish.</summary>
    private static async Task<(long Run, Lock Holding)> HoldAsync(FaultStage stage, string step)
    {
        var holding = step switch
        {
            "extract" => await Lock.TakeAsync(stage.Sector, "LOCK TABLE people IN ACCESS EXCLUSIVE MODE"),
            "publish" => await stage.LockPublishingAsync(),
            _ => await stage.CloseGateAsync(),
        };
        var run = await stage.Admin.StartAsync(FaultStage.Dataset);
        if (step is "extract" or "publish")
        {
            await stage.BlockedAsync(run, step, step == "extract" ? stage.Sector : stage.Hub.Database);
            return (run, holding);
        }

        await stage.BlockedAsync(run, "validate", stage.Sector);
        if (step == "validate")
        {
            return (run, holding);
        }

        // With removed records the load looks at the published table again.
        var table = await stage.LockAsync((await stage.CurrentTableAsync())!);
        await holding.DisposeAsync();
        await stage.BlockedAsync(run, step, stage.Hub.Database);
        return (run, table);
    }
}
