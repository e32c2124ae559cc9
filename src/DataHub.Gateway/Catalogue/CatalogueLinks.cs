namespace DataHub.Gateway.Catalogue;

/// <summary>Addresses of what belongs to a dataset, under every name by which the hub is reached.</summary>
internal static class CatalogueLinks
{
    public static string Contract(string dataset) => $"{GatewayEndpoints.BasePath}/datasets/{dataset}/contract";

    public static string OpenApi(string dataset) => $"{GatewayEndpoints.BasePath}/datasets/{dataset}/openapi.json";

    /// <summary>The API's page with the dataset chosen; outside the base path of the API, so with the hub's own prefix.</summary>
    public static string Page(GatewayOptions options, string dataset) => $"{options.Prefix}/swagger?dataset={dataset}";
}
