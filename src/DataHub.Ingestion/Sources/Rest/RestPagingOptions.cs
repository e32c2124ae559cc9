namespace DataHub.Ingestion.Sources.Rest;

/// <summary>How an API divides a resource into pages.</summary>
internal enum RestPaging { None, Offset, Page, Cursor, Link, Next }

/// <summary>Settings of paging.</summary>
internal sealed record RestPagingOptions
{
    /// <summary>
    /// <c>paging</c>: none (default: one answer has everything), offset (how many to pass over), page (a page's number), cursor (a token in the
    /// body that becomes a parameter), link (<c>Link</c> header, rel=next), next (the next page's address in the body).
    /// </summary>
    public required RestPaging Kind { get; init; }

    /// <summary><c>pageSize</c>: records asked for, 1-100000. Default 1000. A server that gives fewer is followed all the same.</summary>
    public required int Size { get; init; }

    /// <summary><c>pageSizeParameter</c>. Default limit for offset, page and cursor; for link, next and none only where it is set.</summary>
    public string? SizeParameter { get; init; }

    /// <summary><c>offsetParameter</c> (default offset), <c>pageParameter</c> (page) or <c>cursorParameter</c> (cursor).</summary>
    public required string Parameter { get; init; }

    /// <summary><c>firstPage</c>: number of the first page, 0 or 1 (default).</summary>
    public required int FirstPage { get; init; }

    /// <summary><c>cursorPath</c> or <c>nextPath</c>: JSON pointer to the next token or address; absent, null, false or empty is the end.</summary>
    public IReadOnlyList<string>? Next { get; init; }

    /// <summary>
    /// <c>totalPath</c>: JSON pointer to the number of all records. Where it is given the pull must deliver as many, and the number must not
    /// change on the way: that is what shows a page that moved.
    /// </summary>
    public IReadOnlyList<string>? Total { get; init; }

    /// <summary><c>totalHeader</c>: the same in a header (X-Total-Count).</summary>
    public string? TotalHeader { get; init; }

    /// <summary><c>maxPages</c>: pages of one pull, 1-1000000. Default 100000: more is taken for an endless loop.</summary>
    public required int MaxPages { get; init; }

    private static readonly Dictionary<string, RestPaging> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["none"] = RestPaging.None, ["offset"] = RestPaging.Offset, ["page"] = RestPaging.Page,
        ["cursor"] = RestPaging.Cursor, ["link"] = RestPaging.Link, ["next"] = RestPaging.Next,
    };

    public static RestPagingOptions Read(SettingsCheck check)
    {
        var kind = check.Choice("paging", RestPaging.None, Kinds);
        var hasNext = kind is RestPaging.Cursor or RestPaging.Next;
        string[] parameters =
        [
            check.Optional("offsetParameter") ?? "offset",
            check.Optional("pageParameter") ?? "page",
            check.Optional("cursorParameter") ?? "cursor",
        ];
        var path = kind == RestPaging.Next ? "nextPath" : "cursorPath";
        check.Optional("cursorPath");
        check.Optional("nextPath");
        if (hasNext)
        {
            check.Required(path);
        }

        return new RestPagingOptions
        {
            Kind = kind,
            Size = check.Number("pageSize", 1000, 1, 100_000),
            SizeParameter = check.Optional("pageSizeParameter")
                ?? (kind is RestPaging.Offset or RestPaging.Page or RestPaging.Cursor ? "limit" : null),
            Parameter = parameters[kind switch { RestPaging.Page => 1, RestPaging.Cursor => 2, _ => 0 }],
            FirstPage = check.Number("firstPage", 1, 0, 1),
            Next = hasNext ? RestSettings.Pointer(check, path) : null,
            Total = RestSettings.Pointer(check, "totalPath"),
            TotalHeader = check.Optional("totalHeader"),
            MaxPages = check.Number("maxPages", 100_000, 1, 1_000_000),
        };
    }
}
