using System.IO.Enumeration;
using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>
/// What <c>hub.file</c> names: a file, or files by a pattern (<c>nam/ho-so-*.csv</c>), and behind a <c>.zip</c> the entries in it
/// (<c>ho-so.zip/don-vi-*.csv</c>). <c>*</c> stands for any characters of one path segment, <c>?</c> for one.
/// </summary>
/// <param name="Text">As the contract writes it.</param>
/// <param name="Folder">Path segments before the first pattern.</param>
/// <param name="Segments">The segments from there to the file.</param>
/// <param name="Entry">Pattern of entries in each zip, or null.</param>
internal sealed record FileTarget(string Text, string Folder, IReadOnlyList<string> Segments, string? Entry)
{
    /// <summary>True when more than one file may be meant.</summary>
    public bool IsPattern => Segments.Any(HasPattern);

    /// <summary>The one path where there is no pattern.</summary>
    public string Path => string.Join('/', Folder.Length == 0 ? Segments : [Folder, .. Segments]);

    public static FileTarget Parse(string source, string text)
    {
        var all = text.Split('/');
        var archive = Array.FindIndex(all, 0, all.Length - 1, s => s.EndsWith(".zip", StringComparison.OrdinalIgnoreCase));
        var path = archive < 0 ? all : all[..(archive + 1)];
        var first = Array.FindIndex(path, HasPattern);
        first = first < 0 ? path.Length - 1 : first;
        if (!FileSourceFolder.IsInside(text))
        {
            throw HubErrors.SourceFileOutsideFolder(source, text).ToException();
        }

        if (path.Any(s => s.Contains("**", StringComparison.Ordinal) || s.Length == 0))
        {
            throw HubErrors.SourceFilePatternInvalid(source, text).ToException();
        }

        return new FileTarget(
            text, string.Join('/', path[..first]), path[first..], archive < 0 ? null : string.Join('/', all[(archive + 1)..]));
    }

    public static bool HasPattern(string segment) => segment.AsSpan().ContainsAny('*', '?');

    /// <summary>Case and accents count. A backslash never comes: names with one are not taken.</summary>
    public static bool Matches(string pattern, string name) =>
        FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    /// <summary>A whole path, segment by segment.</summary>
    public static bool MatchesPath(string pattern, string path)
    {
        var (patterns, names) = (pattern.Split('/'), path.Split('/'));
        return patterns.Length == names.Length && patterns.Zip(names).All(p => Matches(p.First, p.Second));
    }
}
