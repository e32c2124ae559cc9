namespace DataHub.Storage;

/// <summary>How the hub reaches and uses its PostgreSQL. One string serves all three connections unless others are given.</summary>
public sealed class StorageOptions
{
    /// <summary>Npgsql connection string of the hub's database (<c>DATAHUB_DATABASE</c>).</summary>
    public required string Database { get; set; }

    /// <summary>Owner's string for migrations (<c>DATAHUB_DATABASE_MIGRATION</c>); default <see cref="Database"/>.</summary>
    public string? MigrationDatabase { get; set; }

    /// <summary>String for reading records, may point at a standby (<c>DATAHUB_DATABASE_READ</c>); default <see cref="Database"/>.</summary>
    public string? ReadDatabase { get; set; }

    /// <summary>
    /// Memory in bytes for comparing a pull with the current version by key and hash (about 55 MB a million records);
    /// larger datasets are staged whole and compared in SQL. Default 128 MB.
    /// </summary>
    public long DiffMemory { get; set; } = 128L << 20;

    /// <summary>Rejected records of one run kept with their values; the rest are only counted. Default 100,000.</summary>
    public int QuarantineLimit { get; set; } = 100_000;

    /// <summary>
    /// Days after which a rejected record that no run has seen again is taken out of its quarantine entry; the entry stays with its counts. Default 90
    /// (<c>DATAHUB_QUARANTINE_DAYS</c>, 1-3650).
    /// </summary>
    public int QuarantineDays { get; set; } = 90;

    /// <summary>Seconds a statement of a reader may take before it is refused. Default 30.</summary>
    public int ReadTimeoutSeconds { get; set; } = 30;

    /// <summary>Most connections for reading. Default 16: on few cores more only wait for each other.</summary>
    public int ReadPool { get; set; } = 16;

    /// <summary>Milliseconds that an exact count of a filtered question may take before an estimate is given instead. Default 1,000.</summary>
    public int CountBudgetMilliseconds { get; set; } = 1_000;

    /// <summary>
    /// Most whole-version files sent at a time (<c>DATAHUB_EXPORTS</c>); a further call gets 503 <c>exports_busy</c>. Each takes a connection and up to about 20 MB. Default 4.
    /// </summary>
    public int Exports { get; set; } = 4;
}
