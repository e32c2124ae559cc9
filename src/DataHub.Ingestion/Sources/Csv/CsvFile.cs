using System.Text;
using System.Text.Unicode;
using DataHub.Core.Errors;
using DataHub.Ingestion.Sources.Files;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>An opened file just before its first record: what a listing and a reader both start from.</summary>
internal sealed class CsvFile : IDisposable
{
    private readonly FileInput input;
    private readonly CsvSourceOptions options;
    private readonly int maxField;
    private readonly CsvByteSource bytes;

    private CsvFile(FileInput input, CsvSourceOptions options, int maxField)
    {
        (this.input, this.options, this.maxField) = (input, options, maxField);
        bytes = new CsvByteSource(input, options.Encoding);
        Tokens = new CsvTokenizer(options.Dialect, maxField);
    }

    public string Source => input.Source;

    /// <summary>The file's name, for messages.</summary>
    public string Path => input.Name;

    public DateTimeOffset Written => input.File.Written;

    public CsvTokenizer Tokens { get; private set; }

    /// <summary>Names of the columns: the header row, or positions from 1 where the dialect has none.</summary>
    public IReadOnlyList<string> Header { get; private set; } = [];

    /// <summary>By the average line of the first 64 KiB; only for progress. Null where the length is not known.</summary>
    public long? EstimatedRecords { get; private set; }

    public static async Task<CsvFile> OpenAsync(
        FileInput input, CsvSourceOptions options, int maxField, CancellationToken cancellation)
    {
        var file = new CsvFile(input, options, maxField);
        try
        {
            await file.BeginAsync(cancellation);
            return file;
        }
        catch (Exception e)
        {
            file.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw FileErrors.Translate(e, input.Source, input.Name);
        }
    }

    /// <summary>The file read on where the tokenizer asks.</summary>
    public async ValueTask FeedAsync(CancellationToken cancellation) =>
        Tokens.Filled(await bytes.ReadAsync(Tokens.Room(), cancellation));

    public void Dispose() => bytes.Dispose();

    private async Task BeginAsync(CancellationToken cancellation)
    {
        await bytes.BeginAsync(0, cancellation);
        if (CsvEncodingMark.Contradiction(bytes.Head, options.Encoding) is { } seen)
        {
            throw HubErrors.SourceEncodingMismatch(Source, Path, options.EncodingName, seen).ToException();
        }

        var (lines, mark) = (Math.Max(1, bytes.Head.Count((byte)'\n')), CsvEncodingMark.Length(bytes.Head, options.Encoding));
        EstimatedRecords = input.Length is { } length
            ? Math.Max(0, (long)(lines * ((double)length / Math.Max(1, bytes.Head.Length))) - 1)
            : null;
        bytes.Pass(mark);
        Header = await ReadNamesAsync(cancellation);
        var firstLine = options.Dialect.SkipLines;
        if ((Header is [var only] && only.StartsWith("sep=", StringComparison.Ordinal)) || Header is ["sep=", ""])
        {
            CheckSeparator();
            firstLine++;
            Header = await ReadNamesAsync(cancellation);
        }

        if (!options.Dialect.HasHeader)
        {
            // That was the first record, read for its number of fields alone.
            await bytes.BeginAsync(mark, cancellation);
            Tokens = new CsvTokenizer(options.Dialect with { SkipLines = firstLine }, maxField);
            Header = [.. Enumerable.Range(1, Header.Count).Select(n => n.ToString(System.Globalization.CultureInfo.InvariantCulture))];
        }
    }

    /// <summary>Excel's first line "sep=;" splits in two empty halves where the delimiter is the declared one.</summary>
    private void CheckSeparator()
    {
        if (Header is [var only])
        {
            var setting = ((char)options.Dialect.Delimiter).ToString();
            throw HubErrors.SourceDelimiterMismatch(Source, Path, only["sep=".Length..], setting).ToException();
        }
    }

    private async Task<IReadOnlyList<string>> ReadNamesAsync(CancellationToken cancellation)
    {
        var names = new List<string>();
        while (true)
        {
            switch (Tokens.Next())
            {
                case CsvToken.Field:
                    names.Add(Name());
                    break;
                case CsvToken.LastField:
                    names.Add(Name());
                    return names is [""] && options.Dialect.HasHeader
                        ? throw HubErrors.SourceHeaderMissing(Source, Path).ToException() : names;
                case CsvToken.NeedMore:
                    await FeedAsync(cancellation);
                    break;
                default:
                    throw HubErrors.SourceHeaderMissing(Source, Path).ToException();
            }
        }
    }

    /// <summary>
    /// Bytes that are no text in a name; in a first record they are a matter of that record. A name is composed where the encoding could
    /// not write it composed, or no contract would ever find it.
    /// </summary>
    private string Name() => Utf8.IsValid(Tokens.Value) || !options.Dialect.HasHeader
        ? options.WritesMarksApart ? Encoding.UTF8.GetString(Tokens.Value).Normalize() : Encoding.UTF8.GetString(Tokens.Value)
        : throw HubErrors.SourceEncodingMismatch(Source, Path, options.EncodingName, "?").ToException();
}
