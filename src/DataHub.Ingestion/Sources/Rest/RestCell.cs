using System.Text.Json;
using DataHub.Core.Contracts;
using DataHub.Core.Records;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>
/// One column of the contract: appends a JSON value as what it is. A value of another kind than the column's goes through with its own
/// kind, and the declared type takes or refuses it: text is read by the contract's rules for text, a number never becomes text.
/// </summary>
internal readonly struct RestCell(ContractColumn column)
{
    private readonly bool digitsAreText = column.Parse.Format is not null
        && column.Type.Kind is ColumnKind.Date or ColumnKind.Time or ColumnKind.Timestamp;

    /// <summary>How the column is delivered: numbers as decimals, so that no digit is lost.</summary>
    public SourceKind Kind { get; } = column.Type.Kind switch
    {
        ColumnKind.Int32 or ColumnKind.Int64 or ColumnKind.Decimal => SourceKind.Decimal,
        ColumnKind.Float64 => SourceKind.Float64,
        ColumnKind.Boolean => SourceKind.Boolean,
        _ => SourceKind.Text,
    };

    public void AppendText(SourceColumn target, ReadOnlySpan<byte> text)
    {
        if (Kind == SourceKind.Text)
        {
            target.Append(text);
        }
        else
        {
            target.AppendAs(SourceKind.Text, text);
        }
    }

    public void AppendBoolean(SourceColumn target, bool value)
    {
        if (Kind == SourceKind.Boolean)
        {
            target.Append(value);
        }
        else
        {
            target.AppendAs(SourceKind.Boolean, value ? 1 : 0);
        }
    }

    /// <summary>Appends a number by its text.</summary>
    public void AppendNumber(SourceColumn target, ref Utf8JsonReader reader)
    {
        var text = reader.ValueSpan;
        switch (Kind)
        {
            case SourceKind.Decimal when RestNumber.TryDecimal(text, out var number):
                target.Append(number);
                break;
            case SourceKind.Float64 when reader.TryGetDouble(out var real) && double.IsFinite(real):
                target.Append(real);
                break;
            case SourceKind.Text when digitsAreText && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0:
                target.Append(text);
                break;
            case SourceKind.Text or SourceKind.Boolean when reader.TryGetInt64(out var whole):
                target.AppendAs(SourceKind.Int64, whole);
                break;
            case SourceKind.Text when reader.TryGetDouble(out var part):
                target.AppendAs(SourceKind.Float64, BitConverter.DoubleToInt64Bits(part));
                break;
            default:
                target.AppendUnreadable(System.Text.Encoding.UTF8.GetString(text));
                break;
        }
    }
}
