using System.Text.Json;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Gateway.OpenApi;
using DataHub.Gateway.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DataHub.Gateway.Records;

/// <summary>A record's key in a body: for keys that must not stand in a URL.</summary>
/// <param name="Key">Value of every key column by name.</param>
internal sealed record LookupRequest(IReadOnlyDictionary<string, JsonElement>? Key = null);

/// <summary>Records of a version: pages, one by key, one by a key in the body.</summary>
internal static class RecordEndpoints
{
    public static void MapRecords(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/datasets/{dataset}/versions/{reference}").WithTags("records");
        group.MapMethods("/records", [HttpMethods.Get, HttpMethods.Head], PageAsync).WithName("listRecords")
            .Produces<object>(StatusCodes.Status200OK, "application/json", "application/x-ndjson", "text/csv")
            .WithSummary("Đọc một trang bản ghi theo thứ tự khóa / Read a page of records in key order");
        group.MapGet("/records/{key}", OneAsync).WithName("getRecord").Produces<object>()
            .WithSummary("Đọc một bản ghi theo khóa / Read one record by its key");
        group.MapPost("/lookup", LookupAsync).WithName("lookupRecord").Produces<object>()
            .WithSummary("Đọc một bản ghi, khóa nằm trong thân yêu cầu / Read one record, its key in the body");
    }

    // format and bom are read together with Accept.
    private static Task PageAsync(string dataset, string reference, QueryRecords query, HttpContext context,
        [WholeNumber(1, QueryRecords.MaxLimit)] string? limit = null, string? cursor = null, string? format = null, string? bom = null) =>
        query.PageAsync(dataset, reference, WholeNumbers.ReadLimit(limit, QueryRecords.DefaultLimit, QueryRecords.MaxLimit), cursor, context);

    private static Task OneAsync(string dataset, string reference, string key, QueryRecords query, HttpContext context) =>
        query.OneAsync(dataset, reference, (plan, request) => plan.HasPersonalKey(request.Dataset.Newest.Contract)
            ? throw HubErrors.PersonalValueInUrl(dataset, reference).ToException()
            : KeyText.Parse(key, plan.Line.Layout.Key), context);

    private static Task LookupAsync(string dataset, string reference, LookupRequest request, QueryRecords query, HttpContext context) =>
        query.OneAsync(dataset, reference, (plan, _) => LookupKey.Read(request.Key, plan), context);
}
