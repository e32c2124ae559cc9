using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.Files;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>
/// CSV files, as they are or packed, one or many by a pattern, in a folder below the hub's root for file sources. Nothing about a file is
/// guessed: encoding, delimiter and types are declared.
/// </summary>
internal sealed class CsvSourceAdapter(FileStores stores, TimeProvider time) : ISourceAdapter
{
    private static readonly string[] Extensions = [".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".zip"];

    private static readonly Text TypeNote = new(
        "Tệp không khai báo kiểu: hãy khai báo kiểu đúng trong hợp đồng.",
        "A file declares no types: declare the right one in the contract.");

    public string Kind => "csv";

    public IReadOnlyList<ErrorDetail> Check(SourceSettings settings)
    {
        var check = new SettingsCheck(settings);
        CsvSourceOptions.Read(settings, check);
        return check.Errors;
    }

    public async Task<SourceProbe> TestAsync(SourceSettings source, CancellationToken cancellation)
    {
        var (options, format) = Read(source);
        await using var store = await stores.OpenAsync(source, options.Place, cancellation);
        await store.ListAsync(Extensions, cancellation);
        return new SourceProbe($"CSV ({options.EncodingName})", true, time.GetUtcNow());
    }

    public async Task<IReadOnlyList<SourceTable>> ListTablesAsync(SourceSettings source, CancellationToken cancellation)
    {
        var (options, format) = Read(source);
        await using var store = await stores.OpenAsync(source, options.Place, cancellation);
        var tables = new List<SourceTable>();
        foreach (var file in await store.ListAsync(Extensions, cancellation))
        {
            tables.Add(await DescribeAsync(store, format, file.Name, cancellation));
        }

        return tables;
    }

    public async Task<IRecordReader> OpenAsync(
        SourceSettings source, PullRequest request, CancellationToken cancellation)
    {
        if (request.Contract.Terms.File is null)
        {
            throw HubErrors.SourceTargetInvalid(source.Id, Kind, "hub.file").ToException();
        }

        var (options, format) = Read(source);
        return await FilesReader.OpenAsync(
            await stores.OpenAsync(source, options.Place, cancellation), format, request, cancellation);
    }

    private (CsvSourceOptions Options, CsvFormat Format) Read(SourceSettings source)
    {
        var check = new SettingsCheck(source);
        var options = CsvSourceOptions.Read(source, check);
        check.ThrowIfAny();
        return (options, new CsvFormat(options, stores.Limits.MaxFieldBytes));
    }

    /// <summary>A file that cannot be opened or has no header is listed too, without columns: testing it tells why.</summary>
    private static async Task<SourceTable> DescribeAsync(
        IFileStore store, CsvFormat format, string path, CancellationToken cancellation)
    {
        var table = new SourceTable(SourceTableId.From(path), path, "file");
        try
        {
            using var taken = await store.TakeAsync(path, cancellation);
            var input = FileInput.In(taken, FileTarget.Parse(store.Source, path), store.Limits)[0];
            using var file = await format.OpenFileAsync(input, cancellation);
            return table with
            {
                Columns = [.. file.Header.Select(name => new SourceTableColumn(
                    name, "text", true, new ColumnType(ColumnKind.Text), TypeNote))],
                EstimatedRows = file.EstimatedRecords,
            };
        }
        catch (HubErrorException e)
        {
            return table with { Comment = $"{e.Error.Code}: {e.Error.Detail("vi")} / {e.Error.Detail("en")}" };
        }
    }
}
