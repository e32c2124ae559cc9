using System.Globalization;
using System.Text.Json.Nodes;
using DataHub.Core.Contracts;
using Microsoft.OpenApi;

namespace DataHub.Gateway.OpenApi;

/// <summary>Schemas of a dataset's records, values and pages.</summary>
internal static class DatasetSchemas
{
    public const string Record = "Record";
    public const string Page = "Page";
    public const string Problem = "Problem";
    public const string Version = "Version";
    public const string Versions = "Versions";

    // What .NET's expressions have and ECMA-262, which JSON Schema asks for, has not.
    private static readonly string[] OfDotNetAlone = [@"\z", @"\Z", @"\A", @"\G", "(?#", "(?i", "(?m", "(?s", "(?n", "(?x", "(?>", "(?'"];

    public static OpenApiSchema OfRecord(DataContract contract, ColumnExamples examples)
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            // Nothing is required of it: select and agreements leave columns out.
            Description = "Một bản ghi; cột không được chọn hoặc ngoài quyền đọc không có mặt / A record; columns not selected or not granted are absent",
            Properties = new Dictionary<string, IOpenApiSchema>(),
        };
        foreach (var column in Readable(contract))
        {
            var value = OfValue(column, examples.Of(column));
            if (!column.Required && column.KeyPosition is null)
            {
                value.Type |= JsonSchemaType.Null;
                value.Enum?.Add(JsonNullSentinel.JsonNull);
            }

            schema.Properties[column.Name] = value;
        }

        return schema;
    }

    /// <summary>Open data has no personal columns for anybody; shared data may, by agreement.</summary>
    public static IEnumerable<ContractColumn> Readable(DataContract contract) =>
        contract.Columns.Where(c => contract.Terms.Access == AccessMode.Shared || !c.Personal);

    /// <summary>A value of a column that is not null.</summary>
    public static OpenApiSchema OfValue(ContractColumn column, JsonNode? example)
    {
        var (type, format) = TypeOf(column.Type.Kind);
        var (rules, isNumber) = (column.Rules, type is JsonSchemaType.Integer or JsonSchemaType.Number);
        return new OpenApiSchema
        {
            Type = type,
            Format = format,
            Title = column.Title,
            Description = Description(column),
            ContentEncoding = column.Type.Kind == ColumnKind.Bytes ? "base64" : null,
            MinLength = rules.MinLength,
            MaxLength = rules.MaxLength,
            Pattern = rules.Pattern is { } pattern && !OfDotNetAlone.Any(p => pattern.Contains(p, StringComparison.Ordinal))
                ? pattern : null,
            Minimum = isNumber && !rules.ExclusiveMinimum ? rules.Minimum : null,
            ExclusiveMinimum = isNumber && rules.ExclusiveMinimum ? rules.Minimum : null,
            Maximum = isNumber && !rules.ExclusiveMaximum ? rules.Maximum : null,
            ExclusiveMaximum = isNumber && rules.ExclusiveMaximum ? rules.Maximum : null,
            Enum = rules.Enum is null ? null : [.. rules.Enum.Select(v => ColumnExamples.Json(column.Type.Kind, v))],
            Examples = example is null ? null : [example.DeepClone()],
        };
    }

    public static OpenApiSchema OfPage(OpenApiDocument document) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["value"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchemaReference(Record, document) },
            ["next"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String | JsonSchemaType.Null, Description = "Địa chỉ trang sau / Address of the next page",
            },
            ["cursor"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String | JsonSchemaType.Null,
                Description = "Chỉ trong trả lời của POST query, thay cho next / In answers of POST query alone, in place of next",
            },
            ["total"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Integer | JsonSchemaType.Null, Format = "int64", Description = "Tổng số bản ghi / Number of records",
            },
            ["version"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["seq"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
                    ["label"] = new OpenApiSchema { Type = JsonSchemaType.String },
                },
            },
        },
        Required = new HashSet<string> { "value", "version" },
    };

    private static (JsonSchemaType Type, string? Format) TypeOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Int32 => (JsonSchemaType.Integer, "int32"),
        ColumnKind.Int64 => (JsonSchemaType.Integer, "int64"),
        ColumnKind.Decimal => (JsonSchemaType.Number, "decimal"),
        ColumnKind.Float64 => (JsonSchemaType.Number, "double"),
        ColumnKind.Boolean => (JsonSchemaType.Boolean, null),
        ColumnKind.Date => (JsonSchemaType.String, "date"),
        ColumnKind.Time => (JsonSchemaType.String, "time"),
        ColumnKind.Timestamp => (JsonSchemaType.String, "date-time"),
        ColumnKind.Bytes => (JsonSchemaType.String, "byte"),
        _ => (JsonSchemaType.String, null),
    };

    private static string Description(ContractColumn column)
    {
        var notes = new List<string>();
        if (column.Description is { } description)
        {
            notes.Add(description);
        }

        notes.Add(string.Create(CultureInfo.InvariantCulture, $"Kiểu / type: {column.Type}."));
        notes.AddRange(column.KeyPosition is { } position
            ? [string.Create(CultureInfo.InvariantCulture, $"Khóa / key: {position}.")] : Array.Empty<string>());
        notes.AddRange(column.Personal ? ["Dữ liệu cá nhân / personal data."] : Array.Empty<string>());
        return string.Join(' ', notes);
    }
}
