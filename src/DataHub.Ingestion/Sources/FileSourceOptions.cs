namespace DataHub.Ingestion.Sources;

/// <summary>What the hub's operators decide for every source made of files.</summary>
public sealed record FileSourceOptions
{
    /// <summary>Folder below which all file sources lie; null (the default) turns file sources off.</summary>
    public string? Root { get; init; }

    /// <summary>Longest field, bytes of UTF-8; a longer one breaks its record. Default 1 MiB, at least 1 KiB.</summary>
    public int MaxFieldBytes { get; init; } = 1 << 20;

    /// <summary>Largest file that is brought from another machine, bytes; it lies in the temporary folder while it is read. Default 8 GiB.</summary>
    public long MaxFetchedBytes { get; init; } = 8L << 30;

    /// <summary>
    /// Most bytes of a workbook that are held in memory: the table of shared texts of an .xlsx, one text in it, a whole .xls. A larger one is refused. Default 64 MiB.
    /// </summary>
    public long MaxSharedTextBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Most bytes that the pages of a Parquet file take which are open at one time: for each column of the contract its dictionary and its largest
    /// page. A file that declares more is refused. Default 256 MiB.
    /// </summary>
    public long MaxParquetPageBytes { get; init; } = 256L << 20;

    /// <summary>Most that a gzip file, or all chosen entries of a zip together, may unpack to, bytes. Default 8 GiB.</summary>
    public long MaxUnpackedBytes { get; init; } = 8L << 30;

    /// <summary>Most bytes that may come out of one packed byte, beyond the first 16 MiB. Default 200.</summary>
    public int MaxUnpackedRatio { get; init; } = 200;
}
