namespace DataHub.Ingestion.Sources.Rest;

/// <summary>How the hub signs in to an API. The secret itself is the source's credential, never a setting.</summary>
internal enum RestAuth { None, ApiKeyHeader, ApiKeyQuery, Basic, Bearer, OAuth2 }

/// <summary>Settings of signing in.</summary>
internal sealed record RestAuthOptions
{
    /// <summary>
    /// <c>auth</c>: none (default); apiKeyHeader, apiKeyQuery (password = key); basic (username, password); bearer (password = token);
    /// oauth2 (client credentials: username = client id, password = client secret).
    /// </summary>
    public required RestAuth Kind { get; init; }

    /// <summary><c>apiKeyName</c>: header or parameter that carries the key. Default X-API-Key, or api_key as a parameter.</summary>
    public required string KeyName { get; init; }

    /// <summary><c>tokenUrl</c>: the token endpoint of oauth2; required for it.</summary>
    public Uri? TokenUrl { get; init; }

    /// <summary><c>scope</c> of oauth2, or none.</summary>
    public string? Scope { get; init; }

    /// <summary><c>tokenAuth</c>: how the client shows its secret to the token endpoint, basic (default) or body.</summary>
    public required bool SecretInBody { get; init; }

    private static readonly Dictionary<string, RestAuth> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["none"] = RestAuth.None, ["apiKeyHeader"] = RestAuth.ApiKeyHeader, ["apiKeyQuery"] = RestAuth.ApiKeyQuery,
        ["basic"] = RestAuth.Basic, ["bearer"] = RestAuth.Bearer, ["oauth2"] = RestAuth.OAuth2,
    };

    private static readonly Dictionary<string, bool> Places = new(StringComparer.OrdinalIgnoreCase) { ["basic"] = false, ["body"] = true };

    private static readonly string[] Reserved = ["Authorization", "Host", "Content-Length", "Transfer-Encoding", "Connection", "Cookie"];

    public static RestAuthOptions Read(SettingsCheck check)
    {
        var kind = check.Choice("auth", RestAuth.None, Kinds);
        var tokenUrl = kind == RestAuth.OAuth2 ? check.Required("tokenUrl") : check.Optional("tokenUrl");
        var name = check.Optional("apiKeyName") ?? (kind == RestAuth.ApiKeyQuery ? "api_key" : "X-API-Key");
        if (kind == RestAuth.ApiKeyHeader && (!RestSettings.IsToken(name) || Reserved.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            check.Add("apiKeyName", "setting_not_allowed",
                "apiKeyName phải là tên một tiêu đề HTTP, không phải tiêu đề có nghĩa riêng.",
                "apiKeyName must be the name of an HTTP header that has no meaning of its own.");
        }

        return new RestAuthOptions
        {
            Kind = kind,
            KeyName = name,
            TokenUrl = string.IsNullOrEmpty(tokenUrl) ? null : RestSettings.Address(check, "tokenUrl", tokenUrl),
            Scope = check.Optional("scope"),
            SecretInBody = check.Choice("tokenAuth", false, Places),
        };
    }
}
