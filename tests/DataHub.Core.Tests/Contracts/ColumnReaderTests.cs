using System.Text;
using DataHub.Core.Contracts;
using Xunit;

namespace DataHub.Core.Tests.Contracts;

/// <summary>Names, types, keys and the rules on one value.</summary>
public class ColumnReaderTests
{
    [Theory]
    [InlineData("1st", "c_1st")]
    [InlineData("ma ho so", "ma_ho_so")]
    [InlineData("eq", "c_eq")]
    [InlineData("NaN", "c_NaN")]
    [InlineData("contains", "c_contains")]
    [InlineData("_hash_x", "c_hash_x")]
    [InlineData("_n", "c_n")]
    [InlineData("***", "column")]
    public void Refuses_a_column_name_and_proposes_one(string name, string proposal)
    {
        var error = Samples.ColumnError($"- {{name: '{name}', logicalType: string}}", "column_name_invalid", "0/name");
        Assert.Contains($"\"{proposal}\"", error.Message.En);
        Assert.Null(ColumnNames.Problem(proposal));
    }

    [Fact]
    public void Refuses_a_name_in_decomposed_form_and_proposes_the_composed_one()
    {
        var error = Samples.ColumnError(
            $"- {{name: '{"tên".Normalize(NormalizationForm.FormD)}', logicalType: string}}", "column_name_invalid", "0/name");
        Assert.Contains("\"tên\"", error.Message.Vi);
        Assert.Null(ColumnNames.Problem("tên_người_nộp"));
        Assert.Null(ColumnNames.Problem("date"));
    }

    [Fact]
    public void Refuses_names_that_differ_by_case_alone() => Samples.ColumnError(
        "- {name: Ma, logicalType: string}\n- {name: ma, logicalType: string}", "column_name_duplicate", "1/name");

    [Fact]
    public void Refuses_more_than_500_columns() => Samples.Error(
        Samples.Contract(string.Join('\n', Enumerable.Range(0, 501).Select(i => $"- {{name: c{i}, logicalType: string}}"))),
        "contract_too_many_columns", "/schema/0/properties");

    [Theory]
    [InlineData("string", null, "text")]
    [InlineData("integer", null, "int64")]
    [InlineData("integer", "i32", "int32")]
    [InlineData("number", "f64", "float64")]
    [InlineData("timestamp", null, "timestamp")]
    [InlineData("boolean", null, "boolean")]
    public void Derives_a_type_that_is_clear(string logical, string? format, string type)
    {
        var options = format is null ? "" : $", logicalTypeOptions: {{format: {format}}}";
        var contract = Samples.Valid(Samples.Contract($"- {{name: a, logicalType: {logical}{options}}}"));
        Assert.Equal(type, contract.Columns[0].Type.ToString());
        Assert.Contains($$"""{"property":"hub.type","value":"{{type}}"}""", contract.Document);
    }

    [Theory]
    [InlineData("logicalType: number", "column_type_undeclared", "0")]
    [InlineData("physicalType: text", "column_type_undeclared", "0")]
    [InlineData("logicalType: integer, logicalTypeOptions: {format: u64}", "column_type_undeclared", "0")]
    [InlineData("logicalType: object", "column_type_unsupported", "0/logicalType")]
    [InlineData("logicalType: array, items: {logicalType: string}", "column_type_unsupported", "0/logicalType")]
    [InlineData("logicalType: strin", "contract_value_not_allowed", "0/logicalType")]
    [InlineData("logicalType: string, customProperties: [{property: hub.type, value: int32}]",
        "column_type_conflict", "0/customProperties/0/value")]
    [InlineData("customProperties: [{property: hub.type, value: 'decimal(29,2)'}]",
        "contract_value_not_allowed", "0/customProperties/0/value")]
    public void Refuses_a_type_that_is_not_clear(string column, string code, string below)
    {
        var reading = Samples.ReadColumns($"- {{name: a, {column}}}");
        Assert.Contains(reading.Errors, e => e.Code == code && e.Pointer == $"/schema/0/properties/{below}");
    }

