namespace DataHub.Core.Queries;

/// <summary>How much one page may hold. Out of range is refused, never clamped.</summary>
public static class QueryLimits
{
    /// <summary>Records of a page that names no limit.</summary>
    public const int DefaultLimit = 1_000;

    /// <summary>Most records of a page.</summary>
    public const int MaxLimit = 50_000;
}
