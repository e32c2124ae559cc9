namespace DataHub.Core.Contracts;

/// <summary>What a property of ODCS holds.</summary>
internal enum OdcsKind { Text, Boolean, Integer, Number, Scalar, Any, Map, List, Texts, Section, Sections, SectionOrSections }

/// <summary>One property of a section.</summary>
/// <param name="Section">Name of the section that it holds, for the three section kinds.</param>
internal sealed record OdcsProperty(string Name, OdcsKind Kind, bool Required, string? Section)
{
    /// <summary>Values that the official schema lists, or null.</summary>
    public IReadOnlyList<string>? Allowed { get; init; }
}

/// <summary>A section with all its properties in the order in which documents are emitted.</summary>
/// <param name="Open">True when ODCS itself allows further properties.</param>
internal sealed record OdcsSection(string Name, bool Open, IReadOnlyList<OdcsProperty> Properties)
{
    public OdcsProperty? Find(string name) => Properties.FirstOrDefault(p => p.Name == name);
}

/// <summary>
/// The structure of ODCS 3.1 (and of 3.0, whose sections are a part of it), as a table in a small notation:
/// <c>name:kind</c>, <c>!</c> = required, <c>{x}</c> = one section x, <c>[x]</c> = a list of them, <c>{x}|[y]</c> = either.
/// Kept in step with the official JSON schema by a test that validates every emitted document.
/// </summary>
internal static class OdcsSections
{
    private const string Element = "id:text name:text! physicalName:text physicalType:text businessName:text "
        + "description:text ";

    private const string Shared = "authoritativeDefinitions:[definition] tags:texts customProperties:[custom]";

    private const string Operators = "mustBe:any mustNotBe:any mustBeGreaterThan:number mustBeGreaterOrEqualTo:number "
        + "mustBeLessThan:number mustBeLessOrEqualTo:number mustBeBetween:list mustNotBeBetween:list ";

    private const string Column = "logicalType:text logicalTypeOptions:map primaryKey:bool "
        + "primaryKeyPosition:int required:bool unique:bool partitioned:bool partitionKeyPosition:int classification:text "
        + "encryptedName:text transformSourceObjects:texts transformLogic:text transformDescription:text examples:list "
        + "criticalDataElement:bool relationships:[relationship] quality:[quality] properties:[column] items:{item} ";

    private static readonly string[] LogicalTypes =
        ["string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean"];

    private static readonly Dictionary<string, IReadOnlyList<string>> Allowed = new(StringComparer.Ordinal)
    {
        ["root.kind"] = ["DataContract"],
        ["object.logicalType"] = ["object"],
        ["column.logicalType"] = LogicalTypes,
        ["item.logicalType"] = LogicalTypes,
        ["quality.type"] = ["library", "sql", "text", "custom"],
        ["quality.dimension"] =
            ["accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness"],
        ["relationship.type"] = ["foreignKey"],
    };

    private static readonly Dictionary<string, OdcsSection> All = new[]
    {
        Section("root", "apiVersion:text! kind:text! id:text! name:text version:text! status:text! tenant:text domain:text "
            + "dataProduct:text description:{description} tags:texts authoritativeDefinitions:[definition] "
            + "servers:[server] schema:[object] team:{team}|[member] roles:[role] support:[support] price:{price} "
            + "slaDefaultElement:text slaProperties:[sla] customProperties:[custom] contractCreatedTs:text"),
        Section("description", "purpose:text limitations:text usage:text authoritativeDefinitions:[definition] "
            + "customProperties:[custom]", open: true),
        Section("server", "id:text server:text! type:text! description:text environment:text roles:[role] "
            + "customProperties:[custom]", open: true),
        Section("object", Element + "logicalType:text dataGranularityDescription:text properties:[column] "
            + "relationships:[relationship] quality:[quality] " + Shared),
        Section("column", Element + Column + Shared),
        Section("item", Element.Replace("!", "", StringComparison.Ordinal) + Column + Shared),
        Section("quality", "id:text name:text description:text type:text metric:text rule:text query:text engine:text "
            + "implementation:any arguments:map " + Operators + "unit:text severity:text dimension:text "
            + "businessImpact:text method:text scheduler:text schedule:text " + Shared),
        Section("relationship", "type:text from:any to:any customProperties:[custom]"),
        Section("definition", "id:text url:text! type:text! description:text"),
        Section("custom", "id:text property:text! value:any! description:text"),
        Section("team", "id:text name:text description:text members:[member] " + Shared),
        Section("member", "id:text username:text! name:text description:text role:text dateIn:text dateOut:text "
            + "replacedByUsername:text " + Shared),
        Section("role", "id:text role:text! description:text access:text firstLevelApprovers:text "
            + "secondLevelApprovers:text customProperties:[custom]"),
        Section("support", "id:text channel:text! url:text description:text tool:text scope:text invitationUrl:text "
            + "customProperties:[custom]"),
        Section("price", "id:text priceAmount:number priceCurrency:text priceUnit:text"),
        Section("sla", "id:text property:text! value:scalar! valueExt:scalar unit:text element:text driver:text "
            + "description:text scheduler:text schedule:text"),
    }.ToDictionary(s => s.Name, StringComparer.Ordinal);

    public static OdcsSection Get(string name) => All[name];

    private static OdcsSection Section(string name, string properties, bool open = false) => new(
        name, open, [.. properties.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => Property(name, p))]);

    private static OdcsProperty Property(string section, string notation)
    {
        var split = notation.IndexOf(':', StringComparison.Ordinal);
        var name = notation[..split];
        var kind = notation[(split + 1)..].TrimEnd('!');
        var (read, of) = kind switch
        {
            "text" => (OdcsKind.Text, null),
            "bool" => (OdcsKind.Boolean, null),
            "int" => (OdcsKind.Integer, null),
            "number" => (OdcsKind.Number, null),
            "scalar" => (OdcsKind.Scalar, null),
            "any" => (OdcsKind.Any, null),
            "map" => (OdcsKind.Map, null),
            "list" => (OdcsKind.List, null),
            "texts" => (OdcsKind.Texts, null),
            _ when kind.Contains('|', StringComparison.Ordinal) => (OdcsKind.SectionOrSections, kind),
            _ when kind[0] == '{' => (OdcsKind.Section, kind[1..^1]),
            _ => (OdcsKind.Sections, (string?)kind[1..^1]),
        };
        return new OdcsProperty(name, read, notation.EndsWith('!'), of)
        {
            Allowed = Allowed.GetValueOrDefault($"{section}.{name}"),
        };
    }
}
