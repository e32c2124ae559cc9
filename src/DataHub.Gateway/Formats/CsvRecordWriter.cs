using System.Buffers;
using System.Buffers.Text;
using System.Text;
using DataHub.Core.Contracts;
using DataHub.Core.Versioning;
using DataHub.Storage.Queries;

namespace DataHub.Gateway.Formats;

/// <summary>
/// A record as a line of CSV by RFC 4180: UTF-8, comma, CRLF, null empty and the empty string <c>""</c>. Values stay as they are:
/// a formula is data, and data is not altered.
/// </summary>
internal sealed class CsvRecordWriter(IReadOnlyList<StoreColumn> columns, bool bom) : RecordWriter(columns)
{
    private static readonly SearchValues<byte> Special = SearchValues.Create(",\"\r\n"u8);

    // Names are letters, digits and _: nothing to quote.
    private readonly byte[] header = Encoding.UTF8.GetBytes(string.Join(',', columns.Select(c => c.Name)) + "\r\n");

    public override void Begin(AnswerBuffer target)
    {
        if (bom)
        {
            target.Append([0xEF, 0xBB, 0xBF]);
        }

        target.Append(header);
    }

    public override void Write(IRecordRow row, AnswerBuffer target)
    {
        for (var i = 0; i < Kinds.Length; i++)
        {
            if (i > 0)
            {
                target.Append((byte)',');
            }

            if (!row.IsNull(i))
            {
                WriteValue(row, i, target);
            }
        }

        target.Append("\r\n"u8);
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
            default:
                target.Advance(ValueText.Write(row, i, Kinds[i], target.Room(ValueText.Longest)));
                break;
        }
    }

    private static void WriteText(ReadOnlySpan<byte> text, AnswerBuffer target)
    {
        if (!text.IsEmpty && text.IndexOfAny(Special) < 0)
        {
            target.Append(text);
            return;
        }

        target.Append((byte)'"');
        for (var quote = text.IndexOf((byte)'"'); quote >= 0; quote = text.IndexOf((byte)'"'))
        {
            target.Append(text[..(quote + 1)]);
            target.Append((byte)'"');
            text = text[(quote + 1)..];
        }

        target.Append(text);
        target.Append((byte)'"');
    }

    // As for text: no bytes are not no value.
    private static void WriteBytes(ReadOnlySpan<byte> bytes, AnswerBuffer target)
    {
        if (bytes.IsEmpty)
        {
            target.Append("\"\""u8);
            return;
        }

        Base64.EncodeToUtf8(bytes, target.Room(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
        target.Advance(written);
    }
}
