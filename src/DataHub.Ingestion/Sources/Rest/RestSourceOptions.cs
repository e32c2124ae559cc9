using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>Settings of a REST source, checked and typed. A source is one API: one base address, one way of paging and signing in.</summary>
internal sealed record RestSourceOptions
{
    /// <summary><c>baseUrl</c>: https, no account, query or fragment; <c>hub.table</c> names a resource below it. Required.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>
    /// <c>allowHttp</c>: false (default) or true. Without TLS anyone between can read and change the records; on this machine itself
    /// http needs no permission.
    /// </summary>
    public required bool AllowHttp { get; init; }

    /// <summary>
    /// <c>alsoHosts</c>: comma-separated names of further hosts that redirects and links to the next page may lead to; they never get the
    /// credential. Default none.
    /// </summary>
    public required IReadOnlyList<string> AlsoHosts { get; init; }

    /// <summary><c>caCertificate</c>: PEM of the only authorities that the server's certificate may come from. Default: the system's.</summary>
    public string? CaCertificate { get; init; }

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

    public required RestAuthOptions Auth { get; init; }

    public required RestPagingOptions Paging { get; init; }

    public required RestWindowOptions Window { get; init; }

    public required RestLimits Limits { get; init; }

    /// <summary>The pointer to the records as administrators write it.</summary>
    public required string RecordsText { get; init; }

    private static readonly Dictionary<string, bool> Flags = new(StringComparer.OrdinalIgnoreCase) { ["true"] = true, ["false"] = false };

    private static readonly Dictionary<string, bool> Formats = new(StringComparer.OrdinalIgnoreCase) { ["json"] = false, ["ndjson"] = true };

    private static readonly Dictionary<string, bool> Absences = new(StringComparer.OrdinalIgnoreCase) { ["error"] = false, ["null"] = true };

    public static RestSourceOptions Read(SourceSettings source, SettingsCheck check)
    {
        var options = new RestSourceOptions
        {
            BaseUrl = RestSettings.Address(check, "baseUrl", check.Required("baseUrl")),
            AllowHttp = check.Choice("allowHttp", false, Flags),
            AlsoHosts = RestSettings.List(check, "alsoHosts"),
            CaCertificate = SourceAuthorities.Read(check),
            Resources = RestSettings.Resources(check, "resources"),
            Query = RestSettings.Query(check, "query"),
            IsLines = check.Choice("format", false, Formats),
            Records = RestSettings.Pointer(check, "records") ?? [],
            RecordsText = source["records"] ?? "",
            AbsentIsNull = check.Choice("absent", false, Absences),
            Auth = RestAuthOptions.Read(check),
            Paging = RestPagingOptions.Read(check),
            Window = RestWindowOptions.Read(check),
            Limits = RestLimits.Read(check),
        };
        options.Judge(check);
        check.RefuseUnknown();
        return options;
    }

    /// <summary>Whether an address may be asked at all: TLS, or this machine itself, or http where it was allowed.</summary>
    public bool AllowsScheme(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && (AllowHttp || address.IsLoopback));

    private void Judge(SettingsCheck check)
    {
        foreach (var (name, address) in new[] { ("baseUrl", BaseUrl), ("tokenUrl", Auth.TokenUrl) })
        {
            if (address is not null && !AllowsScheme(address))
            {
                check.Add(name, "setting_not_allowed",
                    $"{name} phải là https (hoặc đặt allowHttp là true nếu chấp nhận đường truyền không mã hóa).",
                    $"{name} must be https (or set allowHttp to true where a connection without encryption is accepted).");
            }
        }

        if (IsLines && (Records.Count > 0 || Paging.Kind is RestPaging.Cursor or RestPaging.Next || Paging.Total is not null))
        {
            check.Add("format", "setting_not_allowed",
                "ndjson chỉ có các bản ghi: không dùng được cùng records, nextPath, cursorPath, totalPath.",
                "ndjson has nothing but records: it does not go with records, nextPath, cursorPath or totalPath.");
        }
    }
}
