using Microsoft.AspNetCore.Routing;

namespace DataHub.Gateway.OpenApi;

/// <summary>The reads of a dataset that this hub has routes for: a dataset's document offers nothing that would be refused.</summary>
internal sealed class DatasetReads(EndpointDataSource endpoints)
{
    private const string Version = "/datasets/{dataset}/versions/{reference}";
    private static readonly string[] Formats = ["csv", "ndjson"];
    private readonly Lazy<HashSet<string>> routes = new(() =>
        [.. endpoints.Endpoints.OfType<RouteEndpoint>().Select(e => e.RoutePattern.RawText?.TrimEnd('/') ?? "")]);

    /// <summary>Filters, chosen columns, order and counts, in the address and in a body.</summary>
    public bool Query => routes.Value.Contains(GatewayEndpoints.BasePath + Version + "/query");

    /// <summary>Whole versions as files, and pages in other formats than JSON.</summary>
    public IReadOnlyList<string> Files => [.. Formats.Where(f => routes.Value.Any(r =>
        r == $"{GatewayEndpoints.BasePath}{Version}/files/{f}"
            || r.StartsWith($"{GatewayEndpoints.BasePath}{Version}/files/{{", StringComparison.Ordinal)))];
}
