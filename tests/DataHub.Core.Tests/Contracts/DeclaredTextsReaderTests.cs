using DataHub.Core.Contracts;
using Xunit;

namespace DataHub.Core.Tests.Contracts;

/// <summary>How values are written can be declared for a column, or for all columns at once; what would be guessed is refused.</summary>
public class DeclaredTextsReaderTests
{
    private const string Dataset = """
        - {property: hub.decimalChar, value: ","}
        - {property: hub.groupChar, value: "."}
        - {property: hub.nullTexts, value: [null, "-"]}
        - {property: hub.trueTexts, value: Có}
        - {property: hub.falseTexts, value: [Không]}
        """;

    [Fact]
    public void A_column_takes_over_what_fits_its_type_and_what_it_does_not_say_itself()
    {
        var contract = Samples.Valid(Samples.Contract("""
            - {name: a, logicalType: string, customProperties: [{property: hub.trim, value: true}]}
            - {name: b, logicalType: integer}
            - {name: c, logicalType: boolean}
            - name: d
              logicalType: number
              customProperties:
              - {property: hub.type, value: 'decimal(9,2)'}
              - {property: hub.nullTexts, value: n}
              - {property: hub.groupChar, value: ' '}
            """, hub: Dataset.ReplaceLineEndings("\n")));
        var (a, b, c, d) = (contract.Columns[0].Parse, contract.Columns[1].Parse, contract.Columns[2].Parse, contract.Columns[3].Parse);

        Assert.Equal((true, null, '.'), (a.Trim, a.GroupChar, a.DecimalChar));
        Assert.Equal(["null", "-"], a.NullTexts!.Items);
        Assert.Equal((',', '.'), (b.DecimalChar, b.GroupChar!.Value));
        Assert.Equal(["Có"], c.TrueTexts!.Items);
        Assert.Equal(["Không"], c.FalseTexts!.Items);
        Assert.Null(b.TrueTexts);
        Assert.Equal((',', ' '), (d.DecimalChar, d.GroupChar!.Value));
        Assert.Equal(["n"], d.NullTexts!.Items);
    }

    [Fact]
    public void Equal_lists_are_no_change_of_a_contract()
    {
        var text = Samples.Contract(hub: Dataset.ReplaceLineEndings("\n"));
        Assert.Equal(Samples.Valid(text).Columns[0].Parse, Samples.Valid(text).Columns[0].Parse);
        Assert.NotEqual(Samples.Valid(text).Columns[0].Parse, Samples.Valid(Samples.Contract()).Columns[0].Parse);
    }

    [Theory]
    [InlineData("")]
    [InlineData(", {property: hub.falseTexts, value: [y, x]}")]
    public void Words_of_true_and_false_stand_together_and_apart(string others) => Samples.ColumnError(
        $"- {{name: a, logicalType: boolean, customProperties: [{{property: hub.trueTexts, value: x}}{others}]}}",
        "boolean_texts", "0/customProperties/0/value");

    [Theory]
    [InlineData("[]")]
    [InlineData("[[a]]")]
    [InlineData("{a: b}")]
    public void A_list_of_texts_holds_texts(string value) => Samples.ColumnError(
        $"- {{name: a, logicalType: string, customProperties: [{{property: hub.nullTexts, value: {value}}}]}}",
        "contract_value_invalid", "0/customProperties/0/value");

    [Theory]
    [InlineData("integer", "{minimum: 10, exclusiveMinimum: 5}", "exclusiveMinimum")]
    [InlineData("date", "{maximum: '2026-01-01', exclusiveMaximum: '2026-01-01'}", "exclusiveMaximum")]
    [InlineData("integer", "{minimum: 5, exclusiveMaximum: 5}", "minimum")]
    [InlineData("integer", "{exclusiveMinimum: 5, maximum: 5}", "exclusiveMinimum")]
    public void Two_bounds_at_one_end_and_bounds_with_nothing_between_are_refused(string type, string options, string at) =>
        Samples.ColumnError($"- {{name: a, logicalType: {type}, logicalTypeOptions: {options}}}",
            "column_option_invalid", $"0/logicalTypeOptions/{at}");

    [Fact]
    public void A_year_of_two_digits_is_refused_because_its_century_would_be_guessed() => Samples.ColumnError(
        "- {name: a, logicalType: date, logicalTypeOptions: {format: dd/MM/yy}}", "date_format_unsupported", "0/logicalTypeOptions/format");
}
