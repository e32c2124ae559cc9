using System.Text.Json.Nodes;
using DataHub.Core.Contracts;
using Microsoft.OpenApi;

namespace DataHub.Gateway.OpenApi;

/// <summary>The reads of one dataset as paths of its document; those that this hub has no route for are left out.</summary>
internal sealed class DatasetOperations(OpenApiDocument document, DataContract contract, DatasetReads reads, ColumnExamples examples)
{
    private readonly string dataset = $"{GatewayEndpoints.BasePath}/datasets/{contract.Dataset}";
    private readonly DatasetParameters parameters = new(contract, examples);

    public void Add()
    {
        var version = $"{dataset}/versions/{{reference}}";
        document.Tags = new HashSet<OpenApiTag> { new() { Name = "records" }, new() { Name = "versions" }, new() { Name = "contract" } };
        Add($"{version}/records", HttpMethod.Get, Records());
        if (!contract.Key.Any(c => c.Personal))
        {
            Add($"{version}/records/{{key}}", HttpMethod.Get,
                Operation("getRecord", "records", "Một bản ghi theo khóa / One record by its key",
                [parameters.Reference, parameters.Key, .. parameters.Purpose], Json("Bản ghi / The record", DatasetSchemas.Record)));
        }

        var lookup = Operation("lookupRecord", "records", "Một bản ghi, khóa nằm trong thân yêu cầu / One record, its key in the body",
            [parameters.Reference, .. parameters.Purpose], Json("Bản ghi / The record", DatasetSchemas.Record));
        lookup.RequestBody = Body(LookupBody(), new JsonObject { ["key"] = new JsonObject(contract.Key.Select(c =>
            KeyValuePair.Create(c.Name, Sample(c)))) });
        Add($"{version}/lookup", HttpMethod.Post, lookup);
        AddQuery(version);
        foreach (var format in reads.Files)
        {
            AddFile(version, format);
        }

        Add(version, HttpMethod.Get, Operation("getVersion", "versions", "Một phiên bản / One version",
            [parameters.Reference], Json("Phiên bản / The version", DatasetSchemas.Version)));
        Add(version, HttpMethod.Head, Operation("getVersionHeaders", "versions",
            "Chỉ tiêu đề: kiểm tra dữ liệu mới / Headers alone: is there newer data",
            [parameters.Reference], new OpenApiResponse { Description = "Tiêu đề / Headers", Headers = Headers() }));
        Add($"{dataset}/versions", HttpMethod.Get, Operation("listVersions", "versions",
            "Các phiên bản, mới nhất trước / Versions, newest first",
            [DatasetParameters.Limit(100, 1_000), DatasetParameters.Before], Json("Các phiên bản / Versions", DatasetSchemas.Versions)));
        Add($"{dataset}/contract", HttpMethod.Get, Contract());
    }

    private OpenApiOperation Records()
    {
        IEnumerable<IOpenApiParameter> asked = reads.Query ? parameters.Query() : [];
        return Operation("listRecords", "records", "Đọc một trang bản ghi / Read a page of records",
            [parameters.Reference, .. asked, DatasetParameters.Limit(1_000, 50_000), DatasetParameters.Cursor, .. Formats(),
                .. parameters.Purpose],
            Page("Một trang bản ghi theo thứ tự khóa / A page of records in key order"));
    }

    private IEnumerable<IOpenApiParameter> Formats() => reads.Files.Count > 0 ? DatasetParameters.Formats(reads.Files) : [];

    private OpenApiResponse Page(string description)
    {
        var page = Json(description, DatasetSchemas.Page);
        foreach (var format in reads.Files)
        {
            page.Content![MediaType(format)] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        }

        return page;
    }

    private void AddQuery(string version)
    {
        if (!reads.Query)
        {
            return;
        }

        var query = Operation("queryRecords", "records",
            "Truy vấn trong thân yêu cầu, cả theo cột cá nhân / A query in the body, by personal columns too",
            [parameters.Reference, .. Formats(), .. parameters.Purpose], Page("Một trang bản ghi / A page of records"));
        query.RequestBody = Body(parameters.QueryBody(), new JsonObject { ["limit"] = 10 });
        Add($"{version}/query", HttpMethod.Post, query);
    }

