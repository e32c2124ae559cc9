using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Tests.Contracts;
using DataHub.Core.Validation;

namespace DataHub.Core.Tests.Validation;

/// <summary>Rules on one value: every rule that a contract can declare is enforced on every type it can be declared for.</summary>
public sealed class ValueRulesTests
{
    [Theory]
    [InlineData("ab", "")]
    [InlineData("👩‍👩", "")]
    [InlineData("👩🏽", "")]
    [InlineData("e\u0301", "")]
    [InlineData("é", "too_short")]
    [InlineData("a", "too_short")]
    [InlineData("", "too_short")]
    [InlineData("abcd", "too_long")]
    [InlineData("😀😀😀😀", "too_long")]
    public void Lengths_count_code_points(string text, string codes) =>
        Assert.Equal(codes, Encode.Codes(Encode.Column("a", "text", rules: new ValueRules { MinLength = 2, MaxLength = 3 }), text));

    [Fact]
    public void Nul_and_broken_utf8_are_refused()
    {
        var column = Encode.Column("a", "text");
        Assert.Equal("text_invalid", Encode.Codes(column, "a\0b"));
        foreach (var bytes in new byte[][] { [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE1, 0xBB] })
        {
            Assert.Equal("text_invalid", Encode.Codes(column, new Cell(SourceKind.Text, bytes)));
        }
    }

    [Fact]
    public void Text_becomes_nfc_only_when_declared()
    {
        var (composed, decomposed) = (Cell.Text("Hà Nội"), Cell.Text("Hà Nội".Normalize(System.Text.NormalizationForm.FormD)));
        ContractColumn[] strict = [Encode.Column("a", "text")], nfc = [Encode.Column("a", "text", new ParseRules { Nfc = true })];
        Assert.NotEqual(Encode.Hash(strict, composed), Encode.Hash(strict, decomposed));
        Assert.Equal(Encode.Hash(nfc, composed), Encode.Hash(nfc, decomposed));
        Assert.Equal(Encode.Hash(strict, composed), Encode.Hash(nfc, decomposed));
    }

    [Fact]
    public void Lengths_are_judged_after_normalising()
    {
        var rules = new ValueRules { MaxLength = 1 };
        Assert.Equal("too_long", Encode.Codes(Encode.Column("a", "text", rules: rules), "e\u0301"));
        Assert.Equal("", Encode.Codes(Encode.Column("a", "text", new ParseRules { Nfc = true }, rules), "e\u0301"));
    }

    [Fact]
    public void A_value_that_no_index_takes_is_refused_where_there_is_an_index()
    {
        var (fits, longer) = (new string('ế', RecordEncoder.IndexedBytes / 3), new string('ế', (RecordEncoder.IndexedBytes / 3) + 1));
        var indexed = Encode.Column("a", "text") with { Indexed = true };
        Assert.Equal("", Encode.Codes(indexed, fits));
        Assert.Equal("value_too_large", Encode.Codes(indexed, longer));
        Assert.Equal("value_too_large", Encode.Codes(Encode.Column("a", "text", key: 1), longer));
        Assert.Equal("", Encode.Codes(Encode.Column("a", "text"), longer));
    }

    [Fact]
    public void The_parts_of_a_key_share_its_room()
    {
        ContractColumn[] key = [Encode.Column("a", "text", key: 1), Encode.Column("so", "int32", key: 2), Encode.Column("b", "text", key: 3)];
        var half = new string('x', RecordEncoder.IndexedBytes / 2);
        var number = new Cell(SourceKind.Int64, 1L);
        Assert.True(Encode.Record(key, Cell.Text(half), number, Cell.Text(half)).Valid);
        Assert.False(Encode.Record(key, Cell.Text(half + "x"), number, Cell.Text("b")).Valid);
    }

    [Theory]
    [InlineData("H08", "")]
    [InlineData("xH08x", "")]
    [InlineData("h08", "pattern_mismatch")]
    public void A_pattern_is_searched_not_anchored(string text, string codes) =>
        Assert.Equal(codes, Encode.Codes(Encode.Column("a", "text", rules: new ValueRules { Pattern = @"H\d{2}" }), text));

    [Fact]
    public void A_pattern_sees_texts_longer_than_its_first_room() =>
        Assert.Equal("", Encode.Codes(Encode.Column("a", "text", rules: new ValueRules { Pattern = "b$" }), new string('ă', 3_000) + "b"));

