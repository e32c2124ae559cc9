using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>
/// Reads one answer as a stream: its records one by one, each whole and as it was written, and beside them the values at the places that
/// paging needs. Memory is one record and one buffer, whatever the answer's size.
/// </summary>
internal sealed class RestPageReader : IAsyncDisposable
{
    private const int Buffer = 64 * 1024;

    private readonly RestSourceOptions options;
    private readonly PipeReader pipe;
    private readonly RestPlace place = new();
    private readonly Func<string, (long Line, long Byte), HubError> invalid;
    private readonly Func<HubError> tooLarge;
    private JsonReaderState state;
    private ReadOnlySequence<byte> buffer;
    private long passed;
    private bool isComplete;
    private bool isBegun;
    private bool inRecords;

    /// <param name="body">Of the answer; disposed with this.</param>
    /// <param name="options">Of the source.</param>
    /// <param name="invalid">The error for a reason and a place in the text.</param>
    /// <param name="tooLarge">The error for a record that is too long.</param>
    public RestPageReader(
        RestBody body, RestSourceOptions options, Func<string, (long Line, long Byte), HubError> invalid, Func<HubError> tooLarge)
    {
        (this.options, this.invalid, this.tooLarge) = (options, invalid, tooLarge);
        pipe = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: Buffer));
        state = new JsonReaderState(new JsonReaderOptions
        {
            MaxDepth = options.Records.Count + 1 + options.Limits.Depth,
            AllowMultipleValues = options.IsLines,
        });
        inRecords = HasFound = options.IsLines;
    }

    /// <summary>The record that was read last; valid until the next call.</summary>
    public ReadOnlySequence<byte> Record { get; private set; }

    /// <summary>True when the place of the records was met.</summary>
    public bool HasFound { get; private set; }

    /// <summary>Text of the next token or address; null where there is none.</summary>
    public string? Next { get; private set; }

    /// <summary>Text of the total; null where there is none.</summary>
    public string? Total { get; private set; }

    /// <summary>The next record; false at the end of the answer, which is complete then.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            bool? found;
            try
            {
                found = isBegun ? Step() : null;
            }
            catch (JsonException e)
            {
                throw invalid("JSON", ((e.LineNumber ?? 0) + 1, (e.BytePositionInLine ?? 0) + 1)).ToException(e);
            }
            catch (InvalidOperationException e)
            {
                throw invalid("UTF-8", (1, passed + 1)).ToException(e);
            }

            if (found is { } end)
            {
                return end;
            }

            await FeedAsync(cancellation);
        }
    }

    public async ValueTask DisposeAsync() => await pipe.CompleteAsync();

    private async ValueTask FeedAsync(CancellationToken cancellation)
    {
        var kept = buffer.Length;
        if (kept > options.Limits.RecordBytes)
        {
            throw tooLarge().ToException();
        }

        if (isBegun)
        {
            pipe.AdvanceTo(buffer.Start, buffer.End);
        }

        // A record that does not fit is looked at again from its beginning: at double its length, not at every piece that comes.
        var read = kept < Buffer ? await pipe.ReadAsync(cancellation) : await pipe.ReadAtLeastAsync((int)Math.Min(kept * 2, options.Limits.RecordBytes + 1L), cancellation);
        (buffer, isComplete) = (read.Buffer, read.IsCompleted);
        if (isBegun)
        {
            return;
        }

        // The mark takes three bytes, the shortest answer two.
        if (buffer.Length < 3 && !isComplete)
        {
            pipe.AdvanceTo(buffer.Start, buffer.End);
            buffer = default;
            await FeedAsync(cancellation);
            return;
        }

        isBegun = true;
        var head = new SequenceReader<byte>(buffer);
        buffer = head.IsNext([0xEF, 0xBB, 0xBF], advancePast: true) ? buffer.Slice(head.Position) : buffer;
    }

    /// <summary>True for a record, false for the end, null when more bytes are needed.</summary>
    private bool? Step()
    {
        if (options.IsLines && isComplete && IsBlank(buffer))
        {
            return false;
        }

        var reader = new Utf8JsonReader(buffer, isComplete, state);
        while (true)
        {
            var before = reader;
            if (!reader.Read())
            {
                Keep(before);
                return isComplete ? false : null;
            }

            // Every record is taken whole: an end that stands here is the end of them all.
            if (inRecords && reader.TokenType != JsonTokenType.EndArray)
            {
                return TakeRecord(reader, before);
            }

            Pass(ref reader);
        }
    }

    private bool? TakeRecord(Utf8JsonReader reader, Utf8JsonReader before)
    {
        var start = reader.TokenStartIndex;
        if (!reader.TrySkip())
        {
            Keep(before);
            return null;
        }

        Record = buffer.Slice(start, reader.BytesConsumed - start);
        if (Record.Length > options.Limits.RecordBytes)
        {
            throw tooLarge().ToException();
        }

        Keep(reader);
        return true;
    }

    /// <summary>A token outside the records.</summary>
    private void Pass(ref Utf8JsonReader reader)
    {
        if (inRecords)
        {
            inRecords = false;
            place.Move(ref reader);
            return;
        }

        if (!place.Move(ref reader))
        {
            return;
        }

        var isContainer = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        if (place.Is(options.Records))
        {
            Begin(reader.TokenType, reader.TokenStartIndex);
        }
        else if (!isContainer)
        {
            Note(ref reader);
        }

        if (isContainer)
        {
            place.Enter(reader.TokenType == JsonTokenType.StartArray);
        }
    }

    private void Begin(JsonTokenType token, long at)
    {
        if (HasFound)
        {
            throw invalid("duplicate " + options.RecordsText, (1, passed + at + 1)).ToException();
        }

        // No records may be written as null; anything else that is no array is another shape.
        inRecords = token == JsonTokenType.StartArray;
        HasFound = inRecords || token == JsonTokenType.Null;
    }

    private void Note(ref Utf8JsonReader reader)
    {
        if (options.Paging.Next is { } next && place.Is(next))
        {
            Next = Text(ref reader);
        }

        if (options.Paging.Total is { } total && place.Is(total))
        {
            Total = Text(ref reader);
        }
    }

    private static string? Text(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan),
        _ => null,
    };

    private static bool IsBlank(in ReadOnlySequence<byte> text)
    {
        var rest = new SequenceReader<byte>(text);
        rest.AdvancePastAny(" \t\r\n"u8);
        return rest.End;
    }

    private void Keep(Utf8JsonReader reader)
    {
        state = reader.CurrentState;
        passed += reader.BytesConsumed;
        buffer = buffer.Slice(reader.BytesConsumed);
    }
}
