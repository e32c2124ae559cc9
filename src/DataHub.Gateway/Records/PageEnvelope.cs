using System.Buffers;
using System.Text.Json;
using DataHub.Core.Contracts;
using DataHub.Gateway.Formats;

namespace DataHub.Gateway.Records;

/// <summary>What stands around the records of a page in each format.</summary>
internal sealed class PageEnvelope(RecordFormat format, PageFrame frame)
{
    private static readonly JsonWriterOptions Options = new()
    {
        SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public void Open(AnswerBuffer target)
    {
        if (format == RecordFormat.Json)
        {
            target.Append("{\"value\":["u8);
        }
    }

    /// <summary>Before the record with this number, from 0.</summary>
    public void Separate(int number, AnswerBuffer target)
    {
        if (format == RecordFormat.Json && number > 0)
        {
            target.Append((byte)',');
        }
    }

    /// <summary>Behind each record.</summary>
    public void EndRecord(AnswerBuffer target)
    {
        if (format == RecordFormat.Ndjson)
        {
            target.Append((byte)'\n');
        }
    }

    /// <summary>Behind the last record.</summary>
    /// <param name="target">The answer.</param>
    /// <param name="count">Records written.</param>
    /// <param name="next">Address of the next page, or its cursor where the question stood in a body; null behind the last.</param>
    /// <param name="sha256">Of every byte before this, hex.</param>
    public void Close(AnswerBuffer target, int count, string? next, string sha256)
    {
        if (format == RecordFormat.Csv)
        {
            return;
        }

        var text = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(text, Options))
        {
            json.WriteStartObject();
            if (format == RecordFormat.Json)
            {
                WriteEnd(json, next);
            }
            else
            {
                WriteLastLine(json, count, next, sha256);
            }

            json.WriteEndObject();
        }

        // The object was opened with its records: what follows them goes on in it.
        target.Append(format == RecordFormat.Json ? "],"u8 : default);
        target.Append(format == RecordFormat.Json ? text.WrittenSpan[1..] : text.WrittenSpan);
        EndRecord(target);
    }

    private ReadOnlySpan<byte> NextName => frame.AskedInBody ? "cursor"u8 : "next"u8;

    private void WriteEnd(Utf8JsonWriter json, string? next)
    {
        json.WriteString(NextName, next);
        if (frame.Total is { } total)
        {
            json.WriteNumber("total"u8, total);
        }

        if (frame.TotalIsEstimate)
        {
            json.WriteBoolean("totalIsEstimate"u8, true);
        }

        json.WriteStartObject("version"u8);
        json.WriteNumber("seq"u8, frame.Request.Version.Seq);
        json.WriteString("label"u8, frame.Request.Version.Label);
        json.WriteEndObject();
    }

    private void WriteLastLine(Utf8JsonWriter json, int count, string? next, string sha256)
    {
        json.WriteStartObject(ColumnNames.EndOfAnswer);
        json.WriteNumber("records"u8, count);
        json.WriteNumber("seq"u8, frame.Request.Version.Seq);
        json.WriteString("sha256"u8, sha256);
        json.WriteString(NextName, next);
        json.WriteEndObject();
    }
}
