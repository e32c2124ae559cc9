using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.Files;

namespace DataHub.Ingestion.Sources.Parquet;

/// <summary>A Parquet file as a format of files: names and types are those of its schema, nothing is declared beside it.</summary>
internal sealed class ParquetFormat(FileSourceOptions limits) : IFileFormat
{
    public async Task<SourceTable> DescribeAsync(SourceTable table, FileInput input, CancellationToken cancellation)
    {
        using var file = await ParquetFile.OpenAsync(input, limits, cancellation);
        return table with
        {
            Columns =
            [
                .. file.Columns.Where(c => c.Name.Length > 0).Select(c => new SourceTableColumn(
                    c.Name, c.Type.Name, !c.IsRequired, c.Type.Proposed, c.Type.Note)
                {
                    NeedsTimeZone = c.Type.Kind == SourceKind.LocalTimestamp,
                }),
            ],
            EstimatedRows = file.Rows,
        };
    }

    public async Task<IFileReader> OpenAsync(FileInput input, PullRequest request, CancellationToken cancellation)
    {
        var file = await ParquetFile.OpenAsync(input, limits, cancellation);
        try
        {
            var columns = SourceColumnMatch.Match(input.Source, input.Name, request, [.. file.Columns.Select(c => c.Name)]);
            RefuseUnread(input, file, columns);
            return new ParquetRecordReader(file, columns, request);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Only what the contract asks for: other columns may be of any type.</summary>
    private static void RefuseUnread(FileInput input, ParquetFile file, SourceColumns columns)
    {
        string[] refused =
        [
            .. columns.Index.Where(i => i != SourceColumns.Absent).Distinct().Select(i => file.Columns[i])
                .Where(c => c.Type.Open is null).Select(c => $"{c.Name} ({c.Type.Name})"),
        ];
        if (refused.Length > 0)
        {
            throw HubErrors.SourceTypeUnsupported(input.Source, input.Name, refused).ToException();
        }
    }
}
