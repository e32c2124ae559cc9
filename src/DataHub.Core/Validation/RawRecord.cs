using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DataHub.Core.Contracts;
using DataHub.Core.Records;

namespace DataHub.Core.Validation;

/// <summary>A rejected record in words, as the source had it: what a quarantine entry shows to the sector office.</summary>
public static class RawRecord
{
    /// <summary>Longest text kept of one value; the rest is cut and marked, because an entry is for reading.</summary>
    public const int LongestValue = 2_000;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What stands in place of a personal value that is not shown.</summary>
    public const string Hidden = "•••";

    /// <summary>JSON object of texts and nulls by column name.</summary>
    public static string ToJson(RecordBatch batch, int row, DataContract contract, bool showPersonal = true)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            for (var i = 0; i < contract.Columns.Count; i++)
            {
                var text = ValueText(batch.Columns[i], row);
                json.WriteString(contract.Columns[i].Name, text is null || showPersonal || !contract.Columns[i].Personal ? text : Hidden);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The key as text, parts joined by a comma; null when a part is personal or missing.</summary>
    public static string? KeyText(RecordBatch batch, int row, DataContract contract)
    {
        var parts = new List<string>();
        foreach (var column in contract.Key)
        {
            var index = contract.Columns.TakeWhile(c => c != column).Count();
            if (column.Personal || ValueText(batch.Columns[index], row) is not { } text)
            {
                return null;
            }

            parts.Add(text);
        }

        return string.Join(',', parts);
    }

    private static string? ValueText(SourceColumn column, int row)
    {
        if (column.State(row) == CellState.Null)
        {
            return null;
        }

        if (column.State(row) == CellState.Unreadable || column.KindAt(row) == SourceKind.Text)
        {
            return Shorten(Encoding.UTF8.GetString(column.Bytes(row)));
        }

        var value = column.Longs.Length > 0 ? column.Longs[row] : 0;
        return column.KindAt(row) switch
        {
            SourceKind.Bytes => Shorten(Convert.ToBase64String(column.Bytes(row))),
            SourceKind.Decimal => column.Decimals[row].ToString(CultureInfo.InvariantCulture),
            SourceKind.Float64 => BitConverter.Int64BitsToDouble(value).ToString("R", CultureInfo.InvariantCulture),
            SourceKind.Boolean => value != 0 ? "true" : "false",
            SourceKind.Date => Moment(value * TemporalText.MicrosecondsPerDay, "yyyy-MM-dd"),
            SourceKind.Time => Moment(value, "HH:mm:ss.FFFFFF"),
            SourceKind.LocalTimestamp => Moment(value, "yyyy-MM-ddTHH:mm:ss.FFFFFF"),
            SourceKind.Instant => Moment(value, "yyyy-MM-ddTHH:mm:ss.FFFFFFZ"),
            _ => value.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static string Moment(long microseconds, string format)
    {
        // Beyond the years 1 to 9999 the count itself is the best text there is.
        var ticks = (Int128)microseconds * 10;
        return ticks + DateTime.UnixEpoch.Ticks is var total && total >= 0 && total <= DateTime.MaxValue.Ticks
            ? new DateTime((long)total).ToString(format, CultureInfo.InvariantCulture)
            : microseconds.ToString(CultureInfo.InvariantCulture) + " µs";
    }

    // Never between the two halves of a character beyond the first 65,536: half of one is no text.
    private static string Shorten(string text) =>
        text.Length <= LongestValue ? text : text[..(LongestValue - (char.IsHighSurrogate(text[LongestValue - 1]) ? 1 : 0))] + "…";
}
