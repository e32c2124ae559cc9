using System.Text;
using DataHub.Core.Contracts;
using Xunit;
using static DataHub.Core.Tests.Validation.Encode;

namespace DataHub.Core.Tests.Contracts;

/// <summary>A declared spelling of numbers is held digit by digit; without one any spelling by the declared characters is read.</summary>
public class NumberPatternTests
{
    [Theory]
    [InlineData("#,##0.00", "1,234.50 -12.00 +0.00 999,999.99", "1234.50 1,234.5 1,234 1,23.45 12,34.00 .50")]
    [InlineData("0", "0 12 -7", "1.0 1,000")]
    [InlineData("000", "007 1234", "07 7")]
    [InlineData("#0.0#", "1.5 12.34", "1 12.345 1.")]
    [InlineData("#,#00", "01 1,234 12,345,678", "1 1234 12,34,567")]
    [InlineData("#.#", "1 1.5", "1.55")]
    public void A_number_is_read_when_it_is_spelled_as_the_pattern_says(string pattern, string good, string bad)
    {
        var rules = new ParseRules { Number = NumberPattern.Parse(pattern), GroupChar = ',' };
        Assert.All(good.Split(' '), text => Assert.Equal("", Codes(Column("a", "decimal(18,3)", rules), text)));
        Assert.All(bad.Split(' '), text => Assert.Equal("type_mismatch", Codes(Column("a", "decimal(18,3)", rules), text)));
    }

    [Fact]
    public void Exponents_and_other_characters_stand_where_they_are_declared()
    {
        var scientific = new ParseRules { Number = NumberPattern.Parse("0.00E00") };
        Assert.Equal("", Codes(Column("a", "float64", scientific), "1.50E-07"));
        Assert.Equal("type_mismatch", Codes(Column("a", "float64", scientific), "1.50"));
        Assert.Equal("type_mismatch", Codes(Column("a", "float64", scientific), "1.5E07"));
        var vietnamese = new ParseRules { Number = NumberPattern.Parse("#,##0.00"), GroupChar = '.', DecimalChar = ',' };
        Assert.Equal("", Codes(Column("a", "decimal(18,2)", vietnamese), "1.234.567,89"));
        Assert.Equal("type_mismatch", Codes(Column("a", "decimal(18,2)", vietnamese), "1,234,567.89"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("#,##,##0")]
    [InlineData("0#")]
    [InlineData("0.#0")]
    [InlineData("0.000,000")]
    [InlineData("0%")]
    [InlineData("+0")]
    [InlineData(".0")]
    [InlineData("0.0.0")]
    [InlineData("abc")]
    public void Patterns_outside_the_part_are_none(string pattern) => Assert.Null(NumberPattern.Parse(pattern));

    [Theory]
    [InlineData("decimal(9,2)", "0.000")]
    [InlineData("decimal(9,2)", "0E0")]
    [InlineData("int64", "0.0")]
    [InlineData("int32", "#,##0")]
    [InlineData("float64", "0%")]
    public void A_pattern_that_no_number_of_the_column_could_follow_is_refused(string type, string pattern) => Samples.ColumnError(
        $"- {{name: a, customProperties: [{{property: hub.type, value: '{type}'}}, {{property: hub.numberPattern, value: '{pattern}'}}]}}",
        "number_pattern", "0/customProperties/1/value");

    /// <summary>For the messages of tests: what a pattern's bytes are.</summary>
    [Fact]
    public void A_text_of_other_letters_matches_no_pattern() =>
        Assert.False(NumberPattern.Parse("#,##0")!.Matches(Encoding.UTF8.GetBytes("١٬٢٣٤"), '.', ','));
}
