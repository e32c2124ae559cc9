using System.Globalization;
using System.Text.Json.Nodes;
using DataHub.Core.Contracts;
using DataHub.Gateway.Records;
using Microsoft.OpenApi;

namespace DataHub.Gateway.OpenApi;

/// <summary>
/// The parameters of a dataset's reads. Examples of optional ones stand in their schemas, where pages for trying do not fill
/// them in: a call with nothing chosen
/// answers everything.
/// </summary>
internal sealed class DatasetParameters(DataContract contract, ColumnExamples examples)
{
    /// <summary>Columns that may stand in an address: never a personal one.</summary>
    private readonly List<ContractColumn> columns = [.. contract.Columns.Where(c => !c.Personal)];

    public OpenApiParameter Reference { get; } = new()
    {
        Name = "reference", In = ParameterLocation.Path, Required = true, Example = "latest",
        Description = "Phiên bản: latest, số (57), nhãn (v2.3.418, v2.3, v2) hoặc thời điểm UTC (@2026-03-01T00:00:00Z) / "
            + "Version: latest, a number, a label, or a moment in UTC",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    public OpenApiParameter Key { get; } = new()
    {
        Name = "key", In = ParameterLocation.Path, Required = true,
        Description = $"Các phần của khóa ({string.Join(", ", contract.Key.Select(c => $"{c.Name} {c.Type}"))}) nối bằng dấu phẩy; phần có ký tự khác A-Z a-z 0-9 -_.:@ "
            + "viết là ~ rồi base64url của UTF-8 / The key's parts joined by commas; a part with other characters is ~ and base64url of its UTF-8",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Examples = KeyExample(contract, examples) is { } key ? [key] : null },
    };

    /// <summary>The stated purpose, where reads may touch personal columns.</summary>
    public IEnumerable<IOpenApiParameter> Purpose { get; } = DatasetSchemas.Readable(contract).Any(c => c.Personal)
        ?
        [
            new OpenApiParameter
            {
                Name = "Data-Purpose", In = ParameterLocation.Header,
                Description = "Mục đích ghi trong thỏa thuận, mã hóa phần trăm nếu có dấu; bắt buộc khi thỏa thuận có cột cá nhân / "
                    + "The agreement's purpose, percent-encoded where it is not ASCII; required where the agreement has personal columns",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            },
        ]
        : [];

    public static OpenApiParameter Cursor { get; } = Text("cursor", "Lấy từ next của trang trước / From next of the page before");

    public static OpenApiParameter ContractVersion { get; } = Text("version",
        "Phiên bản hợp đồng, ví dụ 1.0.0; mặc định mới nhất / The contract's version; the newest by default");

    public static OpenApiParameter Bom { get; } = Query("bom",
        "true: thêm BOM cho Excel, chỉ với CSV / true: a BOM for Excel, CSV only", new OpenApiSchema { Type = JsonSchemaType.Boolean });

