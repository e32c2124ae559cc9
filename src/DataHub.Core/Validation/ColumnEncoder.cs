using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;

namespace DataHub.Core.Validation;

/// <summary>
/// Coerces, checks and encodes one column's cells: from the source's kind to the declared type, by the contract's rules and nothing else. One class a
/// type family; the pairs (source kind, declared type) that lose nothing are listed in <see cref="Accepts"/>.
/// </summary>
internal abstract class ColumnEncoder(ContractColumn column, int columnId)
{
    protected ContractColumn Column { get; } = column;

    protected int ColumnId { get; } = columnId;

    public static ColumnEncoder For(ContractColumn column, int columnId) => column.Type.Kind switch
    {
        ColumnKind.Text => new TextEncoder(column, columnId),
        ColumnKind.Bytes => new BytesEncoder(column, columnId),
        ColumnKind.Int32 or ColumnKind.Int64 => new IntegerEncoder(column, columnId),
        ColumnKind.Decimal => new DecimalEncoder(column, columnId),
        ColumnKind.Float64 => new FloatEncoder(column, columnId),
        ColumnKind.Boolean => new BooleanEncoder(column, columnId),
        _ => new TemporalEncoder(column, columnId),
    };

    /// <summary>
    /// Whether values of <paramref name="source"/> can become <paramref name="target"/> without loss. A number never becomes text:
    /// a code that turned into a number has already lost its leading zeros.
    /// </summary>
    public static bool Accepts(ColumnKind target, SourceKind source) => source == SourceKind.Text || (target, source) switch
    {
        (ColumnKind.Int32 or ColumnKind.Int64, SourceKind.Int64 or SourceKind.Decimal) => true,
        (ColumnKind.Decimal, SourceKind.Decimal or SourceKind.Int64) => true,
        (ColumnKind.Float64, SourceKind.Float64) => true,
        (ColumnKind.Boolean, SourceKind.Boolean) => true,
        (ColumnKind.Date, SourceKind.Date) => true,
        (ColumnKind.Time, SourceKind.Time) => true,
        (ColumnKind.Timestamp, SourceKind.Instant or SourceKind.LocalTimestamp) => true,
        (ColumnKind.Bytes, SourceKind.Bytes) => true,
        _ => false,
    };

    /// <summary>Appends the cell to <paramref name="target"/>; on a broken rule adds to <paramref name="violations"/> instead.</summary>
    public void Encode(SourceColumn source, int row, RecordBuffer target, List<Violation> violations)
    {
        switch (source.State(row))
        {
            case CellState.Null:
                EncodeNull(target, violations);
                break;
            case CellState.Unreadable:
                if (EncodeUnreadable(source.Bytes(row), target) is { } unreadable)
                {
                    violations.Add(unreadable);
                }

                break;
            case CellState.Value when !Takes(source, row):
                violations.Add(TypeMismatch());
                break;
            default:
                if (MeansNull(source, row))
                {
                    EncodeNull(target, violations);
                    break;
                }

                if (EncodeValue(source, row, target) is { } violation)
                {
                    violations.Add(violation);
                }

                break;
        }
    }

    /// <summary>The text of a cell, without the blanks around it where the contract says so.</summary>
    protected ReadOnlySpan<byte> TextOf(SourceColumn source, int row) =>
        Column.Parse.Trim ? TrimmedText.Of(source.Bytes(row)) : source.Bytes(row);

    /// <summary>Encodes a value that is there, or returns the one rule it breaks first.</summary>
    protected abstract Violation? EncodeValue(SourceColumn source, int row, RecordBuffer target);

    /// <summary>The violation of a number in text that was not read.</summary>
    protected Violation Unread(NumberOutcome outcome, int scale) => outcome switch
    {
        NumberOutcome.TooLarge => Violations.TooLarge(Column.Name, Column.Type.ToString()),
        NumberOutcome.TooFine => Violations.Scale(Column.Name, scale),
        _ => TypeMismatch(),
    };

    protected Violation TypeMismatch() => Violations.Type(Column.Name, Column.Type.ToString());

    /// <summary>What a null does, also one that a rule made of a value (a zero date).</summary>
    protected Violation? NullValue(RecordBuffer target)
    {
        if (Column.KeyPosition is not null)
        {
            return Violations.KeyMissing(Column.Name);
        }

        if (Column.Required)
        {
            return Violations.Required(Column.Name);
        }

        target.AppendNull();
        return null;
    }

    private bool MeansNull(SourceColumn source, int row) =>
        (Column.Parse.NullTexts is not null || Column.Parse.Trim) && source.KindAt(row) == SourceKind.Text
        && TextOf(source, row) is var text
        && ((Column.Parse.Trim && text.IsEmpty) || Column.Parse.NullTexts?.Contains(text) == true);

    /// <summary>
    /// Whether a cell of another kind than its column's fits the declared type. Text among bytes does not: that it were base64
    /// is a rule for columns of text.
    /// </summary>
    private bool Takes(SourceColumn source, int row)
    {
        var kind = source.KindAt(row);
        return kind == source.Kind
            || (Accepts(Column.Type.Kind, kind) && !(kind == SourceKind.Text && source.Kind == SourceKind.Bytes));
    }

    private void EncodeNull(RecordBuffer target, List<Violation> violations)
    {
        if (NullValue(target) is { } violation)
        {
            violations.Add(violation);
        }
    }

    /// <summary>A value that the source's kind cannot express, by its text.</summary>
    protected virtual Violation? EncodeUnreadable(ReadOnlySpan<byte> text, RecordBuffer target) =>
        text.IndexOfAnyInRange((byte)'0', (byte)'9') >= 0
            ? Violations.TooLarge(Column.Name, Column.Type.ToString())
            : Violations.NotFinite(Column.Name);
}
