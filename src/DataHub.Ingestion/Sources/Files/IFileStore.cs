namespace DataHub.Ingestion.Sources.Files;

/// <summary>
/// Where a source's files lie: a folder of the hub's machine, a web server, an SFTP server. One for each pull; whoever opened it disposes it. Its
/// failures leave as <c>source_*</c> errors.
/// </summary>
internal interface IFileStore : IAsyncDisposable
{
    string Source { get; }

    FileSourceOptions Limits { get; }

    /// <summary>The files that a contract means, in name order; one that is named and missing may be found missing only when it is taken.</summary>
    Task<IReadOnlyList<FoundFile>> FindAsync(FileTarget target, CancellationToken cancellation);

    /// <summary>Every file with one of the extensions, in name order, for listings; of files that are declared, all.</summary>
    Task<IReadOnlyList<FoundFile>> ListAsync(IReadOnlyCollection<string> extensions, CancellationToken cancellation);

    /// <summary>
    /// What the store itself says of a file's present content, in a form that no other content of the file ever has; null where it says nothing
    /// that can be relied on, so that the content itself must be looked at.
    /// </summary>
    Task<string?> StampAsync(string name, CancellationToken cancellation) => Task.FromResult<string?>(null);

    /// <summary>Takes a file to be read; from elsewhere it is brought here first. The caller disposes.</summary>
    Task<TakenFile> TakeAsync(string name, CancellationToken cancellation);
}

/// <summary>A file of a store.</summary>
/// <param name="Name">Path below the source's folder.</param>
/// <param name="Written">When it was last written; the beginning of time where the store does not say.</param>
internal sealed record FoundFile(string Name, DateTimeOffset Written);
