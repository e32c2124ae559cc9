using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>CSV files in a folder below the hub's root for file sources. Nothing about a file is guessed: encoding, delimiter and
/// types are declared.</summary>
internal sealed class CsvSourceAdapter(FileSourceOptions files, TimeProvider time) : ISourceAdapter
{
    private static readonly string[] Extensions = [".csv", ".tsv", ".txt"];

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

    public Task<SourceProbe> TestAsync(SourceSettings source, CancellationToken cancellation)
    {
        var (options, folder) = Open(source);
        try
        {
            folder.List(Extensions);
        }
        catch (Exception e)
        {
            throw folder.Translate(e, options.Folder);
        }

        return Task.FromResult(new SourceProbe($"CSV ({options.EncodingName})", true, time.GetUtcNow()));
    }

    public async Task<IReadOnlyList<SourceTable>> ListTablesAsync(SourceSettings source, CancellationToken cancellation)
    {
        var (options, folder) = Open(source);
        var tables = new List<SourceTable>();
        foreach (var path in folder.List(Extensions))
        {
            tables.Add(await DescribeAsync(source, options, folder, path, cancellation));
        }

        return tables;
    }

    public async Task<IRecordReader> OpenAsync(
        SourceSettings source, PullRequest request, CancellationToken cancellation)
    {
        if (request.Contract.Terms.File is not { } path)
        {
            throw HubErrors.SourceTargetInvalid(source.Id, Kind, "hub.file").ToException();
        }

        var (options, folder) = Open(source);
        var file = await CsvFile.OpenAsync(source.Id, folder, path, options, files.MaxFieldBytes, cancellation);
        try
        {
            return new CsvRecordReader(file, folder, SourceColumnMatch.Match(source.Id, path, request, file.Header));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private (CsvSourceOptions Options, FileSourceFolder Folder) Open(SourceSettings source)
    {
        var check = new SettingsCheck(source);
        var options = CsvSourceOptions.Read(source, check);
        check.ThrowIfAny();
        return (options, FileSourceFolder.Open(source.Id, files, options.Folder));
    }

    /// <summary>A file that cannot be opened or has no header is listed too, without columns: testing it tells why.</summary>
    private async Task<SourceTable> DescribeAsync(
        SourceSettings source, CsvSourceOptions options, FileSourceFolder folder, string path, CancellationToken cancellation)
    {
        var table = new SourceTable(SourceTableId.From(path), path, "file");
        try
        {
            using var file = await CsvFile.OpenAsync(
                source.Id, folder, path, options, files.MaxFieldBytes, cancellation);
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
