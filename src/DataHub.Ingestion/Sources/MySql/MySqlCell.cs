using System.Buffers.Text;
using System.Globalization;
using System.Text;
using DataHub.Core.Records;

namespace DataHub.Ingestion.Sources.MySql;

/// <summary>
/// One column of a result whose cells are the bytes of the server's text: how one is appended to a batch. What its kind
/// cannot express (a zero date, 30 digits, -838:59:59) stays as that text and becomes a violation.
/// </summary>
internal readonly record struct MySqlCell(MySqlForm Form, SourceKind Kind)
{
    public void Append(SourceColumn column, ReadOnlySpan<byte> text)
    {
        switch (Kind)
        {
            case SourceKind.Text or SourceKind.Bytes:
                column.Append(text);
                return;
            case SourceKind.Int64 when Utf8Parser.TryParse(text, out long number, out var read) && read == text.Length:
                column.Append(number);
                return;
            case SourceKind.Boolean when text.Length == 1 && text[0] is (byte)'0' or (byte)'1':
                column.Append(text[0] == (byte)'1');
                return;
            case SourceKind.Decimal when DecimalText.TryRead(text, out var number):
                column.Append(number);
                return;
            case SourceKind.Float64 when TryFloat(text, out var number):
                column.Append(number);
                return;
            case SourceKind.Date when MySqlText.TryDate(text, out var days):
                column.Append(days);
                return;
            case SourceKind.Time when MySqlText.TryTimeOfDay(text, out var micros):
                column.Append(micros);
                return;
            case SourceKind.LocalTimestamp or SourceKind.Instant when MySqlText.TryDateTime(text, out var micros):
                column.Append(micros);
                return;
            default:
                column.AppendUnreadable(Encoding.UTF8.GetString(text));
                return;
        }
    }

    /// <summary>
    /// A float's shortest text names it exactly; widened as it stands it would show digits that nobody wrote (0.1 would
    /// become 0.10000000149011612).
    /// </summary>
    private bool TryFloat(ReadOnlySpan<byte> text, out double number)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number))
        {
            return false;
        }

        if (Form == MySqlForm.Single)
        {
            Span<byte> shortest = stackalloc byte[32];
            ((float)number).TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture);
            number = double.Parse(shortest[..length], NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        return true;
    }
}
