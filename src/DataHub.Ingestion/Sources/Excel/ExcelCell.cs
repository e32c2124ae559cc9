using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Records;

namespace DataHub.Ingestion.Sources.Excel;

/// <summary>
/// Appends a cell as what it is in the workbook. A value of another class than the column's goes through as that, so that the declared type takes
/// or refuses it: text may hold a number or a date, but a number is never text (its leading zeros are gone), and a number without a date's
/// format is no date.
/// </summary>
internal static class ExcelCell
{
    private const double ExactInDouble = 9_007_199_254_740_992;

    public static SourceKind KindOf(ContractColumn column) => column.Type.Kind switch
    {
        ColumnKind.Int32 or ColumnKind.Int64 => SourceKind.Int64,
        ColumnKind.Decimal => SourceKind.Decimal,
        ColumnKind.Float64 => SourceKind.Float64,
        ColumnKind.Boolean => SourceKind.Boolean,
        ColumnKind.Date => SourceKind.Date,
        ColumnKind.Time => SourceKind.Time,
        ColumnKind.Timestamp => SourceKind.LocalTimestamp,
        _ => SourceKind.Text,
    };

    /// <summary>Returns the bytes of text appended.</summary>
    public static int Append(SourceColumn column, ExcelSheet sheet, int index)
    {
        var book = sheet.Book;
        if (index >= book.FieldCount)
        {
            column.AppendNull();
            return 0;
        }

        switch (book.GetValue(index))
        {
            case string { Length: > 0 } text:
                return AppendText(column, text);
            case double number:
                AppendNumber(column, number);
                return 8;
            case int number:
                AppendNumber(column, number);
                return 8;
            case bool flag:
                AppendAs(column, SourceKind.Boolean, flag ? 1 : 0);
                return 8;
            case DateTime moment:
                AppendMoment(column, moment);
                return 8;
            case TimeSpan time:
                AppendTime(column, time);
                return 8;
            // An error, or a cell with nothing but a format: the library does not tell, and an error is never taken for nothing.
            case null when sheet.HasErrors && book.GetNumberFormatIndex(index) >= 0:
                column.AppendUnreadable("#?");
                return 2;
            default:
                column.AppendNull();
                return 0;
        }
    }

    private static int AppendText(SourceColumn column, string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        if (column.Kind == SourceKind.Text)
        {
            column.Append(bytes);
        }
        else
        {
            column.AppendAs(SourceKind.Text, bytes);
        }

        return bytes.Length;
    }

    private static void AppendNumber(SourceColumn column, double number)
    {
        var isWhole = Math.Floor(number) == number;
        if (column.Kind is SourceKind.Int64 or SourceKind.Decimal && isWhole && Math.Abs(number) > ExactInDouble)
        {
            // A workbook keeps 53 bits: what was typed is not what is there any more.
            column.AppendUnreadable(number.ToString("R", CultureInfo.InvariantCulture));
        }
        else if (column.Kind == SourceKind.Int64 && isWhole)
        {
            column.Append((long)number);
        }
        else if (column.Kind == SourceKind.Decimal && decimal.TryParse(
            number.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact))
        {
            column.Append(exact);
        }
        else
        {
            AppendAs(column, SourceKind.Float64, BitConverter.DoubleToInt64Bits(number));
        }
    }

    private static void AppendMoment(SourceColumn column, DateTime moment)
    {
        var ticks = moment.Ticks - DateTime.UnixEpoch.Ticks;
        if (column.Kind == SourceKind.Date && moment.TimeOfDay == TimeSpan.Zero)
        {
            column.Append(ticks / TimeSpan.TicksPerDay);
        }
        else
        {
            AppendAs(column, SourceKind.LocalTimestamp, ticks / TimeSpan.TicksPerMicrosecond);
        }
    }

    private static void AppendTime(SourceColumn column, TimeSpan time)
    {
        if (time >= TimeSpan.Zero && time < TimeSpan.FromDays(1))
        {
            AppendAs(column, SourceKind.Time, time.Ticks / TimeSpan.TicksPerMicrosecond);
        }
        else
        {
            column.AppendUnreadable(time.ToString("c", CultureInfo.InvariantCulture));
        }
    }

    private static void AppendAs(SourceColumn column, SourceKind kind, long value)
    {
        if (kind == column.Kind)
        {
            column.Append(value);
        }
        else
        {
            column.AppendAs(kind, value);
        }
    }
}
