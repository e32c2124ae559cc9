using DataHub.Core.Errors;
using DataHub.Core.Sources;
using Microsoft.Win32.SafeHandles;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Sftp;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>
/// Files of an SFTP server. A file is brought into a spool of bounded size before it is read; a connection that breaks meanwhile is made once
/// more and goes on where it stood, as long as the file is still the same.
/// </summary>
internal sealed class SftpFileStore : IFileStore
{
    private const int MostFiles = 10_000, MostFolders = 1_000, MostReconnects = 2, Piece = 256 << 10;

    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(2);

    private readonly SftpConnecting connecting;
    private readonly string root;
    private SftpClient client;

    private SftpFileStore(string source, SftpConnecting connecting, FilePlaceOptions place, FileSourceOptions limits, SftpClient client)
    {
        (Source, Limits, this.connecting, this.client) = (source, limits, connecting, client);
        root = place.Folder == "/" ? "" : place.Folder.TrimEnd('/');
    }

    public string Source { get; }

    public FileSourceOptions Limits { get; }

    public static async Task<SftpFileStore> OpenAsync(
        SourceSettings source, FilePlaceOptions place, FileSourceOptions limits, SourceNetworkPolicy network, CancellationToken cancellation)
    {
        var connecting = new SftpConnecting(source, place, network);
        return new SftpFileStore(source.Id, connecting, place, limits, await connecting.ConnectAsync(cancellation));
    }

    public async Task<IReadOnlyList<FoundFile>> FindAsync(FileTarget target, CancellationToken cancellation)
    {
        if (!target.IsPattern)
        {
            var file = await AskAsync(target.Path, ct => client.GetAttributesAsync(Remote(target.Path), ct), cancellation);
            return [new FoundFile(target.Path, Written(file))];
        }

        List<string> places = [target.Folder];
        foreach (var pattern in target.Segments.SkipLast(1))
        {
            var below = new List<string>();
            foreach (var place in places)
            {
                below.AddRange((await ListAsync(place, target.Text, cancellation)).Where(f => f.IsDirectory && FileTarget.Matches(pattern, f.Name))
                    .Select(f => Join(place, f.Name)));
            }

            places = below.Count <= MostFolders ? below : throw TooMany(target.Text);
        }

        var found = new List<FoundFile>();
        foreach (var place in places)
        {
            found.AddRange((await ListAsync(place, target.Text, cancellation))
                .Where(f => f.IsRegularFile && FileTarget.Matches(target.Segments[^1], f.Name))
                .Select(f => new FoundFile(Join(place, f.Name), Written(f.Attributes))));
            RefuseTooMany(found.Count, target.Text);
        }

        return found.Count == 0
            ? throw HubErrors.SourceFileMissing(Source, target.Text).ToException()
            : [.. found.OrderBy(f => f.Name, StringComparer.Ordinal)];
    }

    public async Task<IReadOnlyList<FoundFile>> ListAsync(IReadOnlyCollection<string> extensions, CancellationToken cancellation) =>
    [
        .. (await ListAsync("", root, cancellation))
            .Where(f => f.IsRegularFile && extensions.Any(e => f.Name.EndsWith(e, StringComparison.OrdinalIgnoreCase)))
            .Select(f => new FoundFile(f.Name, Written(f.Attributes)))
            .OrderBy(f => f.Name, StringComparer.Ordinal),
    ];

