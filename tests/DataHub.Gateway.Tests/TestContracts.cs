namespace DataHub.Gateway.Tests;

/// <summary>Contracts of tests, written shortly.</summary>
internal static class TestContracts
{
    /// <summary>
    /// A contract over a source. A column is <c>name type</c> with any of <c>key</c>, <c>required</c>, <c>personal</c>, <c>indexed</c> behind it: <c>id int32 key</c>.
    /// </summary>
    /// <param name="target">hub.table, hub.query or hub.file and its value: <c>table=public.people</c>.</param>
    /// <param name="access">open or shared, and with a second word the contract's version.</param>
    public static string Yaml(string dataset, string source, string target, string access, params string[] columns)
    {
        var (kind, value) = (target[..target.IndexOf('=', StringComparison.Ordinal)], target[(target.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        var words = access.Split(' ');
        var keys = 0;
        return $$"""
            apiVersion: v3.1.0
            kind: DataContract
            id: {{dataset}}
            name: {{dataset}}
            version: {{(words.Length > 1 ? words[1] : "1.0.0")}}
            status: active
            schema:
              - name: records
                properties:
            {{string.Join('\n', columns.Select(c => Column(c.Split(' '), ref keys)))}}
            customProperties:
              - {property: hub.provider, value: 000.00.12.H61}
              - {property: hub.source, value: {{source}}}
              - {property: hub.{{kind}}, value: '{{value}}'}
              - {property: hub.access, value: {{words[0]}}}
            """;
    }

    private static string Column(string[] words, ref int keys)
    {
        var logical = words[1] switch
        {
            "int32" or "int64" => "integer",
            "boolean" => "boolean",
            "date" => "date",
            "time" => "time",
            "timestamp" => "timestamp",
            "float64" => "number",
            _ when words[1].StartsWith("decimal", StringComparison.Ordinal) => "number",
            _ => "string",
        };
        var isKey = words.Contains("key");
        var key = isKey ? $", primaryKey: true, primaryKeyPosition: {++keys}" : "";
        var required = isKey || words.Contains("required") ? ", required: true" : "";
        var personal = words.Contains("personal") ? ", {property: hub.personal, value: true}" : "";
        var indexed = words.Contains("indexed") ? ", {property: hub.indexed, value: true}" : "";
        return $"      - {{name: {words[0]}, logicalType: {logical}{key}{required}, customProperties: [{{property: hub.type, value: '{words[1]}'}}{personal}{indexed}]}}";
    }
}
