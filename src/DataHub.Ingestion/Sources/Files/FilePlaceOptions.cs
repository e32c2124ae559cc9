using DataHub.Ingestion.Sources.Rest;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>How the hub gets at a source's files.</summary>
internal enum FileTransport { Folder, Sftp, Http }

/// <summary>Where a source's files lie, checked: the part of its settings that every kind made of files has.</summary>
internal sealed record FilePlaceOptions
{
    private const int MostFiles = 1_000;

    private static readonly Dictionary<string, FileTransport> Transports = new(StringComparer.OrdinalIgnoreCase)
    {
        ["folder"] = FileTransport.Folder, ["sftp"] = FileTransport.Sftp, ["http"] = FileTransport.Http,
    };

    /// <summary><c>transport</c>: folder (default) on the hub's machine, sftp, or http (files of a web server, by https).</summary>
    public required FileTransport Transport { get; init; }

    /// <summary>
    /// <c>folder</c>: below the hub's root for file sources, "." is the root itself; over SFTP a path of the server, absolute or from the account's
    /// home. Required, and unknown over HTTP.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary><c>host</c>: the SFTP server. Required there, and unknown elsewhere.</summary>
    public string Host { get; init; } = "";

    /// <summary><c>port</c>: 22 by default.</summary>
    public int Port { get; init; } = 22;

    /// <summary>
    /// <c>hostKey</c>: <c>SHA256:</c> and the fingerprint of the server's key, as <c>ssh-keygen -lf</c> prints it. Without it no connection goes on
    /// to the credential: the error shows the fingerprint for a person to confirm.
    /// </summary>
    public string? HostKey { get; init; }

    /// <summary><c>baseUrl</c> and what belongs to it (<c>auth</c>, <c>alsoHosts</c>, <c>caCertificate</c>, times): the web server. Only over HTTP.</summary>
    public RestAccessOptions? Access { get; init; }

    /// <summary>
    /// <c>files</c>: comma-separated paths below <c>baseUrl</c>, at most 1,000. A web server has no list of its files: patterns choose among these.
    /// Required over HTTP.
    /// </summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    public static FilePlaceOptions Read(SettingsCheck check)
    {
        var transport = check.Choice("transport", FileTransport.Folder, Transports);
        if (transport == FileTransport.Http)
        {
            return new FilePlaceOptions
            {
                Transport = transport,
                Folder = "",
                Access = RestAccessOptions.Read(check, RestLimits.ReadWaits(check)),
                Files = ReadFiles(check),
            };
        }

        var options = new FilePlaceOptions { Transport = transport, Folder = check.Required("folder") };
        if (transport == FileTransport.Sftp)
        {
            options = options with
            {
                Host = check.Required("host"), Port = check.Number("port", 22, 1, 65_535), HostKey = ReadHostKey(check),
            };
        }

        var inside = transport == FileTransport.Sftp ? options.Folder.TrimStart('/') : options.Folder;
        if (options.Folder.Length > 0 && inside.Length > 0 && !FileSourceFolder.IsInside(inside))
        {
            check.Add(
                "folder", "source_file_outside_folder",
                "folder phải là đường dẫn bên trong thư mục gốc, không có “..”.",
                "folder must be a path inside the root, without \"..\".");
        }

        return options;
    }

    private static IReadOnlyList<string> ReadFiles(SettingsCheck check)
    {
        check.Required("files");
        var files = RestSettings.Resources(check, "files");
        if (files.Count > MostFiles || files.Distinct(StringComparer.Ordinal).Count() < files.Count)
        {
            check.Add("files", "setting_not_allowed",
                $"files có tối đa {MostFiles} đường dẫn, mỗi đường dẫn một lần.", $"files has at most {MostFiles} paths, each of them once.");
        }

        return files;
    }

    private static string? ReadHostKey(SettingsCheck check)
    {
        var key = check.Optional("hostKey");
        if (key is not null && !(key.StartsWith("SHA256:", StringComparison.Ordinal) && key.TrimEnd('=').Length == 50))
        {
            check.Add("hostKey", "setting_not_allowed",
                "hostKey phải có dạng SHA256:… như ssh-keygen -lf in ra.", "hostKey must be SHA256:… as ssh-keygen -lf prints it.");
        }

        return key?.TrimEnd('=');
    }
}
