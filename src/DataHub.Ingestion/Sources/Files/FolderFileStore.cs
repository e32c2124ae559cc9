namespace DataHub.Ingestion.Sources.Files;

/// <summary>Files in a folder below the hub's root for file sources.</summary>
internal sealed class FolderFileStore(string source, FileSourceOptions limits, string folder) : IFileStore
{
    private readonly FileSourceFolder place = FileSourceFolder.Open(source, limits, folder);

    public string Source => source;

    public FileSourceOptions Limits => limits;

    public Task<IReadOnlyList<FoundFile>> FindAsync(FileTarget target, CancellationToken cancellation) =>
        Task.FromResult(Ask(target.Text, () => place.Find(target)));

    public Task<IReadOnlyList<FoundFile>> ListAsync(IReadOnlyCollection<string> extensions, CancellationToken cancellation) =>
        Task.FromResult(Ask(folder, () => place.List(extensions)));

    public Task<TakenFile> TakeAsync(string name, CancellationToken cancellation) => Task.FromResult(place.Take(name));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private IReadOnlyList<FoundFile> Ask(string what, Func<IReadOnlyList<string>> ask)
    {
        try
        {
            return [.. ask().Select(n => new FoundFile(n, place.Written(n) ?? DateTimeOffset.MinValue))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw place.Translate(e, what);
        }
    }
}
