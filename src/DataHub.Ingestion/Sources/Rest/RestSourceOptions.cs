using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>Settings of a REST source, checked and typed. A source is one API: one base address, one way of paging and signing in.</summary>
internal sealed record RestSourceOptions
{
    /// <summary>How the hub gets at it.</summary>
    public required RestAccessOptions Access { get; init; }

    public Uri BaseUrl => Access.BaseUrl;

    public RestLimits Limits => Access.Limits;

    /// <summary><c>resources</c>: comma-separated resources below the base address, for the listing. Any other can be named by a contract too.</summary>
    public required IReadOnlyList<string> Resources { get; init; }

    /// <summary><c>query</c>: parameters for every request, as in an address (<c>status=active&amp;lang=vi</c>). Never a secret.</summary>
    public required IReadOnlyList<(string Name, string Value)> Query { get; init; }

    /// <summary><c>format</c>: json (default) or ndjson (one record a line).</summary>
    public required bool IsLines { get; init; }

    /// <summary><c>records</c>: JSON pointer to the array of records. Default: the body is the array.</summary>
    public required IReadOnlyList<string> Records { get; init; }

    /// <summary>
    /// <c>absent</c>: a column that none of the first records has is an error (default), because it may have been renamed; or null, for an API
    /// that leaves nulls out. Columns of the key, required ones and the watermark are always an error.
    /// </summary>
    public required bool AbsentIsNull { get; init; }

    public required RestPagingOptions Paging { get; init; }

    public required RestWindowOptions Window { get; init; }

    /// <summary>The pointer to the records as administrators write it.</summary>
    public required string RecordsText { get; init; }

    private static readonly Dictionary<string, bool> Formats = new(StringComparer.OrdinalIgnoreCase) { ["json"] = false, ["ndjson"] = true };

    private static readonly Dictionary<string, bool> Absences = new(StringComparer.OrdinalIgnoreCase) { ["error"] = false, ["null"] = true };

    public static RestSourceOptions Read(SourceSettings source, SettingsCheck check)
    {
        var options = new RestSourceOptions
        {
            Access = RestAccessOptions.Read(check, RestLimits.Read(check)),
            Resources = RestSettings.Resources(check, "resources"),
            Query = RestSettings.Query(check, "query"),
            IsLines = check.Choice("format", false, Formats),
            Records = RestSettings.Pointer(check, "records") ?? [],
            RecordsText = source["records"] ?? "",
            AbsentIsNull = check.Choice("absent", false, Absences),
            Paging = RestPagingOptions.Read(check),
            Window = RestWindowOptions.Read(check),
        };
        options.Judge(check);
        check.RefuseUnknown();
        return options;
    }

    private void Judge(SettingsCheck check)
    {
        if (IsLines && (Records.Count > 0 || Paging.Kind is RestPaging.Cursor or RestPaging.Next || Paging.Total is not null))
        {
            check.Add("format", "setting_not_allowed",
                "ndjson chỉ có các bản ghi: không dùng được cùng records, nextPath, cursorPath, totalPath.",
                "ndjson has nothing but records: it does not go with records, nextPath, cursorPath or totalPath.");
        }
    }
}
