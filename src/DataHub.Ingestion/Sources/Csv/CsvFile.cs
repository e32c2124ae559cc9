using System.Text;
using System.Text.Unicode;
using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>An opened file just behind its header row: what a listing and a reader both start from.</summary>
internal sealed class CsvFile : IDisposable
{
    private const int HeadBytes = 64 << 10;

    private CsvFile(string source, string path, CsvByteSource bytes, CsvTokenizer tokens) =>
        (Source, Path, Bytes, Tokens) = (source, path, bytes, tokens);

    public string Source { get; }

    public string Path { get; }

    public CsvByteSource Bytes { get; }

    public CsvTokenizer Tokens { get; }

    public IReadOnlyList<string> Header { get; private set; } = [];

    /// <summary>By the average line of the first 64 KiB; only for progress.</summary>
    public long EstimatedRecords { get; private set; }

    public static async Task<CsvFile> OpenAsync(
        string source, FileSourceFolder folder, string path, CsvSourceOptions options, int maxField, CancellationToken cancellation)
    {
        var bytes = new CsvByteSource(folder.OpenFile(path), options.Encoding);
        var file = new CsvFile(source, path, bytes, new CsvTokenizer(options.Delimiter, maxField));
        try
        {
            await file.BeginAsync(options, cancellation);
            return file;
        }
        catch (Exception e)
        {
            file.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw folder.Translate(e, path);
        }
    }

    /// <summary>The next token, with the file read on where the tokenizer asks.</summary>
    public async ValueTask FeedAsync(CancellationToken cancellation) =>
        Tokens.Filled(await Bytes.ReadAsync(Tokens.Room(), cancellation));

    public void Dispose() => Bytes.Dispose();

    private async Task BeginAsync(CsvSourceOptions options, CancellationToken cancellation)
    {
        var head = await Bytes.PeekAsync(HeadBytes, cancellation);
        if (CsvEncodingMark.Contradiction(head, options.Encoding) is { } seen)
        {
            throw HubErrors.SourceEncodingMismatch(Source, Path, options.EncodingName, seen).ToException();
        }

        var lines = Math.Max(1, head.AsSpan().Count((byte)'\n'));
        EstimatedRecords = Math.Max(0, (long)(lines * ((double)Bytes.Length / Math.Max(1, head.Length))) - 1);
        Bytes.Skip(CsvEncodingMark.Length(head, options.Encoding));
        Header = await ReadHeaderAsync(options, cancellation);
        if (Header is [var only] && only.StartsWith("sep=", StringComparison.Ordinal) || IsSeparatorLine(options))
        {
            CheckSeparator(options);
            Header = await ReadHeaderAsync(options, cancellation);
        }
    }

    /// <summary>Excel's first line "sep=;" splits in two empty halves where the delimiter is the declared one.</summary>
    private bool IsSeparatorLine(CsvSourceOptions options) => Header is ["sep=", ""];

    private void CheckSeparator(CsvSourceOptions options)
    {
        if (Header is [var only])
        {
            var setting = ((char)options.Delimiter).ToString();
            throw HubErrors.SourceDelimiterMismatch(Source, Path, only["sep=".Length..], setting).ToException();
        }
    }

    private async Task<IReadOnlyList<string>> ReadHeaderAsync(CsvSourceOptions options, CancellationToken cancellation)
    {
        var names = new List<string>();
        while (true)
        {
            switch (Tokens.Next())
            {
                case CsvToken.Field:
                    names.Add(Name(options));
                    break;
                case CsvToken.LastField:
                    names.Add(Name(options));
                    return names is [""] ? throw HubErrors.SourceHeaderMissing(Source, Path).ToException() : names;
                case CsvToken.NeedMore:
                    await FeedAsync(cancellation);
                    break;
                default:
                    throw HubErrors.SourceHeaderMissing(Source, Path).ToException();
            }
        }
    }

    private string Name(CsvSourceOptions options) => Utf8.IsValid(Tokens.Value)
        ? Encoding.UTF8.GetString(Tokens.Value)
        : throw HubErrors.SourceEncodingMismatch(Source, Path, options.EncodingName, "?").ToException();
}
