using System.Globalization;
using DataHub.Core.Records;
using SQLitePCL;

namespace DataHub.Ingestion.Sources.Sqlite;

/// <summary>
/// One column of a statement: appends its cell as the storage class that the value has. A value of another class than the
/// column's kind goes through as what it is, never as text that a rule for text could read otherwise.
/// </summary>
/// <param name="Index">Column of the statement, or less than 0 for one that a query does not have.</param>
/// <param name="Kind">The batch column's kind.</param>
/// <param name="DigitsAreText">An integer is taken for its digits, because the contract declares a date format.</param>
/// <param name="IsUtf16">Text must be converted before its bytes are taken.</param>
internal readonly record struct SqliteCell(int Index, SourceKind Kind, bool DigitsAreText, bool IsUtf16)
{
    private const long ExactInFloat = 1L << 53;

    /// <summary>Returns the bytes of text appended.</summary>
    public int Append(SourceColumn column, nint row)
    {
        if (Index < 0)
        {
            column.AppendNull();
            return 0;
        }

        switch (SqliteNative.Class(row, Index))
        {
            case raw.SQLITE_INTEGER:
                AppendInteger(column, SqliteNative.Integer(row, Index));
                return 8;
            case raw.SQLITE_FLOAT:
                AppendFloat(column, SqliteNative.Real(row, Index));
                return 8;
            case raw.SQLITE_TEXT:
                if (IsUtf16)
                {
                    SqliteNative.ToUtf8(row, Index);
                }

                return AppendBytes(column, SourceKind.Text, SqliteNative.Bytes(row, Index));
            case raw.SQLITE_BLOB:
                return AppendBytes(column, SourceKind.Bytes, SqliteNative.Bytes(row, Index));
            default:
                column.AppendNull();
                return 0;
        }
    }

    private int AppendBytes(SourceColumn column, SourceKind kind, ReadOnlySpan<byte> value)
    {
        if (kind == Kind)
        {
            column.Append(value);
        }
        else
        {
            column.AppendAs(kind, value);
        }

        return value.Length;
    }

    private void AppendInteger(SourceColumn column, long value)
    {
        switch (Kind)
        {
            case SourceKind.Int64:
                column.Append(value);
                break;
            case SourceKind.Decimal:
                column.Append((decimal)value);
                break;
            case SourceKind.Boolean when value is 0 or 1:
                column.Append(value);
                break;
            // An affinity of numbers keeps 5.0 as the integer 5.
            case SourceKind.Float64 when value is >= -ExactInFloat and <= ExactInFloat:
                column.Append((double)value);
                break;
            case SourceKind.Text when DigitsAreText:
                Span<char> digits = stackalloc char[20];
                value.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
                column.Append(digits[..length]);
                break;
            default:
                column.AppendAs(SourceKind.Int64, value);
                break;
        }
    }

    private void AppendFloat(SourceColumn column, double value)
    {
        if (Kind == SourceKind.Float64)
        {
            column.Append(value);
        }
        else if (Kind != SourceKind.Decimal)
        {
            column.AppendAs(SourceKind.Float64, BitConverter.DoubleToInt64Bits(value));
        }
        else if (TryDecimal(value, out var exact))
        {
            column.Append(exact);
        }
        else
        {
            column.AppendUnreadable(value.ToString("R", CultureInfo.InvariantCulture));
        }
    }

    /// <summary>
    /// The number that the shortest text of a float names: a decimal of up to 15 digits comes back from a float unchanged.
    /// False where 28 digits cannot hold it.
    /// </summary>
    private static bool TryDecimal(double value, out decimal exact)
    {
        Span<byte> text = stackalloc byte[32];
        exact = 0;
        if (value == 0)
        {
            return true;
        }

        if (Math.Abs(value) >= 1e28
            || !value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture)
            || !decimal.TryParse(text[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out exact))
        {
            return false;
        }

        // The parser rounds beyond 28 places without a word.
        return Math.Abs(value) >= 1e-9
            || double.Parse(exact.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) == value;
    }
}