    [Fact]
    public void Writes_the_logical_type_of_a_declared_type()
    {
        var contract = Samples.Valid(Samples.Contract("- {name: a, customProperties: [{property: hub.type, value: bytes}]}"));
        Assert.Contains("\"logicalType\":\"string\"", contract.Document);
        var old = Samples.Valid(Samples.Contract(
            "- {name: a, logicalType: date, customProperties: [{property: hub.type, value: timestamp}]}",
            apiVersion: "v3.0.2"));
        Assert.Contains("\"logicalType\":\"timestamp\"", old.Document);
    }

    [Fact]
    public void Orders_the_key_by_declared_positions_else_by_the_document()
    {
        var declared = Samples.Valid(Samples.Contract(
            "- {name: a, logicalType: string, primaryKey: true, primaryKeyPosition: 9}\n"
            + "- {name: b, logicalType: string, primaryKey: true, primaryKeyPosition: 2}"));
        Assert.Equal(["b", "a"], declared.Key.Select(c => c.Name));
        Assert.All(declared.Columns, c => Assert.True(c.Required));
        var implicitly = Samples.Valid(Samples.Contract(
            "- {name: a, logicalType: string, primaryKey: true}\n"
            + "- {name: b, logicalType: string, primaryKey: true, primaryKeyPosition: 1}"));
        Assert.Equal(["a", "b"], implicitly.Key.Select(c => c.Name));
        Samples.ColumnError(
            "- {name: a, logicalType: string, primaryKey: true, primaryKeyPosition: 1}\n"
            + "- {name: b, logicalType: string, primaryKey: true, primaryKeyPosition: 1}",
            "key_position_duplicate", "1/primaryKeyPosition");
    }

    [Fact]
    public void Reads_bounds_by_the_type_of_the_column()
    {
        var columns = Samples.Valid(Samples.Contract(
            "- {name: a, logicalType: number, logicalTypeOptions: {minimum: 1.50, exclusiveMaximum: 1e2}, "
            + "customProperties: [{property: hub.type, value: 'decimal(5,2)'}]}\n"
            + "- {name: b, logicalType: timestamp, logicalTypeOptions: {minimum: '2020-01-01 00:00:00', "
            + "maximum: '01/02/2021 10:30:00', format: 'dd/MM/yyyy HH:mm:ss'}, "
            + "customProperties: [{property: hub.timeZone, value: Asia/Ho_Chi_Minh}]}\n"
            + "- {name: c, logicalType: string, logicalTypeOptions: {minLength: 1, maxLength: 5, pattern: '^[0-9]+$'}}")).Columns;
        Assert.Equal(("1.5", "100", true), (columns[0].Rules.Minimum, columns[0].Rules.Maximum, columns[0].Rules.ExclusiveMaximum));
        Assert.Equal(("2019-12-31T17:00:00Z", "2021-02-01T03:30:00Z"), (columns[1].Rules.Minimum, columns[1].Rules.Maximum));
        Assert.Equal("dd/MM/yyyy HH:mm:ss", columns[1].Parse.Format);
        Assert.Equal((1, 5, "^[0-9]+$"), (columns[2].Rules.MinLength, columns[2].Rules.MaxLength, columns[2].Rules.Pattern));
    }

    [Theory]
    [InlineData("integer", "minimum: 1.5", "column_option_invalid", "minimum")]
    [InlineData("integer", "minimum: 5, maximum: 1", "column_option_invalid", "minimum")]
    [InlineData("date", "minimum: '2026-02-30'", "column_option_invalid", "minimum")]
    [InlineData("string", "minLength: -1", "column_option_invalid", "minLength")]
    [InlineData("string", "minLength: 9, maxLength: 1", "column_option_invalid", "minLength")]
    [InlineData("string", "minimum: 1", "column_option_not_applicable", "minimum")]
    [InlineData("boolean", "pattern: x", "column_option_not_applicable", "pattern")]
    [InlineData("string", "pattern: '('", "pattern_invalid", "pattern")]
    [InlineData("string", "pattern: '(a)\\1'", "pattern_invalid", "pattern")]
    [InlineData("date", "format: dd/MM/yyyy G", "date_format_unsupported", "format")]
    [InlineData("date", "format: dd/MM", "date_format_unsupported", "format")]
    [InlineData("date", "format: yyyy-MM-dd HH", "date_format_unsupported", "format")]
    [InlineData("time", "format: '''h'", "date_format_unsupported", "format")]
    [InlineData("timestamp", "defaultTimezone: Mars/Base", "time_zone_unknown", "defaultTimezone")]
    public void Refuses_a_wrong_option(string logical, string option, string code, string below) => Samples.ColumnError(
        $"- {{name: a, logicalType: {logical}, logicalTypeOptions: {{{option}}}}}", code, $"0/logicalTypeOptions/{below}");

