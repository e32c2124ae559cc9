using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.Files;

namespace DataHub.Ingestion.Sources.Excel;

/// <summary>A workbook's declared sheet as a format of files.</summary>
internal sealed class ExcelFormat(ExcelSourceOptions options, FileSourceOptions limits) : IFileFormat
{
    private static readonly Text TypeNote = new(
        "Bảng tính không khai báo kiểu cột: hãy khai báo trong hợp đồng; số trong cột văn bản bị cách ly.",
        "A workbook declares no types of columns: declare them in the contract; numbers in a column of text go to quarantine.");

    public async Task<SourceTable> DescribeAsync(SourceTable table, FileInput input, CancellationToken cancellation)
    {
        using var sheet = await ExcelSheet.OpenAsync(input, options, limits, cancellation);
        return table with
        {
            Columns = [.. sheet.Header.Where(n => n.Length > 0).Select(name => new SourceTableColumn(
                name, "cell", true, new ColumnType(ColumnKind.Text), TypeNote))],
            EstimatedRows = Math.Max(0, sheet.Book.RowCount - sheet.Row),
        };
    }

    public async Task<IFileReader> OpenAsync(FileInput input, PullRequest request, CancellationToken cancellation)
    {
        var sheet = await ExcelSheet.OpenAsync(input, options, limits, cancellation);
        try
        {
            return new ExcelRecordReader(sheet, SourceColumnMatch.Match(input.Source, input.Name, request, sheet.Header), request, limits.MaxFieldBytes);
        }
        catch
        {
            sheet.Dispose();
            throw;
        }
    }
}
