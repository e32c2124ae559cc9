using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DataHub.Gateway.Answers;

/// <summary>Times as the API promises them: UTC with <c>Z</c>, to the microsecond that the store keeps; never without an offset.</summary>
public sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    private const string Written = "yyyy-MM-ddTHH:mm:ss.FFFFFFZ";

    public static string Write(DateTimeOffset time) =>
        time.UtcDateTime.ToString(Written, CultureInfo.InvariantCulture);

    /// <summary>Accepts ISO 8601 with <c>Z</c> or a numeric offset; false for anything else.</summary>
    public static bool TryRead(string? text, out DateTimeOffset time)
    {
        time = default;
        // Without this a time with no offset would silently mean the server's own zone.
        if (text is not { Length: >= 20 and <= 40 } || !HasOffset(text) || text[10] != 'T')
        {
            return false;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out time);
    }

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TryRead(reader.GetString(), out var time)
            ? time
            : throw new JsonException("not a time with an offset");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Write(value));

    private static bool HasOffset(string text) =>
        text[^1] == 'Z' || (text[^6] is '+' or '-' && text[^3] == ':');
}
