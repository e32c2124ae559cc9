using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using Xunit;

namespace DataHub.Core.Tests.Contracts;

/// <summary>Text, structure and the dataset's own terms.</summary>
public class ContractReaderTests
{
    [Fact]
    public void Reads_a_whole_contract()
    {
        var contract = Samples.Valid(Samples.Contract(
            hub: "- {property: hub.access, value: open}\n- {property: hub.contact, value: 'Phòng CĐS'}",
            root: "domain: hành chính\ntags: [một cửa]",
            item: "businessName: Hồ sơ một cửa\n  tags: [hồ sơ, một cửa]"));
        Assert.Equal("ho-so-mot-cua", contract.Dataset);
        Assert.Equal("Hồ sơ một cửa", contract.Title);
        Assert.Equal("hành chính", contract.Theme);
        Assert.Equal(["một cửa", "hồ sơ"], contract.Tags);
        Assert.Equal(AccessMode.Open, contract.Terms.Access);
        Assert.Equal("public.ho_so", contract.Terms.Table);
        Assert.Equal("Phòng CĐS", contract.Terms.Contact);
        Assert.Contains("\"value\":\"text\"", contract.Document);
    }

    [Fact]
    public void Reports_three_mistakes_at_once_with_their_places()
    {
        var reading = ContractReader.Read(Samples.Contract(
            "- {name: 1st, logicalType: string}\n- {name: gia, logicalType: number}", name: "Hồ Sơ"));
        Assert.Equal(
            [
                ("/name", "dataset_id_invalid"), ("/schema/0/properties/0/name", "column_name_invalid"),
                ("/schema/0/properties/1", "column_type_undeclared"),
            ],
            reading.Errors.Select(e => (e.Pointer!, e.Code)));
        Assert.Contains("ho-so", reading.Errors[0].Message.Vi);
        Assert.NotNull(reading.Document);
    }

    [Theory]
    [InlineData("1.10", "1.10.0")]
    [InlineData("1", "1.0.0")]
    [InlineData("v2.3", "2.3.0")]
    [InlineData("\"2.3.4\"", "2.3.4")]
    public void Keeps_the_spelling_of_versions(string written, string version) =>
        Assert.Equal(version, Samples.Valid(Samples.Contract(version: written)).Version.ToString());

    [Theory]
    [InlineData("1.x")]
    [InlineData("1.2.3.4")]
    [InlineData("vv1")]
    [InlineData("1e2")]
    public void Refuses_other_versions(string version) =>
        Samples.Error(Samples.Contract(version: version), "contract_version_invalid", "/version");

    [Fact]
    public void Reads_no_as_text_and_not_as_a_boolean() =>
        Assert.Equal("no", Samples.Valid(Samples.Contract(root: "domain: no")).Theme);

    [Fact]
    public void Refuses_billion_laughs_without_expanding_them()
    {
        var text = "a: &a [x,x,x,x,x,x,x,x,x]\n"
            + string.Concat(Enumerable.Range(0, 20).Select(i =>
                $"{(char)('b' + i)}: &{(char)('b' + i)} [*{(char)('a' + i)},*{(char)('a' + i)},*{(char)('a' + i)}]\n"));
        var reading = ContractReader.Read(text);
        Assert.Null(reading.Document);
        Assert.Contains(reading.Errors, e => e.Code == "contract_yaml_anchor" && e.Message.En.Contains("Line 1"));
    }

    [Theory]
    [InlineData("a: !!str 1", "contract_yaml_tag")]
    [InlineData("a: 1\na: 2", "contract_key_duplicate")]
    [InlineData("{\"a\":1,\"a\":2}", "contract_key_duplicate")]
    [InlineData("a: [1", "contract_yaml_invalid")]
    [InlineData("a: 1\n---\nb: 2", "contract_yaml_invalid")]
    [InlineData("? [a]\n: 1", "contract_yaml_invalid")]
    [InlineData("{\"a\":", "contract_json_invalid")]
    [InlineData("{\"a\":\"\\ud800\"}", "contract_encoding_invalid")]
    [InlineData("a: \"\\0\"", "contract_encoding_invalid")]
    [InlineData("", "contract_not_an_object")]
    [InlineData("- 1", "contract_not_an_object")]
    public void Refuses_text_that_is_no_document(string text, string code) =>
        Assert.Contains(ContractReader.Read(text).Errors, e => e.Code == code);

