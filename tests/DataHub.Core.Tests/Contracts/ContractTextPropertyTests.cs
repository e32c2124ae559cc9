using System.Text;
using CsCheck;
using DataHub.Core.Contracts;
using Xunit;

namespace DataHub.Core.Tests.Contracts;

/// <summary>Any input gives a contract or errors, never an exception.</summary>
public class ContractTextPropertyTests
{
    private const string Rich =
        "- {name: a, logicalType: number, primaryKey: true, primaryKeyPosition: 1, logicalTypeOptions: {minimum: 1, "
        + "exclusiveMaximum: true, maximum: 9, format: f64}, quality: [{metric: invalidValues, mustBe: 0, arguments: "
        + "{validValues: [1, 2]}}, {rule: nullCheck, unit: percent, mustBeBetween: [0, 1]}]}\n"
        + "- {name: b, logicalType: timestamp, logicalTypeOptions: {format: 'yyyy-MM-dd HH:mm', minimum: '2026-01-01 00:00'}, "
        + "customProperties: [{property: hub.timeZone, value: Asia/Ho_Chi_Minh}, {property: hub.zeroDate, value: null}]}\n"
        + "- {name: c, logicalType: string, unique: true, logicalTypeOptions: {pattern: '^[a-z]+$', maxLength: 9}}";

    private static readonly string Valid = Samples.Contract(
        Rich, apiVersion: "v3.0.2", root: "team: [{username: a}]\ntags: [x]", item: "quality: [{metric: rowCount, mustBe: 1}]");

    [Fact]
    public void The_contract_that_is_mutilated_below_is_valid() => Samples.Valid(Valid);

    [Fact]
    public void Any_string() => Gen.String.Sample(Judge, iter: 3_000);

    [Fact]
    public void Any_bytes() => Gen.Byte.Array.Sample(b => Judge(ContractReader.Read(b)), iter: 3_000);

    [Fact]
    public void Any_text_of_yaml_and_json_signs() =>
        Gen.String[Gen.Char["a1:-? []{},#&*!|>'\"%@`~.\n\t\\u0d8\0"], 0, 60].Sample(Judge, iter: 2_000);

    [Fact]
    public void Any_mutilation_of_a_valid_contract()
    {
        var cut = Gen.Select(Gen.Int[0, Valid.Length - 1], Gen.Int[0, 30], Gen.OneOf(
            Samples.OneOf("null", "[]", "{}", "1e999", "-1", "true", "''", "\"\\ud800\"", "[null]", "{a: {b: [1]}}", "9999999999"),
            Gen.String[Gen.Char["a1:-? []{},#&*!'\"\n"], 0, 5]));
        cut.Array[1, 3].Sample(
            cuts => Judge(cuts.Aggregate(Valid, (text, c) => string.Concat(
                text.AsSpan(0, Math.Min(c.Item1, text.Length)), c.Item3,
                text.AsSpan(Math.Min(c.Item1 + c.Item2, text.Length))))),
            iter: 2_000);
    }

    [Fact]
    public void Any_value_replaced_in_a_valid_contract()
    {
        // Values between a colon and the next sign: keeps the structure, so that the readers behind it are reached.
        var places = System.Text.RegularExpressions.Regex.Matches(Valid, @"(?<=: )[^\s,{}\[\]][^,{}\[\]\n]*").ToArray();
        var value = Gen.OneOf(
            Samples.OneOf("null", "[]", "{}", "1e999", "-1", "0", "true", "''", "[null]", "{a: {b: [1]}}", "99999999999", "[1, 1]",
                "'\\U0001F600'", "hub.type", "object", "string", "date", "'('", "[{}]", "[[]]", "[a, {}]"),
            Gen.Char.Array[0, 8].Select(c => System.Text.Json.JsonSerializer.Serialize(new string(c))));
        Gen.Select(Gen.Int[0, places.Length - 1], value).Array[1, 4].Sample(
            changes => Judge(changes.DistinctBy(c => c.Item1).OrderByDescending(c => c.Item1).Aggregate(
                Valid, (text, c) => text.Remove(places[c.Item1].Index, places[c.Item1].Length)
                    .Insert(places[c.Item1].Index, c.Item2))),
            iter: 2_000);
    }

    private static void Judge(string text) => Judge(ContractReader.Read(text));

    private static void Judge(ContractReading reading)
    {
        Assert.True(reading.Contract is not null ^ reading.Errors.Count > 0);
        Assert.True(reading.Contract is null || reading.Document is not null);
        if (reading.Document is { } document)
        {
            // Whatever was read is written and read again as the same.
            var again = ContractReader.Read(ContractWriter.ToYaml(document), ContractFormat.Yaml);
            Assert.True(document == again.Document, Samples.Describe(again.Errors) + ContractWriter.ToYaml(document));
            Assert.Equal(reading.Contract is null, again.Contract is null);
        }
    }
}