    public static OpenApiParameter Before { get; } = Query("before",
        "Chỉ các phiên bản có số nhỏ hơn / Only versions with a smaller number",
        new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1" });

    public static OpenApiParameter Limit(int otherwise, int most) => Query("limit",
        string.Create(CultureInfo.InvariantCulture, $"Số bản ghi một trang, mặc định {otherwise} / Records a page, {otherwise} by default"),
        new OpenApiSchema
        {
            Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1", Maximum = most.ToString(CultureInfo.InvariantCulture),
            Examples = [JsonValue.Create(10)],
        });

    public static IEnumerable<IOpenApiParameter> Formats(IReadOnlyList<string> formats)
    {
        yield return Query("format", "Định dạng, thắng Accept / The format, beats Accept",
            new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. formats.Prepend("json").Select(f => (JsonNode)f)] });
        yield return Bom;
    }

    /// <summary>filter, every column that may stand in an address, select, orderby, count.</summary>
    public IEnumerable<IOpenApiParameter> Query()
    {
        yield return Query("filter", "Biểu thức OData: eq ne gt ge lt le in and or not contains startswith endswith tolower null / An OData expression",
            new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 2_000, Examples = FilterExample() is { } filter ? [filter]
                : null });
        foreach (var column in columns.Where(c => !UrlQuestion.Parameters.Contains(c.Name) && c.Type.Kind != ColumnKind.Bytes))
        {
            yield return Query(column.Name,
                $"{column.Title ?? column.Name}. {(column.Description is { } told ? told.TrimEnd(' ', '.') + ". " : "")}"
                    + "Bằng giá trị này; lặp lại để chọn nhiều giá trị / equals this value; repeat for several",
                DatasetSchemas.OfValue(column, examples.Of(column)));
        }

        yield return Query("select", "Các cột, cách nhau bằng dấu phẩy / Columns, separated by commas",
            Some(string.Join(',', columns.Take(2).Select(c => c.Name))));
        yield return Query("orderby", "Thứ tự, ví dụ a desc,b / The order, like a desc,b", Some($"{columns.FirstOrDefault()?.Name} desc"));
        yield return Query("count", "Đếm kết quả của truy vấn có lọc / Count what a filtered query finds",
            new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["none", "exact", "estimated"] });
    }

    /// <summary>The same query in a body, where personal columns may stand too.</summary>
    public OpenApiSchema QueryBody() => new()
    {
        Type = JsonSchemaType.Object,
        AdditionalPropertiesAllowed = false,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["filter"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Biểu thức OData / An OData expression" },
            ["where"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "Cột: danh sách giá trị / column: list of values",
                AdditionalPropertiesAllowed = false,
                Properties = DatasetSchemas.Readable(contract).Where(c => c.Type.Kind != ColumnKind.Bytes).ToDictionary(
                    c => c.Name, IOpenApiSchema (c) => new OpenApiSchema { Type = JsonSchemaType.Array,
                        Items = DatasetSchemas.OfValue(c, examples.Of(c)) }),
            },
            ["select"] = Names("Các cột / Columns"),
            ["orderby"] = Names("Thứ tự, ví dụ a desc / The order, like a desc"),
            ["limit"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "50000" },
            ["cursor"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["count"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["none", "exact", "estimated"] },
        },
    };

    // A list, or its names between commas.
    private static OpenApiSchema Names(string description) => new()
    {
        Type = JsonSchemaType.String | JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String },
            Description = description,
    };

    private static OpenApiParameter Text(string name, string description) =>
        Query(name, description, new OpenApiSchema { Type = JsonSchemaType.String });

    private static OpenApiParameter Query(string name, string description, OpenApiSchema schema) =>
        new() { Name = name, In = ParameterLocation.Query, Description = description, Schema = schema };

    private static OpenApiSchema Some(string example) => new() { Type = JsonSchemaType.String, Examples = [example] };

    // Of the first column that has an example: what OData writes bare is bare, texts and bytes are quoted.
    private string? FilterExample()
    {
        var found = columns.Select(c => (Column: c, Example: examples.Of(c))).FirstOrDefault(c => c.Example is not null
            && c.Column.Type.Kind != ColumnKind.Bytes);
        return found.Example is null ? null
            : found.Column.Type.Kind == ColumnKind.Text
                ? $"{found.Column.Name} eq '{found.Example.GetValue<string>().Replace("'", "''", StringComparison.Ordinal)}'"
            : $"{found.Column.Name} ge {found.Example.ToJsonString().Trim('"')}";
    }

    private static string? KeyExample(DataContract contract, ColumnExamples examples)
    {
        var parts = contract.Key.Select(c => examples.Of(c)).ToList();
        return parts.Contains(null) ? null : string.Join(',', parts.Select(p => p!.GetValueKind() == System.Text.Json.JsonValueKind.String
            ? Part(p.GetValue<string>()) : p.ToJsonString()));
    }

    private static string Part(string text) => text.All(c => char.IsAsciiLetterOrDigit(c)
        || "-_.:@".Contains(c, StringComparison.Ordinal)) && text is not ("" or "." or "..")
        ? text : "~" + System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(text));
}
