namespace DataHub.Ingestion.Sources.Rest;

/// <summary>How the hub gets at a web server, checked: the part of the settings that an API and files behind HTTP have in common.</summary>
internal sealed record RestAccessOptions
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

    public required RestAuthOptions Auth { get; init; }

    public required RestLimits Limits { get; init; }

    private static readonly Dictionary<string, bool> Flags = new(StringComparer.OrdinalIgnoreCase) { ["true"] = true, ["false"] = false };

    public static RestAccessOptions Read(SettingsCheck check, RestLimits limits)
    {
        var options = new RestAccessOptions
        {
            BaseUrl = RestSettings.Address(check, "baseUrl", check.Required("baseUrl")),
            AllowHttp = check.Choice("allowHttp", false, Flags),
            AlsoHosts = RestSettings.List(check, "alsoHosts"),
            CaCertificate = SourceAuthorities.Read(check),
            Auth = RestAuthOptions.Read(check),
            Limits = limits,
        };
        options.RefusePlain(check);
        return options;
    }

    /// <summary>Whether an address may be asked at all: TLS, or this machine itself, or http where it was allowed.</summary>
    public bool AllowsScheme(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && (AllowHttp || address.IsLoopback));

    private void RefusePlain(SettingsCheck check)
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
    }
}
