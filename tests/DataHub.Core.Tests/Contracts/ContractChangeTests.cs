using DataHub.Core.Contracts;
using Xunit;

namespace DataHub.Core.Tests.Contracts;

/// <summary>What a revision means for readers.</summary>
public class ContractChangeTests
{
    private const string Columns =
        "- {name: a, logicalType: string, primaryKey: true}\n"
        + "- {name: b, logicalType: string, required: true, unique: true, customProperties: "
        + "[{property: hub.personal, value: true}], quality: [{metric: invalidValues, mustBe: 0, "
        + "arguments: {validValues: [x, y]}}]}\n"
        + "- {name: c, logicalType: timestamp, customProperties: [{property: hub.timeZone, value: Asia/Ho_Chi_Minh}]}";

    [Fact]
    public void Nothing_changed_needs_no_version()
    {
        var change = Change(Columns, "1.0.0");
        Assert.True(change is { IsAdditive: true, Bump: ContractBump.None, VersionError: null });
        Assert.Null(change.Refusal());
    }

    [Theory]
    [InlineData("name: a,", "name: aa,", "is removed", 3)]
    [InlineData("name: a,", "name: aa, physicalName: a,", "renamed to aa", 3)]
    [InlineData("name: a, logicalType: string", "name: a, logicalType: integer", "type of column a", 1)]
    [InlineData("primaryKey: true", "required: true", "primary key", 2)]
    [InlineData("required: true", "required: false", "no longer required", 1)]
    [InlineData("unique: true", "unique: false", "no longer unique", 1)]
    [InlineData("hub.personal, value: true", "hub.personal, value: false", "personal", 1)]
    [InlineData("[x, y]", "[x, y, z]", "allows more values: z", 1)]
    [InlineData("Asia/Ho_Chi_Minh", "Asia/Tokyo", "time zone", 1)]
    [InlineData("- {name: a", "- {name: z, logicalType: string, required: true}\n- {name: a", "new column z", 1)]
    public void Breaking_changes_are_listed_and_need_a_major(string was, string now, string message, int count)
    {
        var change = Change(Columns.Replace(was, now, StringComparison.Ordinal), "1.1.0");
        Assert.Equal(ContractBump.Major, change.Bump);
        Assert.Contains(change.Breaking, e => e.Message.En.Contains(message, StringComparison.Ordinal));
        Assert.True(change.Breaking.Count <= count, Samples.Describe(change.Breaking));
        Assert.Equal("contract_version_too_low", change.VersionError!.Code);
        Assert.Equal("contract_breaking", change.Refusal()!.Code);
        Assert.Equal("2.0.0", change.LowestVersion.ToString());
    }

    [Theory]
    [InlineData("- {name: a", "- {name: z, logicalType: string}\n- {name: a", ContractBump.Minor)]
    [InlineData("[x, y]", "[x]", ContractBump.Minor)]
    [InlineData("name: c,", "name: c, required: true,", ContractBump.Minor)]
    [InlineData("name: c,", "name: c, description: mới,", ContractBump.Patch)]
    [InlineData("value: true}]", "value: true}, {property: hub.indexed, value: true}]", ContractBump.Patch)]
    public void Additive_changes_need_their_bump(string was, string now, ContractBump bump)
    {
        var columns = Columns.Replace(was, now, StringComparison.Ordinal);
        var change = Change(columns, bump == ContractBump.Minor ? "1.1.0" : "1.0.1");
        Assert.True(change is { IsAdditive: true, VersionError: null }, Samples.Describe(change.Breaking));
        Assert.Equal(bump, change.Bump);
        var low = Change(columns, bump == ContractBump.Minor ? "1.0.9" : "1.0.0");
        Assert.Equal("contract_version_too_low", low.Refusal()!.Code);
        Assert.Contains(low.LowestVersion.ToString(), low.Refusal()!.Hint("vi"));
    }

    [Fact]
    public void A_version_must_not_go_back() => Assert.NotNull(Change(Columns, "0.9.0").VersionError);

    [Fact]
    public void Closing_open_data_breaks_and_opening_it_does_not()
    {
        var open = Samples.Valid(Samples.Contract(hub: "- {property: hub.access, value: open}"));
        var closed = Samples.Valid(Samples.Contract());
        Assert.False(ContractChange.Between(open, closed).IsAdditive);
        Assert.Equal(ContractBump.Minor, ContractChange.Between(closed, open).Bump);
    }

    private static ContractChange Change(string columns, string version) => ContractChange.Between(
        Samples.Valid(Samples.Contract(Columns)), Samples.Valid(Samples.Contract(columns, version)));
}