    [Fact]
    public void Says_line_and_column_of_broken_text()
    {
        Assert.Contains("line 2", ContractReader.Read("a: 1\nb: ]").Errors[0].Message.En, StringComparison.Ordinal);
        Assert.Contains("line 2, column 5", ContractReader.Read("{\n\"a\":}").Errors[0].Message.En, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_oversized_and_deeply_nested_documents()
    {
        Assert.Equal("contract_too_large", ContractReader.Read(new string('#', 1024 * 1024 + 1)).Errors[0].Code);
        Assert.Equal("contract_too_deep", ContractReader.Read("a: " + new string('[', 500_000)).Errors[0].Code);
        Assert.Equal("contract_too_deep", ContractReader.Read(
            $$"""{"a":{{new string('[', 100)}}{{new string(']', 100)}}}""").Errors[0].Code);
        Assert.Equal("contract_json_invalid", ContractReader.Read("{\"a\":" + new string('[', 500_000)).Errors[0].Code);
        Assert.Equal("contract_encoding_invalid", ContractReader.Read([0xFF, 0xFE, 0x41]).Errors[0].Code);
    }

    [Fact]
    public void Refuses_an_unknown_property_of_3_1_with_a_hint()
    {
        var error = Samples.Error(Samples.Contract(root: "domian: x"), "contract_property_unknown", "/domian");
        Assert.Contains("\"domain\"", error.Message.En);
        Samples.ColumnError("- {name: a, logicalType: string, requird: true}", "contract_property_unknown", "0/requird");
    }

    [Fact]
    public void Keeps_an_unknown_property_of_3_0_among_the_custom_properties()
    {
        var reading = ContractReader.Read(Samples.Contract(
            "- {name: a, logicalType: string, colour: red}", apiVersion: "v3.0.2", root: "price: {priceAmount: 1, tax: 8}"));
        Assert.NotNull(reading.Contract);
        Assert.Equal(2, reading.Warnings.Count(w => w.Code == "contract_property_moved"));
        Assert.Contains("""{"property":"colour","value":"red"}""", reading.Document);
        Assert.Contains("""{"property":"price.tax","value":8}""", reading.Document);
        Assert.Contains("\"apiVersion\":\"v3.1.0\"", reading.Document);
    }

    [Theory]
    [InlineData("apiVersion: v2.2.2", "apiVersion: v3.1.0", "contract_api_version_unsupported", "/apiVersion")]
    [InlineData("kind: Contract", "kind: DataContract", "contract_value_not_allowed", "/kind")]
    [InlineData("", "id: hop-dong-1", "contract_property_missing", "/id")]
    [InlineData("", "status: active", "contract_property_missing", "/status")]
    [InlineData("name: [a]", "name: ho-so-mot-cua", "contract_property_type", "/name")]
    public void Refuses_wrong_structure(string now, string was, string code, string pointer) =>
        Samples.Error(Samples.Contract().Replace(was, now, StringComparison.Ordinal), code, pointer);

    [Fact]
    public void Lists_the_terms_that_are_missing_or_wrong()
    {
        var text = Samples.Contract(hub: "- {property: hub.file, value: ../x.csv}\n- {property: hub.acess, value: open}")
            .Replace("H08.12", "h08", StringComparison.Ordinal)
            .Replace("hub.source", "hub.sourc", StringComparison.Ordinal);
        var reading = ContractReader.Read(text);
        Assert.Equal(
            [
                ("/customProperties/0/value", "contract_value_invalid"),
                ("/customProperties/1/property", "hub_property_unknown"),
                ("/customProperties/3/value", "contract_value_invalid"),
                ("/customProperties/4/property", "hub_property_unknown"),
                ("/customProperties", "hub_property_missing"), ("/customProperties", "hub_entity_not_single"),
            ],
            reading.Errors.Select(e => (e.Pointer!, e.Code)));
        Assert.Contains("hub.access", reading.Errors[3].Message.Vi);
    }

    [Theory]
    [InlineData("- {property: hub.mode, value: delta}", "contract_value_not_allowed", "value")]
    [InlineData("- {property: hub.access, value: public}", "contract_value_not_allowed", "value")]
    [InlineData("- {property: hub.source, value: khac}", "hub_property_duplicate", "property")]
    [InlineData("- {property: hub.personal, value: true}", "hub_property_misplaced", "property")]
    public void Refuses_wrong_terms(string hub, string code, string below) =>
        Samples.Error(Samples.Contract(hub: hub), code, $"/customProperties/3/{below}");

    [Fact]
    public void A_lone_single_object_error_is_its_own_refusal()
    {
        var text = Samples.Contract() + "\n- {name: khac, properties: []}";
        var error = Samples.Error(text, "contract_not_single_object", "/schema");
        Assert.Equal("contract_not_single_object", HubErrors.ContractInvalid([error]).Code);
        Assert.Equal("contract_invalid", HubErrors.ContractInvalid([error, error]).Code);
    }

    [Fact]
    public void Codes_are_listed_once_in_both_languages()
    {
        Assert.Equal(ContractCodes.All.Count, ContractCodes.All.Select(c => c.Code).Distinct().Count());
        Assert.All(ContractCodes.All, c => Assert.Matches("^[a-z]+(_[a-z0-9]+)+$", c.Code));
        Assert.All(ContractCodes.All, c => Assert.False(string.IsNullOrWhiteSpace(c.Message.Vi) || c.Message.Vi == c.Message.En));
    }
}
