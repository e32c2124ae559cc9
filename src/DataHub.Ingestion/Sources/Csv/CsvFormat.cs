using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.Files;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>CSV as a format of files: every one in the same declared dialect.</summary>
internal sealed class CsvFormat(CsvSourceOptions options, int maxField) : IFileFormat
{
    public Task<CsvFile> OpenFileAsync(FileInput input, CancellationToken cancellation) =>
        CsvFile.OpenAsync(input, options, maxField, cancellation);

    public async Task<IFileReader> OpenAsync(FileInput input, PullRequest request, CancellationToken cancellation)
    {
        var file = await OpenFileAsync(input, cancellation);
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
