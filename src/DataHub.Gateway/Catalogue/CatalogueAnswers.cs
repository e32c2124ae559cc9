namespace DataHub.Gateway.Catalogue;

/// <summary>A line of the catalogue.</summary>
/// <param name="Page">Where a person tries its calls: the API's page with this dataset chosen.</param>
internal sealed record CatalogueItem(
    string Dataset, string Title, string Provider, string? ProviderName, string? Theme, string Access, string? LatestVersion,
        DateTimeOffset? AsOf,
    string Page);

/// <summary>A value that the answer can be narrowed to.</summary>
/// <param name="Name">Its name for people, where it has another.</param>
/// <param name="Count">Datasets of the present question that have it, under the other facets chosen.</param>
internal sealed record CatalogueFacetValue(string Value, string? Name, long Count);

/// <summary>What the answer can be narrowed to; the most frequent values first, at most 500 of each.</summary>
internal sealed record CatalogueFacets(
    IReadOnlyList<CatalogueFacetValue> Provider, IReadOnlyList<CatalogueFacetValue> Theme, IReadOnlyList<CatalogueFacetValue> Access);

/// <summary>A page of the catalogue: the best matches first, without a question in the order of names.</summary>
/// <param name="Next">Address of the next page, or null.</param>
/// <param name="Total">Datasets that match.</param>
internal sealed record CatalogueList(IReadOnlyList<CatalogueItem> Value, string? Next, long Total, CatalogueFacets Facets);

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

    /// <summary>Its data contract.</summary>
    public required string Contract { get; init; }

    /// <summary>OpenAPI 3.1 of this dataset alone.</summary>
    public required string OpenApi { get; init; }

    /// <summary>Where a person tries its calls.</summary>
    public required string Page { get; init; }
}
