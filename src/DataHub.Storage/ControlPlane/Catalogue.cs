namespace DataHub.Storage.ControlPlane;

/// <summary>A registered sector system.</summary>
public sealed class Source
{
    public required string Id { get; set; }

    public required string Kind { get; set; }

    public required string Name { get; set; }

    /// <summary>Adapter settings without secrets.</summary>
    public required Dictionary<string, string> Settings { get; set; }

    public string? Username { get; set; }

    /// <summary>The password, encrypted with keys that are not in this database. Never read back by the API.</summary>
    public byte[]? ProtectedPassword { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>A published dataset: the line on which its versions stand.</summary>
public sealed class Dataset
{
    public int Id { get; set; }

    /// <summary>The dataset id of the API.</summary>
    public required string Name { get; set; }

    public required string Title { get; set; }

    public required string Provider { get; set; }

    public required string SourceId { get; set; }

    public string? Theme { get; set; }

    /// <summary><c>open</c> or <c>shared</c>.</summary>
    public required string Access { get; set; }

    /// <summary>The newest revision: the contract of the next run.</summary>
    public long ContractRevisionId { get; set; }

    /// <summary>Last time a run proved the newest version equal to the source.</summary>
    public DateTimeOffset? CheckedAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>One accepted contract document of a dataset; never changed.</summary>
public sealed class ContractRevision
{
    public long Id { get; set; }

    public int DatasetId { get; set; }

    public int Major { get; set; }

    public int Minor { get; set; }

    public int Patch { get; set; }

    /// <summary>Normalised ODCS 3.1 JSON.</summary>
    public required string Document { get; set; }

    public required string CreatedBy { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
