using System.Text.Json.Nodes;

namespace DataHub.Ingestion.Tests.Csvw;

/// <summary>A case's table as an ODCS contract of the hub; a column is found by its title.</summary>
internal static class CsvwContract
{
    /// <exception cref="NotExpressibleException">A contract cannot say what the case does.</exception>
    public static string Translate(CsvwCase of)
    {
        if (of.HasForeignKeys)
        {
            throw new NotExpressibleException("a contract describes one table and refers to no other");
        }

        var columns = of.Columns.Select((column, i) => Column(column, i, of.Key)).ToArray();
        return new JsonObject
        {
            ["apiVersion"] = "v3.1.0", ["kind"] = "DataContract", ["id"] = of.Id, ["name"] = of.Id, ["version"] = "1.0.0",
            ["status"] = "active",
            ["schema"] = new JsonArray(new JsonObject { ["name"] = "t", ["properties"] = new JsonArray([.. columns]) }),
            ["customProperties"] = new JsonArray(
                Property("hub.provider", "H08"), Property("hub.source", "csvw"), Property("hub.file", of.File)),
        }.ToJsonString();
    }

    private static JsonObject Column(JsonObject given, int index, IReadOnlyList<string> key)
    {
        if (given["separator"] is not null)
        {
            throw new NotExpressibleException("the hub has no lists in a cell");
        }

        var title = CsvwCase.Texts(given["titles"])[0];
        var column = new JsonObject { ["name"] = $"c{index + 1}", ["physicalName"] = title };
        var hub = new JsonArray();
        CsvwDatatype.Describe(given["datatype"], column, hub);
        if (given["required"]?.GetValue<bool>() == true)
        {
            column["required"] = true;
        }

        if (given["name"] is { } name && key.Contains(name.GetValue<string>()))
        {
            column["primaryKey"] = true;
        }

        if (given["null"] is { } texts)
        {
            CsvwDatatype.Custom(hub, "hub.nullTexts", CsvwDatatype.List(CsvwCase.Texts(texts)));
        }

        column["customProperties"] = hub;
        return column;
    }

    private static JsonObject Property(string name, string value) => new() { ["property"] = name, ["value"] = value };
}
