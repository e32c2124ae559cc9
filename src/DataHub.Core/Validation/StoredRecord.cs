using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using DataHub.Core.Contracts;
using DataHub.Core.Records;

namespace DataHub.Core.Validation;

/// <summary>
/// A rejected record as it is kept: every value by its text and, where the source had no text, by the kind it was. Put back into a batch it gives the encoder what
/// the source gave, so that a replay judges the same record and not a retelling of it.
/// </summary>
public sealed record StoredRecord(IReadOnlyDictionary<string, string?> Values, IReadOnlyDictionary<string, string> Kinds, IReadOnlySet<string> Partial)
{
    /// <summary>Longest text kept of one value, in UTF-16 units.</summary>
    public const int LongestValue = 32_768;

    /// <summary>Once a record's texts are longer than this together, further long values are cut.</summary>
    public const int LongestRecord = 262_144;

    private const string Version = "$v";
    private const string Unreadable = "Unreadable";
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>True when all of every value is here.</summary>
    public bool IsWhole => Partial.Count == 0;

    /// <summary>The record at <paramref name="row"/>.</summary>
    public static StoredRecord Of(RecordBatch batch, int row, DataContract contract)
    {
        var draft = new Draft();
        for (var i = 0; i < contract.Columns.Count; i++)
        {
            var column = batch.Columns[i];
            var state = column.State(row);
            var kind = state == CellState.Unreadable ? Unreadable : column.KindAt(row).ToString();
            var isExact = state == CellState.Null || kind switch
            {
                Unreadable or nameof(SourceKind.Text) => Utf8.IsValid(column.Bytes(row)),
                // 24:00 and beyond is written like the hour of another day.
                nameof(SourceKind.Time) => column.Longs[row] is >= 0 and < TemporalText.MicrosecondsPerDay,
                _ => true,
            };
            draft.Add(contract.Columns[i].Name, RawRecord.ValueText(column, row), kind, isExact);
        }

        return draft.Record;
    }

    /// <summary>A record that the store held, by PostgreSQL's texts of its values.</summary>
    public static StoredRecord OfStore(string json, IReadOnlyDictionary<string, ColumnKind> kinds)
    {
        var draft = new Draft();
        foreach (var (name, value) in JsonNode.Parse(json)!.AsObject())
        {
            var text = (string?)value;
            var (kept, kind) = text is null ? (null, nameof(SourceKind.Text)) : FromStore(text, kinds.GetValueOrDefault(name));
            draft.Add(name, kept, kind, isExact: kept is not null || text is null);
        }

        return draft.Record;
    }

