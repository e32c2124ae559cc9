using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>Opens the place where a source's files lie.</summary>
internal sealed class FileStores(FileSourceOptions limits, SourceNetworkPolicy network)
{
    public FileSourceOptions Limits => limits;

    /// <summary>Connects where there is something to connect to. The caller disposes.</summary>
    public async Task<IFileStore> OpenAsync(SourceSettings source, FilePlaceOptions place, CancellationToken cancellation) =>
        place.Transport == FileTransport.Sftp
            ? await SftpFileStore.OpenAsync(source, place, limits, network, cancellation)
            : new FolderFileStore(source.Id, limits, place.Folder);
}
