using System.Buffers.Binary;
using System.Security.Cryptography;
using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Validation;
using DataHub.Core.Versioning;

namespace DataHub.Core.Tests.Validation;

/// <summary>The record hash depends on values alone: not on number form, source kind, column order or columns that are null.</summary>
public sealed class RecordHashTests
{
    private static readonly ContractColumn Key = Encode.Column("k", "text", key: 1);

    [Theory]
    [InlineData("1.5", "1.50")]
    [InlineData("1.5", "1.500")]
    [InlineData("0", "-0")]
    [InlineData("0", "0.00")]
    [InlineData("7", "7.0")]
    [InlineData("100", "+100.00")]
    public void Number_form_changes_no_hash(string a, string b)
    {
        ContractColumn[] columns = [Key, Encode.Column("n", "decimal(12,4)")];
        Assert.Equal(Encode.Hash(columns, Cell.Text("1"), Cell.Text(a)), Encode.Hash(columns, Cell.Text("1"), Cell.Text(b)));
    }

    [Theory]
    [InlineData("decimal(12,2)")]
    [InlineData("int64")]
    [InlineData("int32")]
    public void The_same_number_as_text_integer_or_decimal_has_one_hash(string type)
    {
        ContractColumn[] columns = [Key, Encode.Column("n", type)];
        var hashes = new[] { Cell.Text("120"), new Cell(SourceKind.Int64, 120L), new Cell(SourceKind.Decimal, 120m), new Cell(SourceKind.Decimal, 120.00m) }
            .Select(c => Encode.Hash(columns, Cell.Text("1"), c));
        Assert.Single(hashes.Distinct());
    }

    [Fact]
    public void Widening_an_integer_changes_no_hash() => Assert.Equal(
        Encode.Hash([Key, Encode.Column("n", "int32")], Cell.Text("1"), Cell.Text("-5")),
        Encode.Hash([Key, Encode.Column("n", "int64")], Cell.Text("1"), Cell.Text("-5")));

    [Fact]
    public void Minus_zero_is_zero()
    {
        ContractColumn[] columns = [Key, Encode.Column("n", "float64")];
        Assert.Equal(Encode.Hash(columns, Cell.Text("1"), new Cell(SourceKind.Float64, -0.0)), Encode.Hash(columns, Cell.Text("1"), Cell.Text("0.0")));
    }

    [Fact]
    public void Order_of_the_contracts_columns_changes_no_hash()
    {
        ContractColumn a = Encode.Column("a", "text"), b = Encode.Column("b", "int64");
        var layout = Encode.Layout(Encode.Contract(Key, a, b));
        Assert.Equal(
            Encode.Hash([Key, a, b], layout, Cell.Text("1"), Cell.Text("x"), Cell.Text("2")),
            Encode.Hash([b, Key, a], layout, Cell.Text("2"), Cell.Text("1"), Cell.Text("x")));
    }

    [Fact]
    public void A_null_column_leaves_no_trace_wherever_it_was_added()
    {
        ContractColumn a = Encode.Column("a", "text"), added = Encode.Column("z", "decimal(5,2)");
        var layout = Encode.Layout(Encode.Contract(Key, a));
        var before = Encode.Hash([Key, a], layout, Cell.Text("1"), Cell.Text("x"));
        var wider = layout.With(Encode.Contract(added, Key, a));
        Assert.Equal(before, Encode.Hash([added, Key, a], wider, Cell.Text(null), Cell.Text("1"), Cell.Text("x")));
        Assert.Equal(before, Encode.Hash([Key, a], wider, Cell.Text("1"), Cell.Text("x")));
        Assert.NotEqual(before, Encode.Hash([added, Key, a], wider, Cell.Text("0"), Cell.Text("1"), Cell.Text("x")));
    }

