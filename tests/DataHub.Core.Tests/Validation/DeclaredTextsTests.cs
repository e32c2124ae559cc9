using DataHub.Core.Contracts;
using Xunit;
using static DataHub.Core.Tests.Validation.Encode;

namespace DataHub.Core.Tests.Validation;

/// <summary>Null texts, blanks and the words of true and false count only as far as they are declared.</summary>
public sealed class DeclaredTextsTests
{
    private static readonly ParseRules Nulls = new() { NullTexts = new TextSet(["N/A", "-", ""]) };
    private static readonly ParseRules Trimmed = new() { Trim = true, NullTexts = new TextSet(["N/A"]) };

    private static readonly ParseRules YesNo = new()
    {
        TrueTexts = new TextSet(["Có", "x", "1"]), FalseTexts = new TextSet(["Không", "0"]),
    };

    [Theory]
    [InlineData("int32", "N/A", "")]
    [InlineData("int32", "-", "")]
    [InlineData("text", "", "")]
    [InlineData("decimal(9,2)", "n/a", "type_mismatch")]
    [InlineData("date", " N/A", "type_mismatch")]
    public void Null_texts_are_compared_exactly(string type, string text, string codes)
    {
        Assert.Equal(codes, Codes(Column("a", type, Nulls), text));
        Assert.Equal(codes.Length == 0 ? "required" : codes, Codes(Column("a", type, Nulls, required: true), text));
    }

    [Fact]
    public void A_null_text_in_the_key_is_a_missing_key() =>
        Assert.Equal("key_missing", Codes(Column("a", "text", Nulls, key: 1), "-"));

    [Theory]
    [InlineData("int32", " 7\t", "7")]
    [InlineData("decimal(9,2)", "\u00A07.5 ", "7.5")]
    [InlineData("date", "\r\n2026-01-02 ", "2026-01-02")]
    [InlineData("text", "\uFEFF Cà Mau \u3000", "Cà Mau")]
    [InlineData("boolean", " true ", "true")]
    public void Blanks_around_a_value_count_unless_trimming_is_declared(string type, string text, string plain)
    {
        var column = Column("a", type, Trimmed);
        Assert.Equal(Hash([Column("a", type)], Cell.Text(plain)), Hash([column], Cell.Text(text)));
        Assert.Equal(type == "text" ? "" : "type_mismatch", Codes(Column("a", type), text));
    }

    [Theory]
    [InlineData("   ")]
    [InlineData("")]
    [InlineData(" N/A ")]
    public void What_trimming_leaves_empty_or_a_null_text_is_no_value(string text) =>
        Assert.Equal("required", Codes(Column("a", "text", Trimmed, required: true), text));

    [Fact]
    public void Declared_words_replace_true_and_false()
    {
        var column = Column("a", "boolean", YesNo);
        Assert.Equal(Hash([Column("a", "boolean")], Cell.Text("true")), Hash([column], Cell.Text("Có")));
        Assert.Equal(Hash([Column("a", "boolean")], Cell.Text("false")), Hash([column], Cell.Text("0")));
        Assert.Equal("type_mismatch", Codes(column, "true"));
        Assert.Equal("type_mismatch", Codes(column, "có"));
        Assert.Equal("type_mismatch", Codes(Column("a", "boolean"), "1"));
    }

    [Theory]
    [InlineData("1.234.567,89", "1234567.89")]
    [InlineData("1234567,89", "1234567.89")]
    [InlineData("-1.234,5", "-1234.5")]
    [InlineData("1.23.4", null)]
    [InlineData("1.2345", null)]
    [InlineData("12.34,5", null)]
    [InlineData("1,234.5", null)]
    [InlineData("1.234.56", null)]
    [InlineData(".234", null)]
    [InlineData("1..234", null)]
    [InlineData("1 234", null)]
    [InlineData("5,", null)]
    public void Numbers_are_read_by_the_declared_characters_or_not_at_all(string text, string? plain)
    {
        var column = Column("a", "decimal(18,2)", new ParseRules { DecimalChar = ',', GroupChar = '.' });
        Assert.Equal(plain is null ? "type_mismatch" : "", Codes(column, text));
        if (plain is not null)
        {
            Assert.Equal(Hash([Column("a", "decimal(18,2)")], Cell.Text(plain)), Hash([column], Cell.Text(text)));
        }
    }
}
