using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.Files;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>Settings of a CSV source, checked and typed. All of them are declared, none is found out from a file.</summary>
internal sealed record CsvSourceOptions
{
    /// <summary>Where the files lie.</summary>
    public required FilePlaceOptions Place { get; init; }

    /// <summary><c>encoding</c>: utf-8 (default), utf-16le, utf-16be, windows-1258, tcvn5712-1, viscii. A byte order mark is accepted.</summary>
    public required CsvEncoding Encoding { get; init; }

    /// <summary>
    /// <c>delimiter</c>: comma (default), semicolon, tab, pipe, or any character; <c>quote</c>: double (default), single, none, or any
    /// character; <c>escape</c>: doubled (default: quotes are doubled), backslash, or any character; <c>comment</c>: none (default),
    /// hash, or any character; <c>header</c>: true (default) or false (columns are called 1, 2, …); <c>skipLines</c>: lines above the
    /// header, 0 (default) to 1000.
    /// </summary>
    public required CsvDialect Dialect { get; init; }

    private static readonly Dictionary<string, CsvEncoding> Encodings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["utf-8"] = CsvEncoding.Utf8,
        ["utf-16le"] = CsvEncoding.Utf16LittleEndian,
        ["utf-16be"] = CsvEncoding.Utf16BigEndian,
        ["windows-1258"] = CsvEncoding.Windows1258,
        ["tcvn5712-1"] = CsvEncoding.Tcvn,
        ["viscii"] = CsvEncoding.Viscii,
    };

    private static readonly Dictionary<string, int> Delimiters = new(StringComparer.OrdinalIgnoreCase)
    {
        ["comma"] = ',', ["semicolon"] = ';', ["tab"] = '\t', ["pipe"] = '|',
    };

    private static readonly Dictionary<string, int> Quotes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["double"] = '"', ["single"] = '\'', ["none"] = CsvDialect.None,
    };

    private static readonly Dictionary<string, int> Escapes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["doubled"] = CsvDialect.None, ["backslash"] = '\\',
    };

    private static readonly Dictionary<string, int> Comments = new(StringComparer.OrdinalIgnoreCase)
    {
        ["none"] = CsvDialect.None, ["hash"] = '#',
    };

    private static readonly Dictionary<string, bool> Flags = new(StringComparer.OrdinalIgnoreCase)
    {
        ["true"] = true, ["false"] = false,
    };

    /// <summary>True for encodings in which a letter's tone is a character of its own.</summary>
    public bool WritesMarksApart => Encoding is CsvEncoding.Windows1258 or CsvEncoding.Tcvn;

    public string EncodingName => Encodings.First(e => e.Value == Encoding).Key;

    public static CsvSourceOptions Read(SourceSettings source, SettingsCheck check)
    {
        var options = new CsvSourceOptions
        {
            Place = FilePlaceOptions.Read(check),
            Encoding = check.Choice("encoding", CsvEncoding.Utf8, Encodings),
            Dialect = ReadDialect(check),
        };
        check.RefuseUnknown();
        return options;
    }

    private static CsvDialect ReadDialect(SettingsCheck check)
    {
        var dialect = new CsvDialect(
            (byte)check.Character("delimiter", ',', Delimiters), check.Character("quote", '"', Quotes))
        {
            Escape = check.Character("escape", CsvDialect.None, Escapes),
            Comment = check.Character("comment", CsvDialect.None, Comments),
            HasHeader = check.Choice("header", true, Flags),
            SkipLines = check.Number("skipLines", 0, 0, 1000),
        };
        var taken = new Dictionary<int, string> { [dialect.Delimiter] = "delimiter" };
        foreach (var (name, character) in new[] { ("quote", dialect.Quote), ("escape", dialect.Escape), ("comment", dialect.Comment) })
        {
            if (character != CsvDialect.None && !taken.TryAdd(character, name))
            {
                check.Add(name, "setting_not_allowed",
                    $"{name} trùng ký tự với {taken[character]}.", $"{name} is the same character as {taken[character]}.");
            }
        }

        return dialect;
    }
}
