using DataHub.Storage.Catalogue;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace DataHub.Gateway.Catalogue;

/// <summary>GET /catalog/datasets: one search, one round trip to the store.</summary>
internal sealed class SearchCatalogue(CatalogueSearch search, CatalogueCursor cursors, GatewayOptions options)
{
    public async Task<Ok<CatalogueList>> AnswerAsync(CatalogueParameters parameters, string? cursor, HttpContext context)
    {
        var question = parameters.Read();
        var after = cursor is null ? null : cursors.Read(question, cursor);
        var answer = await search.FindAsync(question with { After = after, Limit = question.Limit + 1 }, context.RequestAborted);
        var hits = answer.Hits.Take(question.Limit).ToList();
        var next = answer.Hits.Count > question.Limit
            ? Next(context.Request, cursors.Write(question, new CataloguePlace(hits[^1].Rank, hits[^1].Name)))
            : null;
        if (next is not null)
        {
            context.Response.Headers.Append("Link", $"<{next}>; rel=\"next\"");
        }

        return TypedResults.Ok(new CatalogueList([.. hits.Select(Item)], next, answer.Total,
            new CatalogueFacets(Values(answer.Providers), Values(answer.Themes), Values(answer.Access))));
    }

    private CatalogueItem Item(CatalogueHit hit) => new(hit.Name, hit.Title, hit.Provider, hit.ProviderName, hit.Theme, hit.Access,
        hit.LatestVersion, hit.AsOf,
        CatalogueLinks.Page(options, hit.Name));

    private static IReadOnlyList<CatalogueFacetValue> Values(IReadOnlyList<FacetCount> counts) =>
        [.. counts.Select(c => new CatalogueFacetValue(c.Value, c.Name, c.Count))];

    // The question stands in the address as it was asked; only the place is another one.
    private static string Next(HttpRequest request, string cursor) => QueryHelpers.AddQueryString(
        $"{request.PathBase}{request.Path}", request.Query.Where(q => q.Key != "cursor").Append(new("cursor", cursor)));
}
