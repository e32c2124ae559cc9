namespace DataHub.Gateway;

/// <summary>What the gateway needs to know from its operators.</summary>
public sealed record GatewayOptions
{
    /// <summary>Issuer of tokens and base of links (<c>DATAHUB_PUBLIC_URL</c>); default the first listening address.</summary>
    public required Uri PublicUrl { get; init; }

    /// <summary>Path under which a proxy offers the hub, without a slash at its end; empty at the root.</summary>
    public string Prefix => PublicUrl.AbsolutePath.TrimEnd('/');

    /// <summary>Folder of the hub's own state, outside the database (<c>DATAHUB_HOME</c>); keys lie in its <c>keys</c>.</summary>
    public required string Home { get; init; }

    /// <summary>Id of the first administrator client (<c>DATAHUB_ADMIN_CLIENT_ID</c>); default datahub-admin.</summary>
    public string AdminClientId { get; init; } = "datahub-admin";

    /// <summary>Its secret (<c>DATAHUB_ADMIN_CLIENT_SECRET</c>), at least 12 characters; null: made and printed once.</summary>
    public string? AdminClientSecret { get; init; }

    /// <summary>Token requests a minute from one address. Default 300: a secret's check costs about 50 ms.</summary>
    public int TokenRequestsPerMinute { get; init; } = 300;

    /// <summary>
    /// Records up to which a version is filtered or sorted without an index (<c>DATAHUB_UNINDEXED_RECORDS</c>); beyond it such a question is refused as
    /// <c>query_unindexed</c>. Default 200,000: about a tenth of a second of one core.
    /// </summary>
    public long UnindexedRecords { get; init; } = 200_000;
}
