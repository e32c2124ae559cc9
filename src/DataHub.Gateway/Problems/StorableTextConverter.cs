using System.Text.Json;
using System.Text.Json.Serialization;
using DataHub.Core.Errors;

namespace DataHub.Gateway.Problems;

/// <summary>
/// Refuses texts of a body that no store keeps: U+0000 and halves of surrogate pairs. The reader of bodies adds where it stands, so that the problem names its pointer.
/// </summary>
internal sealed class StorableTextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? Text(ref reader) : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Text(ref reader);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);

    private static string Text(ref Utf8JsonReader reader)
    {
        string text;
        try
        {
            text = reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // JSON's grammar allows an escaped half of a pair; no text does.
            throw Refuse(e);
        }

        return text.Contains('\0', StringComparison.Ordinal) ? throw Refuse(null) : text;
    }

    private static JsonException Refuse(Exception? cause) =>
        new(null, HubErrors.RequestInvalid([RequestCodes.CharacterNotAllowed.At("")]).ToException(cause));
}
