using DataHub.Storage.Tests.Kit;
using Xunit;

namespace DataHub.Storage.Tests.Versions;

/// <summary>A rejected record whose published image stays is told apart from one that was never published, however the pull is compared.</summary>
public sealed class StaleRecordTests
{
    [Fact]
    public async Task Both_ways_of_comparing_mark_the_entries_whose_published_image_stays()
    {
        await using var lab = await StoreLab.StartAsync();
        var contract = StoreLab.Contract("1.0.0",
            "{name: k, logicalType: string, primaryKey: true}", "{name: n, logicalType: integer}");
        foreach (var way in new[] { Way.Compared, Way.Staged })
        {
            var dataset = await lab.AddAsync(contract);
            await lab.PublishAsync(dataset, ["a", "1"], ["b", "2"], ["c", "3"], ["d", "4"]);

            // a stays stale, b has a valid record before its broken one, x was never published, c is in conflict.
            string?[][] pull = [["a", "?"], ["b", "5"], ["b", "?"], ["x", "?"], ["c", "6"], ["c", "7"], ["d", "4"], [null, "?"]];
            var load = await lab.LoadAsync(dataset, way, pull);

            Assert.Equal((2L, 6L), (load.Candidate.Counts.Stale, load.Candidate.Counts.Rejected));
            Assert.Equal(
                ["1|True", "3|False", "4|False", "5|False", "6|False", "8|False"],
                await lab.TextsAsync($"SELECT position, stale FROM hub.quarantine WHERE run_id = {load.Run} ORDER BY position"));
        }
    }
}