    [Fact]
    public void Null_empty_and_zero_differ_and_values_do_not_wander_between_columns()
    {
        ContractColumn[] columns = [Key, Encode.Column("a", "text"), Encode.Column("b", "text")];
        (string?, string?)[] pairs = [(null, null), ("", null), (null, ""), ("", ""), ("0", null), (null, "0"), ("ab", "c"), ("a", "bc"), ("abc", null)];
        var hashes = pairs.Select(p => Encode.Hash(columns, Cell.Text("1"), Cell.Text(p.Item1), Cell.Text(p.Item2))).ToList();
        Assert.Equal(pairs.Length, hashes.Distinct().Count());
    }

    [Fact]
    public void The_canonical_form_is_the_documented_one()
    {
        ContractColumn[] columns = [Key, Encode.Column("n", "decimal(5,2)"), Encode.Column("f", "boolean"), Encode.Column("d", "date"), Encode.Column("i", "int32")];
        byte[] expected =
        [
            0, 0, 0, 1, 0, 0, 0, 2, 0xC4, 0x90,
            0, 0, 0, 2, 0, 0, 0, 3, (byte)'1', (byte)'.', (byte)'5',
            0, 0, 0, 3, 0, 0, 0, 1, 1,
            0, 0, 0, 4, 0, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFF,
            0, 0, 0, 5, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 1, 0,
        ];
        Assert.Equal(
            BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(expected)),
            Encode.Hash(columns, Cell.Text("Đ"), Cell.Text("1.50"), Cell.Text("true"), Cell.Text("1969-12-31"), Cell.Text("256")));
    }

    [Fact]
    public void A_number_never_becomes_text_and_all_such_columns_are_named()
    {
        ContractColumn[] columns = [Key, Encode.Column("ma", "text"), Encode.Column("so", "int64"), Encode.Column("ngay", "date"), Encode.Column("luc", "timestamp")];
        var refused = Assert.Throws<Errors.HubErrorException>(() => Encode.Record(columns, new Cell(SourceKind.Int64, 1L), new Cell(SourceKind.Int64, 7L),
            new Cell(SourceKind.Float64, 1.0), Cell.Text("2026-01-01"), new Cell(SourceKind.LocalTimestamp, 0L)));
        Assert.Equal("source_type_changed", refused.Error.Code);
        Assert.Equal(4, refused.Error.Errors.Count);
        foreach (var name in new[] { "k", "ma", "so", "luc" })
        {
            Assert.Contains(refused.Error.Errors, e => e.Message.En.Contains(name, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void All_violations_of_a_record_are_reported()
    {
        ContractColumn[] columns =
        [
            Key, Encode.Column("a", "text", rules: new ValueRules { MaxLength = 1 }), Encode.Column("n", "decimal(3,1)"),
            Encode.Column("d", "date"), Encode.Column("r", "text", required: true),
        ];
        var (encoder, batch, valid) = Encode.Record(columns, Cell.Text(null), Cell.Text("xy"), Cell.Text("1.25"), Cell.Text("0000-00-00"), Cell.Text(null));
        Assert.False(valid);
        Assert.Equal(["k:key_missing", "a:too_long", "n:scale_exceeded", "d:zero_date", "r:required"], encoder.Violations.Select(v => $"{v.Column}:{v.Code}"));
        Assert.False(encoder.TryKeyOfRejected(batch, 0, out _, out _));
    }

    [Fact]
    public void Key_of_a_rejected_record_equals_the_key_of_the_valid_one()
    {
        ContractColumn[] columns = [Encode.Column("b", "int32", key: 2), Encode.Column("n", "int64"), Encode.Column("a", "text", key: 1)];
        var (good, goodBatch, valid) = Encode.Record(columns, Cell.Text("5"), Cell.Text("1"), Cell.Text("một khóa rất dài để vượt mười lăm byte"));
        var (bad, badBatch, invalid) = Encode.Record(columns, Cell.Text("5"), Cell.Text("?"), Cell.Text("một khóa rất dài để vượt mười lăm byte"));
        Assert.True(valid);
        Assert.False(invalid);
        Assert.True(bad.TryKeyOfRejected(badBatch, 0, out var key, out var fields));
        Assert.Equal(good.Key, key);
        Assert.True(fields.SequenceEqual(good.KeyFields(goodBatch, 0)));
    }
}
