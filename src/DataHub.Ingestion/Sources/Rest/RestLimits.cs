namespace DataHub.Ingestion.Sources.Rest;

/// <summary>What one record and one response may take, and how long the hub waits.</summary>
internal sealed record RestLimits
{
    /// <summary>Highest value of <c>maxDepth</c>.</summary>
    public const int MostDepth = 1000;

    /// <summary><c>maxRecordMegabytes</c>, 1-256. Default 16: a longer record ends the pull.</summary>
    public required int RecordBytes { get; init; }

    /// <summary><c>maxPageMegabytes</c>, 1-1048576. Default 1024: decompressed size of one response.</summary>
    public required long PageBytes { get; init; }

    /// <summary><c>maxDepth</c>, 1-1000. Default 64: objects and arrays inside one another in a record.</summary>
    public required int Depth { get; init; }

    /// <summary><c>connectTimeout</c>, seconds, 1-300. Default 15.</summary>
    public required int ConnectSeconds { get; init; }

    /// <summary><c>responseTimeout</c>, seconds from a request to the head of its answer, 1-3600. Default 60.</summary>
    public required int ResponseSeconds { get; init; }

    /// <summary><c>silenceTimeout</c>, seconds without a byte in the middle of an answer, 1-3600. Default 60.</summary>
    public required int SilenceSeconds { get; init; }

    /// <summary><c>retries</c>: further attempts for one page, with growing pauses, 0-20. Default 4.</summary>
    public required int Retries { get; init; }

    /// <summary><c>maxWait</c>: longest pause, seconds, that the server may ask for (Retry-After, RateLimit-Reset), 0-3600. Default 300.</summary>
    public required int WaitSeconds { get; init; }

    public static RestLimits Read(SettingsCheck check) => ReadWaits(check) with
    {
        RecordBytes = check.Number("maxRecordMegabytes", 16, 1, 256) << 20,
        PageBytes = (long)check.Number("maxPageMegabytes", 1024, 1, 1 << 20) << 20,
        Depth = check.Number("maxDepth", 64, 1, MostDepth),
    };

    /// <summary>Only those that do not speak of records: what answers may hold is the caller's.</summary>
    public static RestLimits ReadWaits(SettingsCheck check) => new()
    {
        RecordBytes = 0,
        PageBytes = 0,
        Depth = 0,
        ConnectSeconds = check.Number("connectTimeout", 15, 1, 300),
        ResponseSeconds = check.Number("responseTimeout", 60, 1, 3600),
        SilenceSeconds = check.Number("silenceTimeout", 60, 1, 3600),
        Retries = check.Number("retries", 4, 0, 20),
        WaitSeconds = check.Number("maxWait", 300, 0, 3600),
    };
}
