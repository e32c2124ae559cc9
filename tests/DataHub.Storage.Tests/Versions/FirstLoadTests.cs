using DataHub.Core.Contracts;
using DataHub.Storage.Tests.Kit;
using DataHub.Storage.Versions;
using DataHub.TestKit;
using Xunit;

namespace DataHub.Storage.Tests.Versions;

/// <summary>What a first load measures in memory, and what completes its pair after publishing.</summary>
public sealed class FirstLoadTests
{
    private const string CountIndexes = "SELECT count(*) FROM pg_indexes WHERE schemaname = 'store' AND indexdef LIKE '%(c2%'";

    private static readonly DataContract Contract = StoreLab.Contract("1.0.0",
        "{name: k, logicalType: string, primaryKey: true}",
        "{name: a, logicalType: string, customProperties: [{property: hub.indexed, value: true}]}");

    [Fact]
    public async Task Digest_and_checksum_from_memory_are_those_from_the_store()
    {
        await using var lab = await StoreLab.StartAsync();
        string?[][] records =
        [
            .. Enumerable.Range(0, 3_000).Select(i => new[] { FormattableString.Invariant($"k{i}"), FormattableString.Invariant($"{i % 7}") }),
            ["k1", "1"], ["k2", "other"], ["k5000", null], ["k5001", "x"], ["k5001", "y"],
        ];
        var memory = (await lab.LoadAsync(await lab.AddAsync(Contract), Way.Direct, records)).Candidate;
        var store = (await lab.LoadAsync(await lab.AddAsync(Contract), Way.DirectWithoutMemory, records)).Candidate;
        Assert.Equal((3_000, 1, 4), (memory.Records, memory.Counts.Duplicate, memory.Counts.Rejected));
        Assert.Equal((store.Records, store.Checksum, store.ChangesDigest), (memory.Records, memory.Checksum, memory.ChangesDigest));
    }

    [Fact]
    public async Task An_empty_first_load_has_the_same_digest_both_ways()
    {
        await using var lab = await StoreLab.StartAsync();
        var memory = (await lab.LoadAsync(await lab.AddAsync(Contract), Way.Direct, [])).Candidate;
        var store = (await lab.LoadAsync(await lab.AddAsync(Contract), Way.DirectWithoutMemory, [])).Candidate;
        Assert.Equal((store.Checksum, store.ChangesDigest), (memory.Checksum, memory.ChangesDigest));
    }

    [Fact]
    public async Task Filter_indexes_and_statistics_that_a_dead_worker_left_out_are_made_by_the_next_one()
    {
        await using var lab = await StoreLab.StartAsync();
        await lab.PublishAsync(await lab.AddAsync(Contract), ["k1", "x"], ["k2", null]);
        Assert.Equal(0, await lab.ScalarAsync<long>(CountIndexes));
        await lab.Indexes.CompleteUnfinishedAsync(CancellationToken.None);
        Assert.Equal(2, await lab.ScalarAsync<long>(CountIndexes));
        Assert.NotEqual(0, await lab.ScalarAsync<long>("SELECT count(*) FROM pg_stats WHERE schemaname = 'store'"));
    }

    [Fact]
    public async Task Makers_of_the_same_indexes_do_not_disturb_each_other()
    {
        await using var lab = await StoreLab.StartAsync();
        var dataset = await lab.AddAsync(Contract);
        await lab.PublishAsync(dataset, ["k1", "x"], ["k2", null]);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => lab.Indexes.CompleteAsync(dataset.Id, Contract, CancellationToken.None)));
        Assert.Equal(2, await lab.ScalarAsync<long>(CountIndexes));
    }

    [Fact]
    public async Task The_worker_completes_the_pair_after_the_version_is_there()
    {
        const string Indexed = "{name: gia, logicalType: integer, customProperties: [{property: hub.indexed, value: true}]}";
        await using var lab = await PipelineLab.StartAsync();
        await lab.ReviseAsync("1.0.1", PipelineLab.TwoColumns.Replace("{name: gia, logicalType: integer}", Indexed, StringComparison.Ordinal));
        Assert.Equal("published", (await lab.RunAsync("a,1", "b,2")).State);
        await Eventually.TrueAsync("the filter indexes are there", async () => await lab.ScalarAsync<long>(CountIndexes) == 2);
    }
}
