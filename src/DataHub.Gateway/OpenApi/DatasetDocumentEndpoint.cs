using System.Security.Cryptography;
using System.Text;
using DataHub.Core.Contracts;
using DataHub.Storage.Catalogue;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace DataHub.Gateway.OpenApi;

/// <summary>GET /datasets/{dataset}/openapi.json: public like the contract it is made of; 304 by contract revision.</summary>
internal static class DatasetDocumentEndpoint
{
    // Another build may describe the same contract better.
    private static readonly Guid Build = typeof(DatasetDocumentEndpoint).Module.ModuleVersionId;

    public static void MapDatasetDocument(this RouteGroupBuilder api) =>
        api.MapGet("/datasets/{dataset}/openapi.json", AnswerAsync).WithTags("datasets")
        .WithName("getDatasetDocument").Produces<object>().WithSummary("OpenAPI 3.1 của riêng tập dữ liệu này / OpenAPI 3.1 of this dataset alone");

    private static async Task AnswerAsync(string dataset, DatasetBook book, GatewayOptions options, DatasetReads reads, HttpContext context)
    {
        var entry = await book.FindAsync(dataset, context.RequestAborted);
        var identity = SHA256.HashData(Encoding.UTF8.GetBytes($"{Build}\n{options.Prefix}\n{entry.Newest.Id}"));
        var tag = $"\"{Convert.ToHexStringLower(identity.AsSpan(0, 16))}\"";
        var (request, response) = (context.Request, context.Response);
        response.Headers.ETag = tag;
        response.Headers.CacheControl = "no-cache";
        response.Headers["Contract-Version"] = entry.Newest.Contract.Version.ToString();
        if (Versions.VersionHeaders.Matches(request.Headers.IfNoneMatch, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        using var body = new MemoryStream();
        await new DatasetDocument(options.Prefix, reads).Build(KeylessKey.Shown(entry.Newest.Contract)).SerializeAsJsonAsync(body,
            OpenApiSpecVersion.OpenApi3_1, context.RequestAborted);
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
    }
}
