namespace DataHub.Storage.ControlPlane;

/// <summary>A column's place in the store: its id is given once by name and never reused, so no source name reaches SQL.</summary>
public sealed class StoredColumn
{
    public int DatasetId { get; set; }

    public int Major { get; set; }

    /// <summary>The store column is <c>c{ColumnId}</c>.</summary>
    public int ColumnId { get; set; }

    public required string Name { get; set; }

    /// <summary>Declared type as contracts spell it.</summary>
    public required string Type { get; set; }

    /// <summary>Position in the key from 1, or null.</summary>
    public int? KeyPosition { get; set; }
}

/// <summary>The two tables of one (dataset, contract major). Adopting a first load is inserting this row.</summary>
public sealed class StorePair
{
    public int DatasetId { get; set; }

    public int Major { get; set; }

    public required string CurrentTable { get; set; }

    public required string HistoryTable { get; set; }

    /// <summary>Sequence number of the first version in the pair; the feed index leaves its rows out.</summary>
    public int FirstSeq { get; set; }

    /// <summary>Number of the canonical form that row hashes were made with.</summary>
    public int CanonicalForm { get; set; }
}

/// <summary>The newest published version of a pair; changed only by the publish transaction.</summary>
public sealed class Head
{
    public int DatasetId { get; set; }

    public int Major { get; set; }

    public int Seq { get; set; }
}

/// <summary>An immutable published version.</summary>
public sealed class DatasetVersion
{
    public int DatasetId { get; set; }

    /// <summary>Position on the dataset's line, from 1; belongs to exactly one major.</summary>
    public int Seq { get; set; }

    public int Major { get; set; }

    public int Minor { get; set; }

    /// <summary>What made it: <c>refresh</c>, or <c>correction</c> for replayed records.</summary>
    public string Kind { get; set; } = "refresh";

    /// <summary>Counts releases inside MAJOR.MINOR, from 0.</summary>
    public int Release { get; set; }

    public long ContractRevisionId { get; set; }

    public long RunId { get; set; }

    public long Records { get; set; }

    public long New { get; set; }

    public long Changed { get; set; }

    public long Removed { get; set; }

    /// <summary>Sum of row hashes modulo 2^128, 16 bytes big-endian: lets a mirror check itself; it proves nothing.</summary>
    public required byte[] Checksum { get; set; }

    /// <summary>SHA-256 over the previous digest, the contract and the ordered changes.</summary>
    public required byte[] Digest { get; set; }

    /// <summary>Time of the source snapshot.</summary>
    public DateTimeOffset AsOf { get; set; }

    /// <summary>Strictly grows along the line.</summary>
    public DateTimeOffset PublishedAt { get; set; }
}
