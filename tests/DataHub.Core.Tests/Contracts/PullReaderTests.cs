using DataHub.Core.Contracts;
using DataHub.TestKit;

namespace DataHub.Core.Tests.Contracts;

/// <summary>How a dataset is pulled, as contracts say it, and what they may not say.</summary>
public sealed class PullReaderTests
{
    [Fact]
    public void Reads_all_of_it()
    {
        var contract = Read("hub.mode: incremental", "hub.watermark: luc", "hub.lag: PT90S", "hub.fullRefresh: P1D", "hub.tombstone: xoa",
            "hub.maxRemoved: 25.5", "hub.maxRemovedRecords: 100", "hub.maxRejected: 0", "hub.mayBeEmpty: true").Contract!;
        var pull = contract.Pull;
        Assert.Equal((PullMode.Incremental, "luc", "xoa"), (pull.Mode, pull.Watermark!.Name, pull.Tombstone!.Name));
        Assert.Equal((TimeSpan.FromSeconds(90), TimeSpan.FromDays(1)), (pull.Lag, pull.FullRefresh));
        Assert.Equal(new BrakeLimits { RemovedShare = 0.255, MinRemoved = 100, RejectedShare = 0, MayBeEmpty = true }, contract.Brake);
    }

    [Fact]
    public void A_contract_that_says_nothing_is_pulled_whole_and_braked_as_usual()
    {
        var contract = Read().Contract!;
        Assert.Equal(new PullTerms(), contract.Pull);
        Assert.Equal(BrakeLimits.Default, contract.Brake);
    }

    [Theory]
    [InlineData("pull_incomplete", "hub.mode: incremental")]
    [InlineData("pull_incomplete", "hub.mode: append")]
    [InlineData("pull_incomplete", "hub.lag: PT5M")]
    [InlineData("pull_incomplete", "hub.fullRefresh: P1D")]
    [InlineData("pull_incomplete", "hub.tombstoneTexts: D")]
    [InlineData("pull_column_unknown", "hub.mode: incremental", "hub.watermark: lucc")]
    [InlineData("pull_column_type", "hub.watermark: ten")]
    [InlineData("pull_column_type", "hub.tombstone: so_tien")]
    [InlineData("pull_lag", "hub.watermark: luc", "hub.lag: 1000")]
    [InlineData("pull_lag", "hub.watermark: so", "hub.lag: PT5M")]
    [InlineData("pull_duration", "hub.watermark: luc", "hub.lag: P5M5M")]
    [InlineData("contract_value_invalid", "hub.watermark: luc", "hub.lag: -5")]
    [InlineData("contract_value_invalid", "hub.maxRemoved: 101")]
    [InlineData("contract_value_invalid", "hub.maxRejected: '1,5'")]
    [InlineData("contract_value_not_allowed", "hub.mode: delta")]
    [InlineData("pull_tombstone", "hub.tombstone: ten")]
    [InlineData("pull_tombstone", "hub.tombstone: xoa", "hub.tombstoneTexts: D")]
    [InlineData("pull_tombstone", "hub.tombstone: id", "hub.tombstoneTexts: '1'")]
    [InlineData("pull_append_deletes", "hub.mode: append", "hub.watermark: luc", "hub.tombstone: xoa")]
    public void Refuses_what_does_not_go_together(string code, params string[] terms) =>
        Assert.Equal(code, Assert.Single(Read(terms).Errors).Code);

    private static ContractReading Read(params string[] terms) => ContractReader.Read(LabContract.Yaml(
        "lab",
        [
            "name: id, logicalType: integer, primaryKey: true, primaryKeyPosition: 1", "name: ten, logicalType: string",
            "name: luc, logicalType: timestamp", "name: xoa, logicalType: boolean", "name: so, logicalType: integer",
            "name: so_tien, logicalType: number, customProperties: [{property: hub.type, value: 'decimal(18,2)'}]",
        ],
        ["hub.source=kho", "hub.table=t", .. terms.Select(t => t.Replace(": ", "=", StringComparison.Ordinal))]));
}