    [Theory]
    [InlineData("text", "b", "d", "a", "b", "d", "e")]
    [InlineData("int32", "-5", "5", "-6", "-5", "5", "6")]
    [InlineData("int64", "-5", "5", "-6", "-5", "5.0", "6")]
    [InlineData("decimal(6,2)", "-1.5", "1.5", "-1.51", "-1.50", "1.5", "1.51")]
    [InlineData("float64", "-1.5", "1.5", "-1.6", "-1.5", "1.50", "1.6")]
    [InlineData("date", "2026-01-01", "2026-12-31", "2025-12-31", "2026-01-01", "2026-12-31", "2027-01-01")]
    [InlineData("time", "08:00:00", "17:00:00.5", "07:59:59.999999", "08:00", "17:00:00.500000", "17:00:00.500001")]
    [InlineData("timestamp", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00.5Z", "2026-01-01T06:59:59+07", "2026-01-01T07:00+07", "2026-01-02T00:00:00.5Z", "2026-01-02T00:00:00.500001Z")]
    public void Bounds_hold_on_every_ordered_type(string type, string low, string high, string below, string atLow, string atHigh, string above)
    {
        var closed = Encode.Column("a", type, rules: new ValueRules { Minimum = low, Maximum = high });
        Assert.Equal(("below_minimum", "", "", "above_maximum"),
            (Encode.Codes(closed, below), Encode.Codes(closed, atLow), Encode.Codes(closed, atHigh), Encode.Codes(closed, above)));
        var open = Encode.Column("a", type, rules: new ValueRules { Minimum = low, Maximum = high, ExclusiveMinimum = true, ExclusiveMaximum = true });
        Assert.Equal(("below_minimum", "above_maximum"), (Encode.Codes(open, atLow), Encode.Codes(open, atHigh)));
    }

    [Fact]
    public void An_open_bound_at_the_end_of_a_type_lets_nothing_pass()
    {
        var top = Encode.Column("a", "int64", rules: new ValueRules { Minimum = "9223372036854775807", ExclusiveMinimum = true });
        Assert.Equal("below_minimum", Encode.Codes(top, "9223372036854775807"));
        Assert.Equal("below_minimum", Encode.Codes(top, "-1"));
        var bottom = Encode.Column("a", "int64", rules: new ValueRules { Maximum = "-9223372036854775808", ExclusiveMaximum = true });
        Assert.Equal("above_maximum", Encode.Codes(bottom, "1"));
    }

    [Theory]
    [InlineData("text", "[B, C]", "B", "b")]
    [InlineData("int32", "[1, 2]", "2", "3")]
    [InlineData("int64", "[1, 2]", "2.0", "3")]
    [InlineData("decimal(6,2)", "[1.5, 2]", "1.50", "1.51")]
    [InlineData("float64", "[1.5, 2]", "1.50", "1.51")]
    [InlineData("boolean", "[true]", "true", "false")]
    [InlineData("date", "['2026-01-01', '2026-07-01']", "2026-07-01", "2026-07-02")]
    [InlineData("time", "['08:00', '13:30']", "08:00:00", "08:00:01")]
    [InlineData("timestamp", "['2026-01-01T07:00:00+07:00']", "2026-01-01T00:00:00Z", "2026-01-01T07:00:00Z")]
    public void Allowed_values_of_a_contract_hold_on_every_type(string type, string values, string good, string bad)
    {
        var logical = Encode.TypeOf(type).Kind switch
        {
            ColumnKind.Text => "string", ColumnKind.Int32 or ColumnKind.Int64 => "integer", ColumnKind.Decimal or ColumnKind.Float64 => "number",
            var kind => kind.ToString().ToLowerInvariant(),
        };
        var contract = Samples.Valid(Samples.Contract($"""
            {Samples.Column}
            - {"{"}name: a, logicalType: {logical}, customProperties: [{"{"}property: hub.type, value: '{type}'{"}"}],
              quality: [{"{"}metric: invalidValues, mustBe: 0, arguments: {"{"}validValues: {values}{"}}"}]{"}"}
            """));
        Assert.Empty(contract.Rules);
        Assert.Equal(("", "not_allowed"), (Encode.Codes(contract.Columns[1], good), Encode.Codes(contract.Columns[1], bad)));
        Assert.Equal("", Encode.Codes(contract.Columns[1], (string?)null));
    }

    [Theory]
    [InlineData("AQID", "")]
    [InlineData("AQ==", "too_short")]
    [InlineData("AQIDBAU=", "too_long")]
    [InlineData("AQI", "type_mismatch")]
    [InlineData("!!!!", "type_mismatch")]
    public void Bytes_come_from_base64(string text, string codes) =>
        Assert.Equal(codes, Encode.Codes(Encode.Column("a", "bytes", rules: new ValueRules { MinLength = 2, MaxLength = 4 }), text));
}
