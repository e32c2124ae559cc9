using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Gateway.OpenApi;
using DataHub.Gateway.Problems;
using DataHub.Storage.Catalogue;
using DataHub.Storage.ControlPlane;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Catalogue;

/// <summary>A line of the catalogue.</summary>
internal sealed record CatalogueItem(
    string Dataset, string Title, string Provider, string? ProviderName, string? Theme, string Access, string? LatestVersion, DateTimeOffset? AsOf);

/// <summary>A page of the catalogue in name order.</summary>
internal sealed record CatalogueList(IReadOnlyList<CatalogueItem> Value, string? Next, long Total);

/// <summary>A column as the catalogue shows it to everybody: names and types, never values.</summary>
internal sealed record CatalogueColumn(
    string Name, string? Title, string? Description, string Type, bool Required, int? KeyPosition, bool Personal, bool Indexed);

/// <summary>One entry: what is shared, on which legal ground, whom to ask, how fresh it is.</summary>
internal sealed record CatalogueEntry
{
    public required string Dataset { get; init; }

    public required string Title { get; init; }

    public string? Description { get; init; }

    public required string Provider { get; init; }

    public string? ProviderName { get; init; }

    public string? Theme { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public required string Access { get; init; }

    public string? SharingMode { get; init; }

    public string? LegalBasis { get; init; }

    public string? Purpose { get; init; }

    public string? Contact { get; init; }

    public required string ContractVersion { get; init; }

    public required IReadOnlyList<CatalogueColumn> Columns { get; init; }

    public string? LatestVersion { get; init; }

    public DateTimeOffset? AsOf { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    public DateTimeOffset? CheckedAt { get; init; }
}

/// <summary>The shared catalogue: public, without records, counts or credentials.</summary>
internal static class CatalogueEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    public static void MapCatalogue(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/catalog/datasets").WithTags("catalog");
        group.MapGet("", ListAsync).WithName("listCatalogue").WithSummary("Danh mục dữ liệu / The data catalogue");
        group.MapGet("/{dataset}", OneAsync).WithName("getCatalogueEntry").WithSummary("Một mục của danh mục / One entry of the catalogue");
    }

    private static async Task<Ok<CatalogueList>> ListAsync(
        HubDb db, CancellationToken cancellation, string? provider = null, string? theme = null, string? access = null,
        [WholeNumber(1, MaxLimit)] string? limit = null, string? after = null)
    {
        var size = WholeNumbers.ReadLimit(limit, DefaultLimit, MaxLimit);
        var matching = db.Datasets.AsNoTracking().Where(d =>
            (provider == null || d.Provider == provider) && (theme == null || d.Theme == theme) && (access == null || d.Access == access));
        var rows = await matching.Where(d => after == null || string.Compare(d.Name, after) > 0).OrderBy(d => d.Name).Take(size + 1)
            .Select(d => new
            {
                Dataset = d,
                ProviderName = db.Agencies.Where(a => a.Code == d.Provider).Select(a => a.Name).FirstOrDefault(),
                Latest = db.Versions.Where(v => v.DatasetId == d.Id).OrderByDescending(v => v.Major).ThenByDescending(v => v.Seq).FirstOrDefault(),
            }).ToListAsync(cancellation);
        var value = rows.Take(size).Select(r => new CatalogueItem(
            r.Dataset.Name, r.Dataset.Title, r.Dataset.Provider, r.ProviderName, r.Dataset.Theme, r.Dataset.Access, Label(r.Latest), r.Latest?.AsOf)).ToList();
        var next = rows.Count > size ? Next(value[^1].Dataset, size, provider, theme, access) : null;
        return TypedResults.Ok(new CatalogueList(value, next, await matching.LongCountAsync(cancellation)));
    }

    private static async Task<Ok<CatalogueEntry>> OneAsync(string dataset, DatasetBook book, HubDb db, CancellationToken cancellation)
    {
        var entry = await book.FindAsync(dataset, cancellation);
        var contract = entry.Newest.Contract;
        var terms = contract.Terms;
        var name = await db.Agencies.Where(a => a.Code == terms.Provider).Select(a => a.Name).FirstOrDefaultAsync(cancellation);
        return TypedResults.Ok(new CatalogueEntry
        {
            Dataset = entry.Name, Title = contract.Title, Description = contract.Description, Provider = terms.Provider, ProviderName = name,
            Theme = contract.Theme, Tags = contract.Tags, Access = terms.Access == AccessMode.Open ? "open" : "shared",
            SharingMode = terms.SharingMode, LegalBasis = terms.LegalBasis, Purpose = terms.Purpose, Contact = terms.Contact,
            ContractVersion = contract.Version.ToString(), LatestVersion = entry.Latest?.Label, AsOf = entry.Latest?.AsOf,
            PublishedAt = entry.Latest?.PublishedAt, CheckedAt = entry.CheckedAt,
            Columns = [.. contract.Columns.Select(c => new CatalogueColumn(
                c.Name, c.Title, c.Description, c.Type.ToString(), c.Required, c.KeyPosition, c.Personal, c.Indexed))],
        });
    }

    private static string? Label(DatasetVersion? v) => v is null ? null : $"v{v.Major}.{v.Minor}.{v.Release}";

    private static string Next(string after, int limit, string? provider, string? theme, string? access) =>
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString($"{GatewayEndpoints.BasePath}/catalog/datasets", new Dictionary<string, string?>
        {
            ["provider"] = provider, ["theme"] = theme, ["access"] = access, ["limit"] = limit.ToString(System.Globalization.CultureInfo.InvariantCulture), ["after"] = after,
        }.Where(q => q.Value is not null));
}
