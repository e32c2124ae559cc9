using System.Text.Json;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>
/// The files that published pulls have taken, as <see cref="SourcePosition.Detail"/> keeps them. Marks of files that are gone stay while there is
/// room, so that a file delivered again is known.
/// </summary>
internal sealed class TakenFiles
{
    /// <summary>27 bytes each, and 64 KiB for all.</summary>
    public const int Most = 2_400;

    private readonly List<string> marks;
    private readonly HashSet<string> known;

    private TakenFiles(IEnumerable<string> marks) => known = [.. this.marks = [.. marks]];

    /// <summary>What the newest published pull left; empty where it left nothing of this kind.</summary>
    public static TakenFiles From(SourcePosition? last)
    {
        if (last?.Detail is not { } detail)
        {
            return new TakenFiles([]);
        }

        using var document = JsonDocument.Parse(detail);
        return document.RootElement.TryGetProperty("files", out var files)
            ? new TakenFiles(files.EnumerateArray().Select(f => f.GetString()!))
            : new TakenFiles([]);
    }

    public bool Has(string mark) => known.Contains(mark);

    /// <summary>Notes a file that is there, taken now or before: the newest are kept longest.</summary>
    public void Note(string mark)
    {
        if (!known.Add(mark))
        {
            marks.Remove(mark);
        }

        marks.Add(mark);
    }

    public string ToDetail() => JsonSerializer.Serialize(new { files = marks.TakeLast(Most) });
}
