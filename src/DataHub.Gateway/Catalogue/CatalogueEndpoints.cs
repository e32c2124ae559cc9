using System.ComponentModel;
using DataHub.Core.Contracts;
using DataHub.Gateway.OpenApi;
using DataHub.Storage.Catalogue;
using DataHub.Storage.ControlPlane;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Catalogue;

/// <summary>The shared catalogue: public, without records, counts or credentials.</summary>
internal static class CatalogueEndpoints
{
    public static void MapCatalogue(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/catalog/datasets").WithTags("catalog");
        group.MapGet("", ListAsync).WithName("listCatalogue").WithSummary("Tìm trong danh mục dữ liệu / Search the data catalogue");
        group.MapGet("/{dataset}", OneAsync).WithName("getCatalogueEntry").WithSummary("Một mục của danh mục / One entry of the catalogue");
    }

    private static Task<Ok<CatalogueList>> ListAsync(
        SearchCatalogue search, HttpContext context,
        [Description("Từ cần tìm, không phân biệt dấu và hoa thường / Words to look for; accents and case do not matter")] string? q = null,
        [Description("Mã cơ quan cung cấp / Code of the providing agency")] string? provider = null,
        [Description("Chủ đề / Theme")] string? theme = null,
        [Description("open: ai cũng đọc được, shared: cần thỏa thuận / open: anyone may read, shared: by agreement")] string? access = null,
        [Description("Từ 1 đến 1000, mặc định 100 / From 1 to 1000, 100 by default"),
            WholeNumber(1, CatalogueParameters.MaxLimit)] string? limit = null,
        [Description("Lấy từ next của trang trước / From next of the page before")] string? cursor = null) =>
        search.AnswerAsync(new CatalogueParameters(q, provider, theme, access, limit), cursor, context);

    private static async Task<Ok<CatalogueEntry>> OneAsync(
        string dataset, DatasetBook book, HubDb db, GatewayOptions options, CancellationToken cancellation)
    {
        var entry = await book.FindAsync(dataset, cancellation);
        var contract = entry.Newest.Contract;
        var terms = contract.Terms;
        var name = await db.Agencies.Where(a => a.Code == terms.Provider).Select(a => a.Name).FirstOrDefaultAsync(cancellation);
        return TypedResults.Ok(new CatalogueEntry
        {
            Dataset = entry.Name, Title = contract.Title, Description = contract.Description, Provider = terms.Provider,
                ProviderName = name,
            Theme = contract.Theme, Tags = contract.Tags, Access = terms.Access == AccessMode.Open ? "open" : "shared",
            SharingMode = terms.SharingMode, LegalBasis = terms.LegalBasis, Purpose = terms.Purpose, Contact = terms.Contact,
            ContractVersion = contract.Version.ToString(), LatestVersion = entry.Latest?.Label, AsOf = entry.Latest?.AsOf,
            PublishedAt = entry.Latest?.PublishedAt, CheckedAt = entry.CheckedAt,
            Contract = CatalogueLinks.Contract(entry.Name), OpenApi = CatalogueLinks.OpenApi(entry.Name),
                Page = CatalogueLinks.Page(options, entry.Name),
            Columns = [.. contract.Columns.Select(c => new CatalogueColumn(
                c.Name, c.Title, c.Description, c.Type.ToString(), c.Required, c.KeyPosition, c.Personal, c.Indexed))],
        });
    }
}
