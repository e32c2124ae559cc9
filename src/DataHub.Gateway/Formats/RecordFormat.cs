namespace DataHub.Gateway.Formats;

/// <summary>The forms in which records are answered.</summary>
internal enum RecordFormat { Json, Ndjson, Csv }

/// <summary>Names and media types of the formats.</summary>
internal static class RecordFormats
{
    /// <summary>In the order in which the hub prefers them where the caller does not care.</summary>
    public static readonly IReadOnlyList<RecordFormat> OfPages = [RecordFormat.Json, RecordFormat.Ndjson, RecordFormat.Csv];

    public static readonly IReadOnlyList<RecordFormat> OfFiles = [RecordFormat.Csv, RecordFormat.Ndjson];

    /// <summary>As <c>format</c> and file addresses spell it.</summary>
    public static string Name(this RecordFormat format) => format switch
    {
        RecordFormat.Json => "json",
        RecordFormat.Ndjson => "ndjson",
        _ => "csv",
    };

    public static string MediaType(this RecordFormat format) => format switch
    {
        RecordFormat.Json => "application/json",
        RecordFormat.Ndjson => "application/x-ndjson",
        _ => "text/csv",
    };

    /// <summary>The whole Content-Type header.</summary>
    public static string ContentType(this RecordFormat format) =>
        format == RecordFormat.Csv ? "text/csv; charset=utf-8; header=present" : format.MediaType();
}
