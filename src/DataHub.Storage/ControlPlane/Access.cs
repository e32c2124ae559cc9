namespace DataHub.Storage.ControlPlane;

/// <summary>An organisation that provides or receives data.</summary>
public sealed class Agency
{
    /// <summary>Decision 20/2020: up to 35 characters, groups of 0-9 A-Z separated by dots.</summary>
    public required string Code { get; set; }

    public required string Name { get; set; }

    public string? NameEn { get; set; }

    public string? Contact { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }
}

/// <summary>An agency's software credential. Its secret's hash stands with OpenIddict under the same client id.</summary>
public sealed class Client
{
    public required string ClientId { get; set; }

    /// <summary>Null only for an administrator client of the hub itself.</summary>
    public string? AgencyCode { get; set; }

    public required string Name { get; set; }

    /// <summary><c>datahub.read</c>, <c>datahub.admin</c>.</summary>
    public required string[] Scopes { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }
}

/// <summary>Permission of one recipient to read one dataset for one purpose.</summary>
public sealed class Agreement
{
    public long Id { get; set; }

    public required string RecipientCode { get; set; }

    public int DatasetId { get; set; }

    public required string Purpose { get; set; }

    /// <summary>Granted columns by name. Never contains a personal column that the request did not name.</summary>
    public required string[] Columns { get; set; }

    /// <summary>Those of <see cref="Columns"/> that were personal when it was made: one that becomes personal later is not granted.</summary>
    public required string[] PersonalColumns { get; set; }

    public DateTimeOffset From { get; set; }

    public DateTimeOffset Until { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public string? EndReason { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public required string CreatedBy { get; set; }
}
