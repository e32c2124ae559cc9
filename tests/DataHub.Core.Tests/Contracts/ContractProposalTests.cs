using CsCheck;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using Xunit;

namespace DataHub.Core.Tests.Contracts;

/// <summary>A proposed contract is accepted as it stands.</summary>
public class ContractProposalTests
{
    [Fact]
    public void Proposes_a_contract_that_can_be_registered()
    {
        var table = new SourceTable("x", "public.Hồ sơ", "table")
        {
            Comment = "Hồ sơ một cửa\ncủa tỉnh",
            Key = ["Mã hồ sơ"],
            Columns =
            [
                new("Mã hồ sơ", "varchar(20)", true, new ColumnType(ColumnKind.Text), null) { MaxLength = 20 },
                new("le_phi", "numeric(18,2)", true, new ColumnType(ColumnKind.Decimal, 18, 2), null) { Comment = "Lệ phí: đồng" },
                new("ngay_nop", "timestamp", false, new ColumnType(ColumnKind.Timestamp), null) { NeedsTimeZone = true },
                new("vi_tri", "geometry", true, null, new Text("kiểu không gian", "a spatial type")),
            ],
        };
        var yaml = ContractProposal.For(table, "motcua-pg", "H08.12", ContractProposal.DatasetId(table));
        var contract = Samples.Valid(yaml);
        Assert.Equal("ho-so", contract.Dataset);
        Assert.Equal(("public.Hồ sơ", "motcua-pg", "H08.12"),
            (contract.Terms.Table, contract.Terms.Source, contract.Terms.Provider));
        Assert.Equal(["Mã_hồ_sơ", "le_phi", "ngay_nop"], contract.Columns.Select(c => c.Name));
        Assert.True(contract.Columns[0] is { SourceName: "Mã hồ sơ", KeyPosition: 1, Required: true, Rules.MaxLength: 20 });
        Assert.Equal("decimal(18,2)", contract.Columns[1].Type.ToString());
        Assert.Equal("Asia/Ho_Chi_Minh", contract.Columns[2].Parse.TimeZone);
        Assert.Contains("# Bỏ cột vi_tri (geometry): kiểu không gian", yaml);
    }

    [Fact]
    public void Proposes_no_key_when_a_part_of_it_cannot_be_published()
    {
        var table = new SourceTable("x", "t", "file")
        {
            Key = ["a", "b"],
            Columns = [new("a", "text", false, new ColumnType(ColumnKind.Text), null), new("b", "xml", false, null, null)],
        };
        var contract = Samples.Valid(ContractProposal.For(table, "s-1", "A", "d-1"));
        Assert.Empty(contract.Key);
        Assert.Equal("t", contract.Terms.File);
    }

    [Fact]
    public void Any_table_gives_a_contract_that_is_accepted_and_survives_both_formats()
    {
        var text = Gen.OneOf(Gen.String, Gen.String[Gen.Char["abc éÀ_-1#:'\"\\\n\t{}[]*&!%@`,?|>\u00a0\u2028"], 1, 12]);
        var type = Samples.OneOf(
            new ColumnType(ColumnKind.Text), new(ColumnKind.Int32), new(ColumnKind.Decimal, 28, 6),
            new(ColumnKind.Timestamp), new(ColumnKind.Bytes), new(ColumnKind.Float64));
        var column = Gen.Select(text, text, type, Gen.Bool, text, (name, native, kind, flag, comment) =>
            new SourceTableColumn(name, native, flag, kind, null) { Comment = comment, NeedsTimeZone = flag });
        Gen.Select(column.Array[1, 6], text).Sample((generated, comment) =>
        {
            // No engine has two columns of one name in a table.
            var columns = generated.DistinctBy(c => c.Name).ToArray();
            var table = new SourceTable("x", "s.t", "view")
            {
                Columns = columns, Comment = comment, Key = [columns[0].Name],
            };
            var contract = Samples.Valid(ContractProposal.For(table, "nguon-1", "H08", "tap-1"));
            Assert.Equal(columns.Length, contract.Columns.Count);
            var fromYaml = Samples.Valid(ContractWriter.ToYaml(contract));
            var fromJson = Samples.Valid(ContractWriter.ToJson(contract));
            Assert.Equal(Samples.Content(contract), Samples.Content(fromYaml));
            Assert.Equal(Samples.Content(contract), Samples.Content(fromJson));
        }, iter: 500);
    }
}
