using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using DataHub.Core.Records;
using Microsoft.Data.SqlClient;

namespace DataHub.Ingestion.Sources.SqlServer;

/// <summary>
/// One column of a result: how a cell is taken from the driver, exactly and without an object for it, and appended to a batch. What its kind
/// cannot express stays as its text and becomes a violation.
/// </summary>
internal readonly record struct SqlServerCell(SqlServerForm Form, SourceKind Kind)
{
    private const int EpochDays = 719_162;

    /// <summary>True for cells that come as bytes, for <c>Append</c>; others are for <see cref="Take"/>.</summary>
    public bool IsBytes => Form is SqlServerForm.Unicode or SqlServerForm.Padded or SqlServerForm.Text or SqlServerForm.Bytes
        or SqlServerForm.WideDecimal || (Form == SqlServerForm.RowVersion && Kind == SourceKind.Bytes);

    /// <summary>A cell of fixed size, not null.</summary>
    public void Take(SqlDataReader reader, int at, SourceColumn column)
    {
        switch (Form)
        {
            case SqlServerForm.Bit:
                column.Append(reader.GetBoolean(at));
                break;
            case SqlServerForm.TinyInt:
                Whole(column, reader.GetByte(at));
                break;
            case SqlServerForm.SmallInt:
                Whole(column, reader.GetInt16(at));
                break;
            case SqlServerForm.Int:
                Whole(column, reader.GetInt32(at));
                break;
            case SqlServerForm.BigInt or SqlServerForm.RowVersion:
                Whole(column, reader.GetInt64(at));
                break;
            case SqlServerForm.Decimal:
                column.Append(reader.GetDecimal(at));
                break;
            case SqlServerForm.Single:
                column.Append(Widen(reader.GetFloat(at)));
                break;
            case SqlServerForm.Double:
                column.Append(reader.GetDouble(at));
                break;
            case SqlServerForm.Guid:
                AppendGuid(column, reader.GetGuid(at));
                break;
            default:
                column.Append(Moment(reader, at));
                break;
        }
    }

    /// <summary>A cell that came as bytes.</summary>
    public void Append(SourceColumn column, ReadOnlySpan<byte> bytes)
    {
        if (Kind == SourceKind.Bytes)
        {
            column.Append(bytes);
        }
        else if (Form == SqlServerForm.WideDecimal)
        {
            if (DecimalText.TryRead(bytes, out var number))
            {
                column.Append(number);
            }
            else
            {
                column.AppendUnreadable(Encoding.ASCII.GetString(bytes));
            }
        }
        else
        {
            AppendText(column, MemoryMarshal.Cast<byte, char>(bytes));
        }
    }

    /// <summary>Half a surrogate pair, which a length limit can leave, is no text: the driver would put another character in its place.</summary>
    private static void AppendText(SourceColumn column, ReadOnlySpan<char> text)
    {
        if (IsWellFormed(text))
        {
            column.Append(text);
        }
        else
        {
            column.AppendUnreadable(new string(text));
        }
    }

    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAnyInRange('\ud800', '\udfff'); at >= 0;)
        {
            if (Rune.DecodeFromUtf16(text[at..], out _, out var taken) != OperationStatus.Done)
            {
                return false;
            }

            text = text[(at + taken)..];
            at = text.IndexOfAnyInRange('\ud800', '\udfff');
        }

        return true;
    }

    private void Whole(SourceColumn column, long number)
    {
        if (Kind == SourceKind.Boolean && number is not (0 or 1))
        {
            column.AppendUnreadable(number.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            column.Append(number);
        }
    }

    private long Moment(SqlDataReader reader, int at) => Form switch
    {
        SqlServerForm.Date => DateOnly.FromDateTime(reader.GetDateTime(at)).DayNumber - EpochDays,
        SqlServerForm.Time => reader.GetTimeSpan(at).Ticks / TimeSpan.TicksPerMicrosecond,
        SqlServerForm.Instant => Micros(reader.GetDateTimeOffset(at).UtcTicks),
        _ => Micros(reader.GetDateTime(at).Ticks),
    };

    /// <summary>A seventh digit is cut off, downwards.</summary>
    private static long Micros(long ticks) => (ticks / TimeSpan.TicksPerMicrosecond) - (DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>The double that the shortest text names: 0.1, not 0.10000000149011612.</summary>
    private static double Widen(float number)
    {
        Span<byte> shortest = stackalloc byte[32];
        number.TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture);
        return double.Parse(shortest[..length], NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    private static void AppendGuid(SourceColumn column, Guid value)
    {
        Span<byte> text = stackalloc byte[36];
        Utf8.TryWrite(text, CultureInfo.InvariantCulture, $"{value}", out _);
        column.Append(text);
    }
}
