using System.Text.Unicode;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.Files;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>
/// Fills batches from a CSV file: every field as text, an empty unquoted one as null. A record that cannot be taken as it stands is
/// noted with its line and its reason, and reading goes on. Positions are physical line numbers from 1.
/// </summary>
internal sealed class CsvRecordReader : IFileReader
{
    private readonly CsvFile file;
    private readonly int[][] targets;
    private readonly int[] absent;
    private int field;
    private CsvRecordFault fault;
    private long bytes;
    private bool atEnd;

    /// <param name="file">Behind its header.</param>
    /// <param name="columns">For each column the file's field it comes from.</param>
    public CsvRecordReader(CsvFile file, SourceColumns columns)
    {
        (this.file, Drift, Columns) = (file, columns.Drift, columns.Present);
        var fieldOf = columns.Index;
        absent = [.. Enumerable.Range(0, fieldOf.Length).Where(c => fieldOf[c] == SourceColumns.Absent)];
        targets = [.. file.Header.Select((_, f) => Enumerable.Range(0, fieldOf.Length).Where(c => fieldOf[c] == f).ToArray())];
        Fields = [.. fieldOf.Select(f => new SourceField(f == SourceColumns.Absent ? "" : file.Header[f], SourceKind.Text, "text"))];
    }

    public IReadOnlyList<SourceField> Fields { get; }

    public IReadOnlyList<string> Header => file.Header;

    public IReadOnlyList<SourceDrift> Drift { get; }

    public IReadOnlySet<string> Columns { get; }

    public DateTimeOffset AsOf => file.Written;

    public long? EstimatedRecords => file.EstimatedRecords;

    public SourcePosition? Position => new(AsOf);

    public async ValueTask<bool> ReadAsync(RecordBatch batch, CancellationToken cancellation)
    {
        batch.Clear();
        bytes = 0;
        try
        {
            while (!atEnd && !Fill(batch))
            {
                cancellation.ThrowIfCancellationRequested();
                await file.FeedAsync(cancellation);
            }
        }
        catch (Exception e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw FileErrors.Translate(e, file.Source, file.Path);
        }

        return batch.Count > 0 || batch.Broken.Count > 0;
    }

    public ValueTask DisposeAsync()
    {
        file.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes what the tokenizer has; true when the batch is to be handed over, false when more bytes are needed.</summary>
    private bool Fill(RecordBatch batch)
    {
        var tokens = file.Tokens;
        while (batch.Count < batch.Capacity && batch.Broken.Count < batch.Capacity && bytes < RecordBatch.TargetBytes)
        {
            switch (tokens.Next())
            {
                case CsvToken.Field:
                    Take(batch, tokens);
                    break;
                case CsvToken.LastField:
                    Take(batch, tokens);
                    EndRecord(batch);
                    break;
                case CsvToken.Broken:
                    EndBroken(batch);
                    break;
                case CsvToken.NeedMore:
                    return false;
                default:
                    atEnd = true;
                    return true;
            }
        }

        return true;
    }

    private void Take(RecordBatch batch, CsvTokenizer tokens)
    {
        var index = field++;
        if (index >= targets.Length)
        {
            return;
        }

        var value = tokens.Value;
        bytes += value.Length;
        foreach (var column in targets[index])
        {
            if (value.IsEmpty && !tokens.Quoted)
            {
                batch.Columns[column].AppendNull();
                continue;
            }

            if (fault == CsvRecordFault.None)
            {
                fault = !Utf8.IsValid(value) ? CsvRecordFault.Encoding
                    : value.Contains((byte)0) ? CsvRecordFault.Nul
                    : CsvRecordFault.None;
            }

            batch.Columns[column].Append(value);
        }
    }

    private void EndRecord(RecordBatch batch)
    {
        var tokens = file.Tokens;
        if (field == targets.Length && fault == CsvRecordFault.None)
        {
            foreach (var column in absent)
            {
                batch.Columns[column].AppendNull();
            }

            batch.EndRecord(tokens.RecordLine);
        }
        else if (field == 1 && targets.Length > 1 && tokens.Value.IsEmpty && !tokens.Quoted)
        {
            // An empty line holds no record where a record has several fields.
            batch.TakeBack();
        }
        else
        {
            var kind = field != targets.Length ? CsvRecordFault.FieldCount : fault;
            batch.BreakRecord(CsvBroken.Of(kind, tokens.RecordLine, tokens.Raw(), targets.Length, field));
        }

        (field, fault) = (0, CsvRecordFault.None);
    }

    private void EndBroken(RecordBatch batch)
    {
        var tokens = file.Tokens;
        if (tokens.LostInQuotes)
        {
            throw HubErrors.SourceQuoteUnclosed(file.Source, file.Path, tokens.RecordLine).ToException();
        }

        var kind = tokens.Fault switch
        {
            CsvFault.Quote => CsvRecordFault.Quote,
            CsvFault.Escape => CsvRecordFault.Escape,
            _ => CsvRecordFault.FieldTooLarge,
        };
        batch.BreakRecord(CsvBroken.Of(kind, tokens.RecordLine, tokens.Raw(), targets.Length, field));
        (field, fault) = (0, CsvRecordFault.None);
    }
}
