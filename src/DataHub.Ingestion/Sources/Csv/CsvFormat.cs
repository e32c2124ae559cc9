using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.Files;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>CSV as a format of files: every one in the same declared dialect.</summary>
internal sealed class CsvFormat(CsvSourceOptions options, int maxField) : IFileFormat
{
    private static readonly Text TypeNote = new(
        "Tệp không khai báo kiểu: hãy khai báo kiểu đúng trong hợp đồng.",
        "A file declares no types: declare the right one in the contract.");

    public async Task<SourceTable> DescribeAsync(SourceTable table, FileInput input, CancellationToken cancellation)
    {
        using var file = await CsvFile.OpenAsync(input, options, maxField, cancellation);
        return table with
        {
            Columns = [.. file.Header.Select(name => new SourceTableColumn(
                name, "text", true, new ColumnType(ColumnKind.Text), TypeNote))],
            EstimatedRows = file.EstimatedRecords,
        };
    }

    public async Task<IFileReader> OpenAsync(FileInput input, PullRequest request, CancellationToken cancellation)
    {
        var file = await CsvFile.OpenAsync(input, options, maxField, cancellation);
        try
        {
            return new CsvRecordReader(file, SourceColumnMatch.Match(input.Source, input.Name, request, file.Header));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
