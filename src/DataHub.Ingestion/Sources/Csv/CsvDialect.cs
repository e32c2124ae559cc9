namespace DataHub.Ingestion.Sources.Csv;

/// <summary>How a CSV file is written, as its source declares it; nothing of it is found out from the file.</summary>
/// <param name="Delimiter">Between fields.</param>
/// <param name="Quote">Around a field, or <see cref="None"/>: then every field stands as it is.</param>
internal sealed record CsvDialect(byte Delimiter, int Quote)
{
    /// <summary>In place of a character that the dialect does not have: no byte equals it.</summary>
    public const int None = -1;

    /// <summary>RFC 4180.</summary>
    public static CsvDialect Standard { get; } = new((byte)',', '"');

    /// <summary>Takes the next character's meaning away; <see cref="None"/> where quotes are doubled instead.</summary>
    public int Escape { get; init; } = None;

    /// <summary>A line that begins with it is no record; or <see cref="None"/>.</summary>
    public int Comment { get; init; } = None;

    /// <summary>Physical lines above the header row (titles), passed over whatever they hold.</summary>
    public int SkipLines { get; init; }

    /// <summary>False: the first record is data, and columns are called by their position from 1.</summary>
    public bool HasHeader { get; init; } = true;
}
