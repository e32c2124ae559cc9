namespace DataHub.TestKit;

/// <summary>The text of a contract for tests: what all of them need stands here, what one is about stands in it.</summary>
public static class LabContract
{
    /// <param name="name">Dataset, also the contract's id.</param>
    /// <param name="columns">Each a YAML mapping: <c>name: id, logicalType: integer, primaryKey: true</c>.</param>
    /// <param name="terms"><c>hub.*</c> properties beside the provider, as name=value.</param>
    /// <param name="version">Of the contract.</param>
    public static string Yaml(string name, IEnumerable<string> columns, IEnumerable<string> terms, string version = "1.0.0") => $$"""
        apiVersion: v3.1.0
        kind: DataContract
        id: {{name}}
        name: {{name}}
        version: {{version}}
        status: active
        schema:
        - name: t
          properties:
        {{string.Join("\n", columns.Select(c => $"  - {{{c}}}"))}}
        customProperties:
        - {property: hub.provider, value: H08.12}
        {{string.Join("\n", terms.Select(t => t.Split('=', 2)).Select(t => $"- {{property: {t[0]}, value: {t[1]}}}"))}}
        """;
}
