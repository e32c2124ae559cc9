using Xunit;

namespace DataHub.Ingestion.Tests.Conformance;

/// <summary>The promise to whoever cancels a run: it has ended within five seconds. Tests give up after three times that.</summary>
internal static class Cancelling
{
    private static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(15);

    public static async Task AssertCancelsAsync(this ConformanceLab lab, long run)
    {
        await lab.CancelAsync(run);

        var end = await lab.WaitAsync(run).WaitAsync(GiveUp, TestContext.Current.CancellationToken);
        Assert.Equal(("cancelled", ""), (end.State, ConformanceLab.ErrorOf(end)));
    }
}
