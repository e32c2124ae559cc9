using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
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
                var text = ValueText(batch.Columns[i], row) is { } whole ? Shorten(whole, LongestValue) : null;
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

            parts.Add(Shorten(text, LongestValue));
        }

        return string.Join(',', parts);
    }

    /// <summary>
    /// What stands for a key, personal or not, without showing it: equal for equal texts of the key. Null when a part is missing. Whoever reads the
    /// hub's own tables could find a short key by trying; the same key stands in the clear in the records beside it.
    /// </summary>
    public static Guid? KeyDigest(RecordBatch batch, int row, DataContract contract, int[] keyColumns)
    {
        var parts = new string[keyColumns.Length];
        for (var i = 0; i < keyColumns.Length; i++)
        {
            if (ValueText(batch.Columns[keyColumns[i]], row) is not { } text)
            {
                return null;
            }

            parts[i] = text;
        }

        return keyColumns.Length == 0 ? null : KeyDigest(contract.Dataset, parts);
    }

    /// <inheritdoc cref="KeyDigest(RecordBatch, int, DataContract, int[])"/>
    public static Guid KeyDigest(string dataset, IEnumerable<string> parts) => Digest([dataset, .. parts]);

    /// <summary>128 bits of SHA-256 over texts with their lengths.</summary>
    public static Guid Digest(IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return new Guid(hash.GetHashAndReset().AsSpan(0, 16), bigEndian: true);
    }

    internal static string? ValueText(SourceColumn column, int row)
    {
        if (column.State(row) == CellState.Null)
        {
            return null;
        }

        if (column.State(row) == CellState.Unreadable || column.KindAt(row) == SourceKind.Text)
        {
            return Encoding.UTF8.GetString(column.Bytes(row));
        }

        var value = column.Longs.Length > 0 ? column.Longs[row] : 0;
        return column.KindAt(row) switch
        {
            SourceKind.Bytes => Convert.ToBase64String(column.Bytes(row)),
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
            : microseconds.ToString(CultureInfo.InvariantCulture) + BeyondCalendar;
    }

    /// <summary>How the text of a moment ends that no calendar of .NET has.</summary>
    internal const string BeyondCalendar = " µs";

    // Never between the two halves of a character beyond the first 65,536: half of one is no text.
    /// <summary>At most <paramref name="longest"/> units of a text, and a mark where it was cut.</summary>
    public static string Shorten(string text, int longest) =>
        text.Length <= longest ? text : text[..(longest - (char.IsHighSurrogate(text[longest - 1]) ? 1 : 0))] + "…";
}