    /// <summary>The beginning of something that could not be split into columns.</summary>
    public static string BrokenJson(string raw) => new JsonObject { [Version] = 2, ["raw"] = raw }.ToJsonString(new() { Encoder = Plain.Encoder });

    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Plain))
        {
            json.WriteStartObject();
            json.WriteNumber(Version, 2);
            WriteMap(json, "record", Values);
            WriteMap(json, "kinds", Kinds.Select(k => KeyValuePair.Create(k.Key, (string?)k.Value)));
            json.WriteStartArray("partial");
            foreach (var name in Partial)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    /// <summary>What was kept; a record of before the kinds were kept, and one that could not be split, cannot be put back into a batch.</summary>
    public static StoredRecord Read(string json)
    {
        var root = JsonNode.Parse(json)!.AsObject();
        var record = root.ContainsKey(Version) ? root["record"]?.AsObject() : root;
        if (record is null)
        {
            return new StoredRecord(new Dictionary<string, string?> { ["raw"] = (string?)root["raw"] }, new Dictionary<string, string>(), new HashSet<string> { "raw" });
        }

        return new StoredRecord(
            record.ToDictionary(v => v.Key, v => (string?)v.Value, StringComparer.Ordinal),
            (root[Version] is null ? null : root["kinds"]?.AsObject())?.ToDictionary(k => k.Key, k => (string)k.Value!, StringComparer.Ordinal) ?? [],
            (root[Version] is null ? null : root["partial"]?.AsArray())?.Select(p => (string)p!).ToHashSet(StringComparer.Ordinal)
                ?? record.Select(v => v.Key).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>
    /// Adds the record to a batch whose columns are all of kind text. A patched value is text, as in a file; a column that the record did not have is null.
    /// </summary>
    public void AppendTo(RecordBatch batch, DataContract contract, IReadOnlyDictionary<string, string?> patch, long position)
    {
        for (var i = 0; i < contract.Columns.Count; i++)
        {
            var declared = contract.Columns[i];
            var column = batch.Columns[i];
            var isPatched = patch.TryGetValue(declared.Name, out var text);
            text = isPatched ? text : Values.GetValueOrDefault(declared.Name);
            if (text is null)
            {
                column.AppendNull();
            }
            else if (isPatched || !Kinds.TryGetValue(declared.Name, out var kind) || !TryAppend(column, declared, kind, text))
            {
                column.Append(text.AsSpan());
            }
        }

        batch.EndRecord(position);
    }

    private static bool TryAppend(SourceColumn column, ContractColumn declared, string kind, string text)
    {
        switch (kind)
        {
            case Unreadable:
                column.AppendUnreadable(text);
                return true;
            case nameof(SourceKind.Bytes):
                column.AppendAs(SourceKind.Bytes, Convert.FromBase64String(text));
                return true;
            case nameof(SourceKind.Decimal):
                column.AppendAs(decimal.Parse(text, CultureInfo.InvariantCulture));
                return true;
            // A time without a zone in a column that declares none is refused like the text it is.
            case nameof(SourceKind.LocalTimestamp) when declared.Parse.TimeZone is null:
            case nameof(SourceKind.Text):
                return false;
            default:
                var parsed = Enum.Parse<SourceKind>(kind);
                column.AppendAs(parsed, Number(parsed, text));
                return true;
        }
    }

    private static long Number(SourceKind kind, string text) => kind switch
    {
        SourceKind.Float64 => BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)),
        SourceKind.Boolean => text == "true" ? 1 : 0,
        SourceKind.Date => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber,
        SourceKind.Time => TimeSpan.Parse(text, CultureInfo.InvariantCulture).Ticks / 10,
        SourceKind.LocalTimestamp or SourceKind.Instant => (DateTime.Parse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal).Ticks - DateTime.UnixEpoch.Ticks) / 10,
        _ => long.Parse(text, CultureInfo.InvariantCulture),
    };

    /// <summary>PostgreSQL's text of a value as <see cref="RawRecord"/> writes it; null where only the engine could read it back.</summary>
    private static (string? Text, string Kind) FromStore(string text, ColumnKind kind) => kind switch
    {
        ColumnKind.Text => (text, nameof(SourceKind.Text)),
        ColumnKind.Int32 or ColumnKind.Int64 => (text, nameof(SourceKind.Int64)),
        ColumnKind.Decimal => decimal.TryParse(text, CultureInfo.InvariantCulture, out _) ? (text, nameof(SourceKind.Decimal)) : (text, Unreadable),
        ColumnKind.Float64 => (text, nameof(SourceKind.Float64)),
        ColumnKind.Boolean => (text, nameof(SourceKind.Boolean)),
        ColumnKind.Date => (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? text : null, nameof(SourceKind.Date)),
        ColumnKind.Time => (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _) ? text : null, nameof(SourceKind.Time)),
        ColumnKind.Timestamp => (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment)
            ? moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFZ", CultureInfo.InvariantCulture) : null, nameof(SourceKind.Instant)),
        _ => (text.StartsWith("\\x", StringComparison.Ordinal) ? Convert.ToBase64String(Convert.FromHexString(text.AsSpan(2))) : null, nameof(SourceKind.Bytes)),
    };

    private static void WriteMap(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string?>> map)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in map)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    /// <summary>A record being put together, bounded whatever the source has.</summary>
    private sealed class Draft
    {
        private readonly Dictionary<string, string?> values = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> kinds = new(StringComparer.Ordinal);
        private readonly HashSet<string> partial = new(StringComparer.Ordinal);
        private int length;

        public StoredRecord Record => new(values, kinds, partial);

        public void Add(string name, string? text, string kind, bool isExact)
        {
            var longest = length > LongestRecord ? RawRecord.LongestValue : LongestValue;
            var kept = text is null ? null : RawRecord.Shorten(text, longest);
            values[name] = kept;
            length += kept?.Length ?? 0;
            if (text is not null && kind != nameof(SourceKind.Text))
            {
                kinds[name] = kind;
            }

            if (!isExact || text?.Length > longest || text?.EndsWith(RawRecord.BeyondCalendar, StringComparison.Ordinal) == true)
            {
                partial.Add(name);
            }
        }
    }
}
