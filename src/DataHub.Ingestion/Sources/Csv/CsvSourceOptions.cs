using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>Settings of a CSV source, checked and typed. All of them are declared, none is found out from a file.</summary>
internal sealed record CsvSourceOptions
{
    /// <summary><c>folder</c>: below the hub's root for file sources; "." is the root itself. Required.</summary>
    public required string Folder { get; init; }

    /// <summary><c>encoding</c>: utf-8 (default), utf-16le, utf-16be. A byte order mark is accepted.</summary>
    public required CsvEncoding Encoding { get; init; }

    /// <summary><c>delimiter</c>: comma (default), semicolon, tab, pipe, by its character or name.</summary>
    public required byte Delimiter { get; init; }

    private static readonly Dictionary<string, CsvEncoding> Encodings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["utf-8"] = CsvEncoding.Utf8,
        ["utf-16le"] = CsvEncoding.Utf16LittleEndian,
        ["utf-16be"] = CsvEncoding.Utf16BigEndian,
    };

    private static readonly Dictionary<string, byte> Delimiters = new(StringComparer.OrdinalIgnoreCase)
    {
        [","] = (byte)',',
        [";"] = (byte)';',
        ["\t"] = (byte)'\t',
        ["|"] = (byte)'|',
        ["comma"] = (byte)',',
        ["semicolon"] = (byte)';',
        ["tab"] = (byte)'\t',
        ["pipe"] = (byte)'|',
    };

    public string EncodingName => Encodings.First(e => e.Value == Encoding).Key;

    public static CsvSourceOptions Read(SourceSettings source, SettingsCheck check)
    {
        var options = new CsvSourceOptions
        {
            Folder = check.Required("folder"),
            Encoding = check.Choice("encoding", CsvEncoding.Utf8, Encodings),
            Delimiter = check.Choice("delimiter", (byte)',', Delimiters),
        };
        if (options.Folder.Length > 0 && !FileSourceFolder.IsInside(options.Folder))
        {
            check.Add(
                "folder", "source_file_outside_folder",
                "folder phải là đường dẫn tương đối bên trong thư mục gốc, không có “..”.",
                "folder must be a relative path inside the root, without \"..\".");
        }

        check.RefuseUnknown();
        return options;
    }
}