    private void AddFile(string version, string format) => Add($"{version}/files/{format}", HttpMethod.Get, Operation(
        $"get{char.ToUpperInvariant(format[0])}{format[1..]}File", "records",
            $"Toàn bộ phiên bản dạng {format} / The whole version as {format}",
        [parameters.Reference, .. format == "csv" ? [DatasetParameters.Bom] : Array.Empty<IOpenApiParameter>(), .. parameters.Purpose],
        new OpenApiResponse
        {
            Description = "Tệp / The file",
            Headers = Headers(),
            Content = new Dictionary<string, OpenApiMediaType> { [MediaType(format)] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } } },
        }));

    private OpenApiOperation Contract()
    {
        var text = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        var operation = Operation("getContract", "contract", "Hợp đồng dữ liệu ODCS / The ODCS data contract",
            [DatasetParameters.ContractVersion],
            new OpenApiResponse
            {
                Description = "Hợp đồng / The contract",
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/yaml"] = text, ["application/json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } },
                },
            });
        // As public as the catalogue.
        operation.Security = [];
        return operation;
    }

    private OpenApiOperation Operation(
        string id, string tag, string summary, IEnumerable<IOpenApiParameter> of, OpenApiResponse found)
    {
        var operation = new OpenApiOperation
        {
            OperationId = id, Summary = summary, Parameters = [.. of], Tags = new HashSet<OpenApiTagReference> { new(tag, document) },
            Responses = new OpenApiResponses { ["200"] = found },
        };
        if (tag == "records" || id.StartsWith("getVersion", StringComparison.Ordinal))
        {
            operation.Responses["304"] = new OpenApiResponse { Description = "Không đổi so với If-None-Match / Not modified since If-None-Match" };
        }

        string[] refusals = contract.Terms.Access == AccessMode.Shared && tag != "contract" ? ["400", "401", "403", "404"] : ["400", "404"];
        foreach (var status in refusals.Append("default"))
        {
            operation.Responses[status] = Problem(status);
        }

        return operation;
    }

    private OpenApiResponse Problem(string status) => new()
    {
        Description = status switch
        {
            "400" => "Yêu cầu sai; xem errors / A wrong request; see errors",
            "401" => "Thiếu token hoặc token hết hạn / No token, or one that has expired",
            "403" => "Không có thỏa thuận còn hiệu lực / No agreement in force",
            "404" => "Không có bản ghi hoặc phiên bản này / No such record or version",
            _ => "Từ chối hoặc lỗi / Refused or failed",
        },
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(DatasetSchemas.Problem, document) },
        },
    };

    private OpenApiResponse Json(string description, string schema) => new()
    {
        Description = description,
        Headers = Headers(),
        Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = new OpenApiSchemaReference(schema, document) } },
    };

    private static Dictionary<string, IOpenApiHeader> Headers() => new()
    {
        ["Dataset-Version"] = Header("Nhãn phiên bản / The version's label", new OpenApiSchema { Type = JsonSchemaType.String }),
        ["Dataset-Seq"] = Header("Số thứ tự phiên bản / The version's number", new OpenApiSchema { Type = JsonSchemaType.Integer }),
        ["Contract-Version"] = Header("Phiên bản hợp đồng / The contract's version", new OpenApiSchema { Type = JsonSchemaType.String }),
        ["Data-As-Of"] = Header("Thời điểm của dữ liệu nguồn / Time of the source's data",
            new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" }),
        ["ETag"] = Header("Dùng với If-None-Match / For If-None-Match", new OpenApiSchema { Type = JsonSchemaType.String }),
    };

    private static OpenApiHeader Header(string description, OpenApiSchema schema) => new() { Description = description, Schema = schema };

    private OpenApiSchema LookupBody() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "key" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["key"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                AdditionalPropertiesAllowed = false,
                Required = contract.Key.Select(c => c.Name).ToHashSet(),
                Properties = contract.Key.ToDictionary(c => c.Name, IOpenApiSchema (c) => DatasetSchemas.OfValue(c, examples.Of(c))),
            },
        },
    };

    // A body must be whole to be tried; a personal key has no example, only its type's emptiest value.
    private JsonNode? Sample(ContractColumn column) => examples.Of(column)?.DeepClone() ?? column.Type.Kind switch
    {
        ColumnKind.Int32 or ColumnKind.Int64 or ColumnKind.Decimal or ColumnKind.Float64 => 0,
        ColumnKind.Boolean => false,
        _ => "",
    };

    private static OpenApiRequestBody Body(OpenApiSchema schema, JsonObject example) => new()
    {
        Required = true,
        Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = schema, Example = example } },
    };

    private static string MediaType(string format) => format == "csv" ? "text/csv" : "application/x-ndjson";

    private void Add(string path, HttpMethod method, OpenApiOperation operation)
    {
        if (!document.Paths.TryGetValue(path, out var item))
        {
            document.Paths[path] = item = new OpenApiPathItem();
        }

        ((OpenApiPathItem)item).AddOperation(method, operation);
    }
}
