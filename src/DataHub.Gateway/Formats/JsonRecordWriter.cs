using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DataHub.Core.Contracts;
using DataHub.Core.Versioning;
using DataHub.Storage.Queries;

namespace DataHub.Gateway.Formats;

/// <summary>
/// A record as a JSON object, for JSON and NDJSON. int64 and decimal are numbers that keep their scale, or strings where the
/// caller asked for
/// <c>IEEE754Compatible=true</c>; nulls are written. Only what JSON must escape is escaped: Vietnamese stays readable.
/// </summary>
internal sealed class JsonRecordWriter(IReadOnlyList<StoreColumn> columns, bool numbersAsText) : RecordWriter(columns)
{
    private static readonly SearchValues<byte> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (byte)c), (byte)'"', (byte)'\\']);

    // The name of each column with all that stands before its value.
    private readonly byte[][] names =
    [
        .. columns.Select((c, i) => (byte[])
        [
            i == 0 ? (byte)'{' : (byte)',', (byte)'"',
            .. JsonEncodedText.Encode(c.Name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, (byte)'"', (byte)':',
        ]),
    ];

    public override void Write(IRecordRow row, AnswerBuffer target)
    {
        if (names.Length == 0)
        {
            target.Append((byte)'{');
        }

        for (var i = 0; i < names.Length; i++)
        {
            target.Append(names[i]);
            if (row.IsNull(i))
            {
                target.Append("null"u8);
            }
            else
            {
                WriteValue(row, i, target);
            }
        }

        target.Append((byte)'}');
    }

    /// <summary>A text as a JSON string.</summary>
    public static void WriteText(ReadOnlySpan<byte> text, AnswerBuffer target)
    {
        var at = text.IndexOfAny(Escaped);
        if (at >= 0)
        {
            WriteEscaped(text, at, target);
            return;
        }

        var room = target.Room(text.Length + 2);
        room[0] = (byte)'"';
        text.CopyTo(room[1..]);
        room[text.Length + 1] = (byte)'"';
        target.Advance(text.Length + 2);
    }

    private void WriteValue(IRecordRow row, int i, AnswerBuffer target)
    {
        switch (Kinds[i])
        {
            case ColumnKind.Text:
                WriteText(row.Text(i), target);
                break;
            case ColumnKind.Bytes:
                WriteBytes(row.Bytes(i), target);
                break;
            case ColumnKind.Date or ColumnKind.Time or ColumnKind.Timestamp:
            case ColumnKind.Int64 or ColumnKind.Decimal when numbersAsText:
                var quoted = target.Room(ValueText.Longest + 2);
                quoted[0] = (byte)'"';
                var length = ValueText.Write(row, i, Kinds[i], quoted[1..]);
                quoted[length + 1] = (byte)'"';
                target.Advance(length + 2);
                break;
            default:
                target.Advance(ValueText.Write(row, i, Kinds[i], target.Room(ValueText.Longest)));
                break;
        }
    }

    private static void WriteEscaped(ReadOnlySpan<byte> text, int at, AnswerBuffer target)
    {
        target.Append((byte)'"');
        while (at >= 0)
        {
            target.Append(text[..at]);
            WriteEscape(text[at], target);
            text = text[(at + 1)..];
            at = text.IndexOfAny(Escaped);
        }

        target.Append(text);
        target.Append((byte)'"');
    }

    private static void WriteEscape(byte character, AnswerBuffer target)
    {
        ReadOnlySpan<byte> escape = character switch
        {
            (byte)'"' => "\\\""u8,
            (byte)'\\' => "\\\\"u8,
            (byte)'\n' => "\\n"u8,
            (byte)'\r' => "\\r"u8,
            (byte)'\t' => "\\t"u8,
            (byte)'\b' => "\\b"u8,
            (byte)'\f' => "\\f"u8,
            _ => "\\u00"u8,
        };
        target.Append(escape);
        if (escape.Length > 2)
        {
            target.Append((byte)('0' + (character >> 4)));
            target.Append((byte)"0123456789abcdef"[character & 15]);
        }
    }

    private static void WriteBytes(ReadOnlySpan<byte> bytes, AnswerBuffer target)
    {
        var room = target.Room(Base64.GetMaxEncodedToUtf8Length(bytes.Length) + 2);
        room[0] = (byte)'"';
        Base64.EncodeToUtf8(bytes, room[1..], out _, out var written);
        room[written + 1] = (byte)'"';
        target.Advance(written + 2);
    }
}
