using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.Rest;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>Opens the place where a source's files lie.</summary>
internal sealed class FileStores(FileSourceOptions limits, SourceNetworkPolicy network, TimeProvider? time = null)
{
    public FileSourceOptions Limits => limits;

    /// <summary>Connects where there is something to connect to. The caller disposes.</summary>
    public async Task<IFileStore> OpenAsync(SourceSettings source, FilePlaceOptions place, CancellationToken cancellation) =>
        place.Transport switch
        {
            FileTransport.Sftp => await SftpFileStore.OpenAsync(source, place, limits, network, cancellation),
            FileTransport.Http => new HttpFileStore(
                new HttpSession(source, place.Access!, network, time ?? TimeProvider.System), place, limits),
            _ => new FolderFileStore(source.Id, limits, place.Folder),
        };
}