    [Theory]
    [InlineData("timestamp", "hub.timeZone", "Mars/Base", "time_zone_unknown")]
    [InlineData("timestamp", "hub.timeZone", "SE Asia Standard Time", "time_zone_unknown")]
    [InlineData("string", "hub.timeZone", "Asia/Ho_Chi_Minh", "hub_property_not_applicable")]
    [InlineData("date", "hub.normalize", "NFC", "hub_property_not_applicable")]
    [InlineData("string", "hub.normalize", "NFD", "contract_value_not_allowed")]
    [InlineData("integer", "hub.groupChar", "'.'", "number_chars_equal")]
    [InlineData("date", "hub.decimalChar", "','", "hub_property_not_applicable")]
    [InlineData("date", "hub.zeroDate", "maybe", "contract_value_not_allowed")]
    [InlineData("string", "hub.personal", "yes", "contract_value_not_allowed")]
    [InlineData("string", "hub.indexed", "1", "contract_value_not_allowed")]
    public void Refuses_a_wrong_hub_property(string logical, string property, string value, string code) => Samples.ColumnError(
        $"- {{name: a, logicalType: {logical}, customProperties: [{{property: {property}, value: {value}}}]}}",
        code, "0/customProperties/0/value");

    [Fact]
    public void Hints_at_the_hub_property_that_was_meant()
    {
        var error = Samples.ColumnError(
            "- {name: a, logicalType: string, customProperties: [{property: hub.personel, value: true}]}",
            "hub_property_unknown", "0/customProperties/0/property");
        Assert.Contains("hub.personal", error.Message.Vi);
        Assert.Contains("hub.personal", error.Allowed!);
    }

    [Fact]
    public void Reads_parse_rules_and_flags()
    {
        var columns = Samples.Valid(Samples.Contract(
            "- {name: a, physicalName: Ngày, logicalType: date, customProperties: [{property: hub.zeroDate, value: null}]}\n"
            + "- {name: b, logicalType: number, customProperties: [{property: hub.type, value: 'decimal(18,2)'}, "
            + "{property: hub.decimalChar, value: ','}, {property: hub.groupChar, value: '.'}]}\n"
            + "- {name: c, logicalType: string, customProperties: [{property: hub.normalize, value: NFC}, "
            + "{property: hub.personal, value: true}, {property: hub.indexed, value: true}]}")).Columns;
        Assert.True(columns[0].Parse.ZeroDateIsNull);
        Assert.Equal("Ngày", columns[0].SourceName);
        Assert.Equal((',', '.'), (columns[1].Parse.DecimalChar, columns[1].Parse.GroupChar));
        Assert.True(columns[2] is { Parse.Nfc: true, Personal: true, Indexed: true, SourceName: "c" });
    }

    [Theory]
    [InlineData("yyyy-MM-dd'T'HH:mm:ssXXX", "yyyy-MM-dd\\THH:mm:ssK")]
    [InlineData("d/M/uuuu h:mm a", "d/M/yyyy h:mm tt")]
    [InlineData("yyyyMMddHHmmssSSS", "yyyyMMddHHmmssfff")]
    [InlineData("yyyy-MM-dd HH:mm:ssZ", "yyyy-MM-dd HH:mm:sszzz")]
    public void Translates_date_patterns(string jdk, string format)
    {
        Assert.True(DateFormats.TryTranslate(jdk, ColumnKind.Timestamp, out var translated, out var reason), reason.En);
        Assert.Equal(format, translated);
    }
}
