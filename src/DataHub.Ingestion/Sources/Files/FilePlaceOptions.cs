namespace DataHub.Ingestion.Sources.Files;

/// <summary>How the hub gets at a source's files.</summary>
internal enum FileTransport { Folder, Sftp }

/// <summary>Where a source's files lie, checked: the part of its settings that every kind made of files has.</summary>
internal sealed record FilePlaceOptions
{
    private static readonly Dictionary<string, FileTransport> Transports = new(StringComparer.OrdinalIgnoreCase)
    {
        ["folder"] = FileTransport.Folder, ["sftp"] = FileTransport.Sftp,
    };

    /// <summary><c>transport</c>: folder (default) on the hub's machine, or sftp.</summary>
    public required FileTransport Transport { get; init; }

    /// <summary>
    /// <c>folder</c>: below the hub's root for file sources, "." is the root itself; over SFTP a path of the server, absolute or from the account's
    /// home. Required.
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

    public static FilePlaceOptions Read(SettingsCheck check)
    {
        var transport = check.Choice("transport", FileTransport.Folder, Transports);
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
