using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DataHub.Core.Contracts;

/// <summary>How a contract is written.</summary>
public enum ContractFormat { Yaml, Json }

/// <summary>First step of reading: text of bounded size and depth becomes a JSON tree, or problems with line and column.</summary>
internal static class ContractText
{
    public const int MaxBytes = 1024 * 1024;

    public const int MaxDepth = 64;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The tree, or null with at least one problem.</summary>
    public static JsonObject? Parse(ReadOnlySpan<byte> utf8, ContractFormat? format, ContractProblems problems)
    {
        if (utf8.Length > MaxBytes)
        {
            problems.AddStructural(ContractCodes.TooLarge.At("", utf8.Length, MaxBytes));
            return null;
        }

        string text;
        try
        {
            text = Strict.GetString(utf8).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            problems.AddStructural(ContractCodes.EncodingInvalid.At(""));
            return null;
        }

        var isJson = format is { } given ? given == ContractFormat.Json : text.AsSpan().TrimStart().StartsWith("{");
        var root = isJson ? ParseJson(text, problems) : YamlDocument.Parse(text, problems);
        if (root is not JsonObject && !problems.Structural)
        {
            problems.AddStructural(ContractCodes.NotAnObject.At(""));
        }

        return root as JsonObject;
    }

    private static JsonNode? ParseJson(string text, ContractProblems problems)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 1000 });
            return Convert(document.RootElement, "", 0, problems);
        }
        catch (JsonException failure)
        {
            // The reader counts from 0. A depth that even the parser gives up on reads as invalid JSON.
            problems.AddStructural(ContractCodes.JsonInvalid.At(
                "", (failure.LineNumber ?? 0) + 1, (failure.BytePositionInLine ?? 0) + 1));
        }
        catch (InvalidOperationException)
        {
            // A string holds half of a surrogate pair.
            problems.AddStructural(ContractCodes.EncodingInvalid.At(""));
        }

        return null;
    }

    private static JsonNode? Convert(JsonElement element, string pointer, int depth, ContractProblems problems)
    {
        if (depth > MaxDepth)
        {
            problems.AddStructural(ContractCodes.TooDeep.At(pointer, MaxDepth));
            return null;
        }

        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var result = new JsonObject();
                foreach (var property in element.EnumerateObject())
                {
                    var below = JsonPointer.Below(pointer, property.Name);
                    if (!result.TryAdd(property.Name, Convert(property.Value, below, depth + 1, problems)))
                    {
                        problems.AddStructural(ContractCodes.KeyDuplicate.At(below, property.Name));
                    }
                }

                return result;
            case JsonValueKind.Array:
                var items = element.EnumerateArray();
                return new JsonArray(
                    [.. items.Select((e, i) => Convert(e, JsonPointer.Below(pointer, i), depth + 1, problems))]);
            case JsonValueKind.String:
                return Text(element.GetString()!, pointer, problems);
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(element.Clone());
        }
    }

    /// <summary>Text without U+0000, which the store cannot hold.</summary>
    internal static JsonValue Text(string text, string pointer, ContractProblems problems)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            problems.AddStructural(ContractCodes.EncodingInvalid.At(pointer));
        }

        return JsonValue.Create(text);
    }
}
