using System.Text.Json;
using DataHub.Core.Errors;
using DataHub.Core.Queries;
using DataHub.Core.Records;
using DataHub.Gateway.OpenApi;
using DataHub.Gateway.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace DataHub.Gateway.Records;

/// <summary>A record's key in a body: for keys that must not stand in a URL.</summary>
/// <param name="Key">Value of every key column by name.</param>
internal sealed record LookupRequest(IReadOnlyDictionary<string, JsonElement>? Key = null);

/// <summary>Parameters of a page, for the document; <see cref="UrlQuestion"/> reads them.</summary>
internal sealed class PageParameters
{
    /// <summary>
    /// Biểu thức OData / OData expression: eq ne gt ge lt le in and or not ( ), contains, startswith, endswith, tolower, null.
    /// </summary>
    [FromQuery(Name = "filter")]
    public string? Filter { get; init; }

    /// <summary>Tên khác của filter / another name of filter.</summary>
    [FromQuery(Name = "$filter")]
    public string? DollarFilter { get; init; }

    /// <summary>Các cột cách nhau bằng dấu phẩy / columns between commas.</summary>
    [FromQuery(Name = "select")]
    public string? Select { get; init; }

    /// <summary>a desc,b; khóa luôn được thêm vào cuối / the key is always added.</summary>
    [FromQuery(Name = "orderby")]
    public string? Orderby { get; init; }

    /// <summary>Số bản ghi của trang, mặc định 1.000 / records of the page, default 1,000.</summary>
    [FromQuery(Name = "limit")]
    [WholeNumber(1, QueryLimits.MaxLimit)]
    public string? Limit { get; init; }

    /// <summary>Vị trí đọc tiếp do trang trước cho biết / where to go on, as the last page said.</summary>
    [FromQuery(Name = "cursor")]
    public string? Cursor { get; init; }

    /// <summary>none, exact, estimated: tổng số của truy vấn có lọc / total of a filtered query.</summary>
    [FromQuery(Name = "count")]
    public string? Count { get; init; }

    /// <summary>json, ndjson, csv.</summary>
    [FromQuery(Name = "format")]
    public string? Format { get; init; }

    /// <summary>true: CSV bắt đầu bằng BOM / CSV begins with a BOM.</summary>
    [FromQuery(Name = "bom")]
    public string? Bom { get; init; }
}

/// <summary>Records of a version: pages, one by key, one by a key in the body.</summary>
internal static class RecordEndpoints
{
    public static void MapRecords(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/datasets/{dataset}/versions/{reference}").WithTags("records");
        group.MapMethods("/records", [HttpMethods.Get, HttpMethods.Head], PageAsync).WithName("listRecords")
            .Produces<object>(StatusCodes.Status200OK, "application/json", "application/x-ndjson", "text/csv")
            .AllowParameters("*")
            .WithSummary("Đọc một trang bản ghi: lọc, chọn cột, sắp xếp / Read a page of records: filter, select, order")
            .WithDescription("Ngoài các tham số này, tên cột cũng là tham số: {cột}=giá trị, lặp lại nghĩa là hoặc. "
                + "Every column is a parameter too: {column}=value, repeated means or.");
        group.MapPost("/query", QueryAsync).WithName("queryRecords").Accepts<QueryBody>("application/json").AllowParameters("format", "bom")
            .Produces<object>(StatusCodes.Status200OK, "application/json", "application/x-ndjson", "text/csv")
            .WithSummary("Đọc một trang bản ghi, câu hỏi nằm trong thân yêu cầu / Read a page of records, the question in the body")
            .WithDescription("Trang sau: gửi lại cùng câu hỏi với cursor của trang này; với CSV, cursor nằm ở tiêu đề Next-Cursor. "
                + "The next page: the same question with this page's cursor, which CSV has in the header Next-Cursor.");
        group.MapMethods("/records/{key}", [HttpMethods.Get, HttpMethods.Head], OneAsync).WithName("getRecord").Produces<object>()
            .WithSummary("Đọc một bản ghi theo khóa / Read one record by its key");
        group.MapPost("/lookup", LookupAsync).WithName("lookupRecord").Produces<object>()
            .WithSummary("Đọc một bản ghi, khóa nằm trong thân yêu cầu / Read one record, its key in the body");
    }

    // Bound for the document alone: the question is read as a whole, so that columns can stand beside parameters and everything wrong
    // is told at once.
    private static Task PageAsync(string dataset, string reference, QueryRecords query, HttpContext context,
        [AsParameters] PageParameters _)
    {
        var problems = new QueryProblems();
        return query.PageAsync(dataset, reference, UrlQuestion.Read(context.Request, problems), problems, context);
    }

    private static async Task QueryAsync(string dataset, string reference, QueryRecords query, HttpContext context)
    {
        var problems = new QueryProblems();
        using var body = await ReadAsync(context);
        await query.PageAsync(dataset, reference, BodyQuestion.Read(body.RootElement, problems), problems, context);
    }

    private static async Task<JsonDocument> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            throw HubErrors.ForStatus(StatusCodes.Status415UnsupportedMediaType, context.Request.Method,
                context.Request.Path).ToException();
        }

        try
        {
            return await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        }
        catch (JsonException e)
        {
            throw HubErrors.RequestInvalid([RequestCodes.JsonInvalid.At("")]).ToException(e);
        }
    }

    private static Task OneAsync(string dataset, string reference, string key, QueryRecords query, HttpContext context) =>
        query.OneAsync(dataset, reference, (plan, _) => plan.HasPersonalKey()
            ? throw HubErrors.PersonalValueInUrl(dataset, reference).ToException()
            : KeyText.Parse(key, plan.Line.Layout.Key), context);

    private static Task LookupAsync(string dataset, string reference, LookupRequest request, QueryRecords query, HttpContext context) =>
        query.OneAsync(dataset, reference, (plan, _) => LookupKey.Read(request.Key, plan), context);
}
