using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using DataHub.Core.Contracts;
using DataHub.Core.Versioning;
using Npgsql;

namespace DataHub.Gateway.Records;

/// <summary>
/// Writes records as JSON straight from the database reader: names encoded once, no object a record. int64 and decimal are numbers that keep their scale, or strings
/// where the caller asked for <c>IEEE754Compatible=true</c>; nulls are written.
/// </summary>
internal sealed class RecordJson(IReadOnlyList<StoreColumn> columns, bool numbersAsText)
{
    public static readonly JsonWriterOptions WriterOptions = new()
    {
        SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly JsonEncodedText[] names = [.. columns.Select(c => JsonEncodedText.Encode(c.Name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping))];
    private readonly ColumnKind[] kinds = [.. columns.Select(c => c.Type.Kind)];

    public void Write(Utf8JsonWriter json, NpgsqlDataReader reader)
    {
        json.WriteStartObject();
        for (var i = 0; i < names.Length; i++)
        {
            json.WritePropertyName(names[i]);
            if (reader.IsDBNull(i))
            {
                json.WriteNullValue();
            }
            else
            {
                WriteValue(json, reader, i);
            }
        }

        json.WriteEndObject();
    }

    private void WriteValue(Utf8JsonWriter json, NpgsqlDataReader reader, int i)
    {
        switch (kinds[i])
        {
            case ColumnKind.Text:
                json.WriteStringValue(reader.GetString(i));
                break;
            case ColumnKind.Int32:
                json.WriteNumberValue(reader.GetInt32(i));
                break;
            case ColumnKind.Int64 when !numbersAsText:
                json.WriteNumberValue(reader.GetInt64(i));
                break;
            case ColumnKind.Decimal when !numbersAsText:
                json.WriteNumberValue(reader.GetDecimal(i));
                break;
            case ColumnKind.Int64:
                json.WriteStringValue(reader.GetInt64(i).ToString(CultureInfo.InvariantCulture));
                break;
            case ColumnKind.Decimal:
                json.WriteStringValue(reader.GetDecimal(i).ToString(CultureInfo.InvariantCulture));
                break;
            case ColumnKind.Float64:
                json.WriteNumberValue(reader.GetDouble(i));
                break;
            case ColumnKind.Boolean:
                json.WriteBooleanValue(reader.GetBoolean(i));
                break;
            case ColumnKind.Bytes:
                json.WriteBase64StringValue(reader.GetFieldValue<byte[]>(i));
                break;
            default:
                WriteTime(json, reader, i);
                break;
        }
    }

    private void WriteTime(Utf8JsonWriter json, NpgsqlDataReader reader, int i)
    {
        Span<char> text = stackalloc char[32];
        var culture = CultureInfo.InvariantCulture;
        int length;
        _ = kinds[i] switch
        {
            ColumnKind.Date => reader.GetFieldValue<DateOnly>(i).TryFormat(text, out length, "yyyy-MM-dd", culture),
            ColumnKind.Time => reader.GetFieldValue<TimeOnly>(i).TryFormat(text, out length, "HH:mm:ss.FFFFFF", culture),
            _ => reader.GetDateTime(i).TryFormat(text, out length, "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", culture),
        };
        json.WriteStringValue(text[..length]);
    }
}