    public async Task<TakenFile> TakeAsync(string name, CancellationToken cancellation)
    {
        var before = await AskAsync(name, ct => client.GetAttributesAsync(Remote(name), ct), cancellation);
        if (!before.IsRegularFile)
        {
            throw HubErrors.SourceFileUnreadable(Source, name).ToException();
        }

        if (before.Size > Limits.MaxFetchedBytes)
        {
            throw HubErrors.SourceFileTooLarge(Source, name, Limits.MaxFetchedBytes >> 20).ToException();
        }

        var spool = Spool.Create();
        try
        {
            await BringAsync(name, before, spool, cancellation);
            return new TakenFile(Source, name, spool, Written(before));
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    /// <summary>The library says goodbye and waits for an answer; a server that gives none is left after two seconds, and ends by itself.</summary>
    public async ValueTask DisposeAsync() =>
        await Task.Run(client.Dispose).WaitAsync(Parting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task BringAsync(string name, SftpFileAttributes before, SafeFileHandle spool, CancellationToken cancellation)
    {
        for (var reconnects = 0; ; reconnects++)
        {
            try
            {
                await CopyAsync(name, before, spool, cancellation);
                return;
            }
            catch (HubErrorException e) when (e.Error.Code is "source_connection_lost" && reconnects < MostReconnects)
            {
                client.Dispose();
                client = await connecting.ConnectAsync(cancellation);
            }
        }
    }

    /// <summary>Copies from where the spool ends; the file must be what it was before and after.</summary>
    private async Task CopyAsync(string name, SftpFileAttributes before, SafeFileHandle spool, CancellationToken cancellation)
    {
        await RefuseChangeAsync(name, before, cancellation);
        await AskAsync(name, async ct =>
        {
            await using var remote = await client.OpenAsync(Remote(name), FileMode.Open, FileAccess.Read, ct);
            var (buffer, at) = (new byte[Piece], RandomAccess.GetLength(spool));
            remote.Seek(at, SeekOrigin.Begin);
            int read;
            while (at <= before.Size && (read = await remote.ReadAsync(buffer, ct)) > 0)
            {
                await RandomAccess.WriteAsync(spool, buffer.AsMemory(0, read), at, ct);
                at += read;
            }

            return at == before.Size ? at : throw HubErrors.SourceChangedWhileReading(Source, name).ToException();
        }, cancellation);
        await RefuseChangeAsync(name, before, cancellation);
    }

    private async Task RefuseChangeAsync(string name, SftpFileAttributes before, CancellationToken cancellation)
    {
        var now = await AskAsync(name, ct => client.GetAttributesAsync(Remote(name), ct), cancellation);
        if (now.Size != before.Size || now.LastWriteTimeUtc != before.LastWriteTimeUtc)
        {
            throw HubErrors.SourceChangedWhileReading(Source, name).ToException();
        }
    }

    /// <summary>A folder's files and folders without links, hidden ones, and names that could lead elsewhere.</summary>
    private Task<List<ISftpFile>> ListAsync(string place, string what, CancellationToken cancellation) => AskAsync(what, async ct =>
    {
        var found = new List<ISftpFile>();
        await foreach (var file in client.ListDirectoryAsync(place.Length == 0 && root.Length == 0 ? "/" : Remote(place), ct))
        {
            if (!file.IsSymbolicLink && !file.Name.StartsWith('.') && !file.Name.Contains('/', StringComparison.Ordinal)
                && FileSourceFolder.IsInside(file.Name))
            {
                found.Add(file);
                RefuseTooMany(found.Count, what);
            }
        }

        return found;
    }, cancellation);

    private async Task<T> AskAsync<T>(string what, Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        try
        {
            // The library closes a file by asking the server, whether it still answers or not: whoever cancels does not wait for that.
            return await ask(cancellation).WaitAsync(cancellation);
        }
        catch (Exception e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw SftpErrors.Translate(e, Source, what, SftpConnecting.TimeoutSeconds);
        }
    }

    private void RefuseTooMany(int count, string what)
    {
        if (count > MostFiles)
        {
            throw TooMany(what);
        }
    }

    private HubErrorException TooMany(string what) => HubErrors.SourceFilesTooMany(Source, what, MostFiles).ToException();

    private string Remote(string name) => name.Length == 0 ? root : $"{root}/{name}";

    private static string Join(string place, string name) => place.Length == 0 ? name : $"{place}/{name}";

    private static DateTimeOffset Written(SftpFileAttributes file) => new(file.LastWriteTimeUtc, TimeSpan.Zero);
}
