using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DataHub.Gateway.Files;

/// <summary>Whole versions as files.</summary>
internal static class FileEndpoints
{
    public static void MapFiles(this RouteGroupBuilder api) =>
        api.MapMethods("/datasets/{dataset}/versions/{reference}/files/{format}", [HttpMethods.Get, HttpMethods.Head], SendAsync)
            .WithTags("records").WithName("downloadVersion")
            .Produces<object>(StatusCodes.Status200OK, "text/csv", "application/x-ndjson")
            .WithSummary("Tải toàn bộ một phiên bản: csv hoặc ndjson / Download a whole version: csv or ndjson");

    // bom is read with the format.
    private static Task SendAsync(
        string dataset, string reference, string format, DownloadVersion download, HttpContext context, string? bom = null) =>
        download.SendAsync(dataset, reference, format, context);
}
