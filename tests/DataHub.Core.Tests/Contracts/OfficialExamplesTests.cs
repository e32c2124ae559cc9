using System.Text.Json.Nodes;
using DataHub.Core.Contracts;
using Xunit;

namespace DataHub.Core.Tests.Contracts;

/// <summary>All examples of the standard are read and normalised; none can be registered, for lack of hub.* terms.</summary>
public class OfficialExamplesTests
{
    public static IEnumerable<TheoryDataRow<string>> Examples()
    {
        var folder = Path.Combine(Samples.Odcs, "examples");
        return Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal)
                .Select(f => new TheoryDataRow<string>(Path.GetFileName(f)))
            : [new TheoryDataRow<string>("(absent)")];
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Reads_and_normalises_each_and_names_what_registration_lacks(string file)
    {
        Samples.SkipWithoutOdcs();
        var reading = Read(file);
        Assert.True(reading.Document is not null, Samples.Describe(reading.Errors));
        Assert.Null(reading.Contract);
        Assert.Contains(reading.Errors, e => e.Code == "hub_property_missing" && e.Message.Vi.Contains("hub.provider"));
        Assert.Contains(reading.Errors, e => e.Code == "hub_entity_not_single");
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Emits_documents_that_the_official_schema_of_3_1_accepts(string file)
    {
        Samples.SkipWithoutOdcs();
        var schema = MiniJsonSchema.Load(Path.Combine(Samples.Odcs, "schema", "odcs-json-schema-v3.1.0.json"));
        var problems = schema.Validate(JsonNode.Parse(ContractWriter.ToJson(Read(file).Document!)));
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [Fact]
    public void The_schema_check_itself_sees_what_is_wrong()
    {
        Samples.SkipWithoutOdcs();
        var schema = MiniJsonSchema.Load(Path.Combine(Samples.Odcs, "schema", "odcs-json-schema-v3.1.0.json"));
        var problems = schema.Validate(JsonNode.Parse("""
            {"version":"1","kind":"DataContract","apiVersion":"v3.1.0","id":"a","status":"x","schema":[{"name":"t",
            "properties":[{"name":"c","logicalType":"integer","logicalTypeOptions":{"minLength":1},"colour":1}],
            "quality":[{"metric":"nullValues"}]}]}
            """));
        Assert.Contains("/schema/0/properties/0/logicalTypeOptions/minLength additionalProperties", problems);
        Assert.Contains("/schema/0/properties/0/colour unevaluatedProperties", problems);
        Assert.Contains("/schema/0/quality/0 oneOf", problems);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Reads_back_what_it_writes_in_both_formats(string file)
    {
        Samples.SkipWithoutOdcs();
        var first = Read(file);
        var fromYaml = ContractReader.Read(ContractWriter.ToYaml(first.Document!), ContractFormat.Yaml);
        var fromJson = ContractReader.Read(ContractWriter.ToJson(first.Document!));
        Assert.Equal(first.Document, fromYaml.Document);
        Assert.Equal(first.Document, fromJson.Document);
        Assert.Equal(Samples.Describe(first.Errors), Samples.Describe(fromYaml.Errors));
    }

    [Fact]
    public void There_are_eighteen()
    {
        Samples.SkipWithoutOdcs();
        Assert.Equal(18, Examples().Count());
    }

    [Theory]
    [InlineData("postgresql-adventureworks-contract.odcs.yaml", "contract_not_single_object", "/schema")]
    [InlineData("azure-server.odcs.yaml", "contract_not_single_object", "/schema")]
    [InlineData("kafka-server.odcs.yaml", "contract_no_columns", "/schema/0/properties")]
    [InlineData("kafka-schema.odcs.yaml", "dataset_id_invalid", "/name")]
    [InlineData("all-data-types.odcs.yaml", "column_type_unsupported", "/schema/0/properties/8/logicalType")]
    [InlineData("table-columns-with-partition.odcs.yaml", "column_type_undeclared", "/schema/0/properties/3")]
    public void Refuses_what_cannot_be_registered_with_its_code(string file, string code, string pointer)
    {
        Samples.SkipWithoutOdcs();
        Assert.Contains(Read(file).Errors, e => e.Code == code && e.Pointer == pointer);
    }

    private static ContractReading Read(string file) =>
        ContractReader.Read(File.ReadAllText(Path.Combine(Samples.Odcs, "examples", file)));
}
