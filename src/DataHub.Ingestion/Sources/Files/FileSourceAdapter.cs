using DataHub.Core.Errors;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>How one kind of file is read, as its source declares it.</summary>
/// <param name="Place">Where the files lie.</param>
/// <param name="Format">How they are written.</param>
/// <param name="Product">For a successful test.</param>
internal sealed record FileKind(FilePlaceOptions Place, IFileFormat Format, string Product);

/// <summary>
/// What all kinds of file sources do alike: files as they are or packed, one or many by a pattern, from wherever they lie. A kind says how its
/// settings are read and which endings its files have.
/// </summary>
internal abstract class FileSourceAdapter(FileStores stores, TimeProvider time) : ISourceAdapter
{
    public abstract string Kind { get; }

    /// <summary>Endings of files that a listing shows.</summary>
    protected abstract IReadOnlyCollection<string> Extensions { get; }

    protected FileSourceOptions Limits => stores.Limits;

    public IReadOnlyList<ErrorDetail> Check(SourceSettings settings)
    {
        var check = new SettingsCheck(settings);
        Read(settings, check);
        return check.Errors;
    }

    public async Task<SourceProbe> TestAsync(SourceSettings source, CancellationToken cancellation)
    {
        var kind = Read(source);
        await using var store = await stores.OpenAsync(source, kind.Place, cancellation);
        await store.ListAsync(Extensions, cancellation);
        return new SourceProbe(kind.Product, true, time.GetUtcNow());
    }

    public async Task<IReadOnlyList<SourceTable>> ListTablesAsync(SourceSettings source, CancellationToken cancellation)
    {
        var kind = Read(source);
        await using var store = await stores.OpenAsync(source, kind.Place, cancellation);
        var tables = new List<SourceTable>();
        foreach (var file in await store.ListAsync(Extensions, cancellation))
        {
            tables.Add(await DescribeAsync(store, kind.Format, file.Name, cancellation));
        }

        return tables;
    }

    public async Task<IRecordReader> OpenAsync(SourceSettings source, PullRequest request, CancellationToken cancellation)
    {
        if (request.Contract.Terms.File is null)
        {
            throw HubErrors.SourceTargetInvalid(source.Id, Kind, "hub.file").ToException();
        }

        var kind = Read(source);
        return await FilesReader.OpenAsync(
            await stores.OpenAsync(source, kind.Place, cancellation), kind.Format, request, cancellation);
    }

    /// <summary>Reads the settings, with every problem noted.</summary>
    protected abstract FileKind Read(SourceSettings source, SettingsCheck check);

    private FileKind Read(SourceSettings source)
    {
        var check = new SettingsCheck(source);
        var kind = Read(source, check);
        check.ThrowIfAny();
        return kind;
    }

    /// <summary>A file that cannot be opened or has no header is listed too, without columns: testing it tells why.</summary>
    private static async Task<SourceTable> DescribeAsync(
        IFileStore store, IFileFormat format, string path, CancellationToken cancellation)
    {
        var table = new SourceTable(SourceTableId.From(path), path, "file");
        try
        {
            using var taken = await store.TakeAsync(path, cancellation);
            var input = FileInput.In(taken, FileTarget.Parse(store.Source, path), store.Limits)[0];
            return await format.DescribeAsync(table, input, cancellation);
        }
        catch (HubErrorException e)
        {
            return table with { Comment = $"{e.Error.Code}: {e.Error.Detail("vi")} / {e.Error.Detail("en")}" };
        }
    }
}
