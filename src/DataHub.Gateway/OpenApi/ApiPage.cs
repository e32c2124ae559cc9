using DataHub.Core.Access;
using DataHub.Gateway.Catalogue;
using DataHub.Storage.Catalogue;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DataHub.Gateway.OpenApi;

/// <summary>One document of the page's list.</summary>
internal sealed record PageDocument(string Name, string Url);

/// <summary>
/// The page to read and try the API in (Swagger UI). Its list offers the hub's own document and those of the datasets: the
/// first in the order of titles, and whichever
/// the address names, <c>/swagger?dataset=…</c>. The page asks for the list itself (config.json), so that it is never older than the page.
/// </summary>
internal static class ApiPage
{
    private const string Page = "/swagger";

    /// <summary>Below it the page stands once more for each dataset; its own files are the same.</summary>
    private const string OfDataset = Page + "/dataset/";

    /// <summary>Datasets in the list; a longer one cannot be read through anyway, the catalogue finds the others.</summary>
    private const int MostListed = 200;

    public static void UseApiPage(this IApplicationBuilder app)
    {
        app.Use(ChooseAsync);
        app.UseSwaggerUI(ui =>
        {
            ui.DocumentTitle = "DataHub API";
            // Operation ids are words of a program: whole, not broken at any letter.
            ui.HeadContent = "<style>.swagger-ui .opblock .opblock-summary-operation-id { white-space: nowrap; }</style>";
            ui.SwaggerEndpoint("../openapi/v1.json", "DataHub v1");
            ui.ConfigObject.AdditionalItems["configUrl"] = "config.json";
            ui.OAuthAppName("DataHub");
            ui.OAuthScopes(ReadDecision.ReadScope);
            ui.DisplayOperationId();
            // Tokens and secrets stay in the page's memory.
            ui.ConfigObject.PersistAuthorization = false;
        });
    }

    public static void MapApiPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Page + "/config.json", (DatasetTitles titles, GatewayOptions options, HttpContext context) =>
            ListAsync(null, titles, options, context)).ExcludeFromDescription();
        routes.MapGet(OfDataset + "{dataset}/config.json",
            (string dataset, DatasetTitles titles, GatewayOptions options, HttpContext context) =>
            ListAsync(dataset, titles, options, context)).ExcludeFromDescription();
    }

    // /swagger?dataset=x is moved to the page below x; that page's files are those of the page itself.
    private static Task ChooseAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var path = request.Path.Value ?? "";
        if (path.TrimEnd('/') is Page or Page + "/index.html" && request.Query["dataset"] is [{ Length: > 0 } dataset])
        {
            context.Response.Redirect($"{request.PathBase}{OfDataset}{Uri.EscapeDataString(dataset)}/index.html");
            return Task.CompletedTask;
        }

        var file = path.StartsWith(OfDataset, StringComparison.Ordinal) ? path.IndexOf('/', OfDataset.Length) : -1;
        if (file > 0 && !path.EndsWith("/config.json", StringComparison.Ordinal))
        {
            request.Path = Page + path[file..];
        }

        return next(context);
    }

    private static async Task<IResult> ListAsync(string? dataset, DatasetTitles titles, GatewayOptions options, HttpContext context)
    {
        var listed = await titles.FirstAsync(MostListed, dataset, context.RequestAborted);
        var documents = listed.Select(t => new PageDocument($"{t.Title} ({t.Name})", options.Prefix + CatalogueLinks.OpenApi(t.Name)))
            .Prepend(new PageDocument("DataHub API v1", options.Prefix + "/openapi/v1.json")).ToList();
        var chosen = dataset is null ? -1 : listed.ToList().FindIndex(t => t.Name == dataset) + 1;
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(new Dictionary<string,
            object> { ["urls"] = documents, ["urls.primaryName"] = documents[Math.Max(chosen, 0)].Name });
    }
}
