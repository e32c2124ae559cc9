using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DataHub.Core.Contracts;

/// <summary>Writes a contract as ODCS 3.1. What it writes, <see cref="ContractReader"/> reads back as the same contract.</summary>
public static partial class ContractWriter
{
    /// <summary>Letters as they are; an API answer is no HTML page.</summary>
    internal static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Indented = new(Plain) { WriteIndented = true, NewLine = "\n" };

    public static string ToJson(DataContract contract) => ToJson(contract.Document);

    public static string ToYaml(DataContract contract) => ToYaml(contract.Document);

    /// <summary>The same for a document of which the hub has no contract (<see cref="ContractReading.Document"/>).</summary>
    public static string ToJson(string document) => JsonNode.Parse(document)!.ToJsonString(Indented) + "\n";

    /// <inheritdoc cref="ToJson(string)"/>
    public static string ToYaml(string document) => ToYaml(JsonNode.Parse(document)!);

    internal static string Compact(JsonNode root) => root.ToJsonString(Plain);

    internal static string ToYaml(JsonNode root)
    {
        var result = new StringBuilder();
        Block(root, 0, result);
        return result.ToString().TrimStart('\n');
    }

    /// <summary>Writes a value after "key:" or "-": on the same line when it is short of children, else below it.</summary>
    private static void Block(JsonNode? node, int indent, StringBuilder result)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } properties:
                foreach (var (name, value) in properties)
                {
                    NewLine(indent, result).Append(Scalar(name)).Append(':');
                    Block(value, indent + 2, result);
                }

                break;
            case JsonArray { Count: > 0 } items:
                foreach (var item in items)
                {
                    NewLine(indent, result).Append('-');
                    Item(item, indent + 2, result);
                }

                break;
            default:
                result.Append(' ').Append(Leaf(node));
                break;
        }

        if (indent == 0)
        {
            result.Append('\n');
        }
    }

    /// <summary>The first property of a list item stands on the line of its hyphen.</summary>
    private static void Item(JsonNode? item, int indent, StringBuilder result)
    {
        if (item is not JsonObject { Count: > 0 } properties)
        {
            Block(item, indent, result);
            return;
        }

        var first = true;
        foreach (var (name, value) in properties)
        {
            (first ? result.Append(' ') : NewLine(indent, result)).Append(Scalar(name)).Append(':');
            Block(value, indent + 2, result);
            first = false;
        }
    }

    private static StringBuilder NewLine(int indent, StringBuilder result) => result.Append('\n').Append(' ', indent);

    private static string Leaf(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject => "{}",
        JsonArray => "[]",
        _ when node.GetValueKind() == JsonValueKind.String => Scalar(node.GetValue<string>()),
        _ => node.ToJsonString(),
    };

    /// <summary>Plain when no reader of YAML, old or new, can take it for anything else; else in double quotes.</summary>
    private static string Scalar(string text) =>
        PlainText().IsMatch(text) && !YamlDocument.IsAmbiguous(text) && !OldYamlWord().IsMatch(text) ? text : Quoted(text);

    private static string Quoted(string text)
    {
        var result = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            var invisible = Rune.GetUnicodeCategory(rune) is not UnicodeCategory.SpaceSeparator
                && (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) >= UnicodeCategory.LineSeparator
                    && Rune.GetUnicodeCategory(rune) <= UnicodeCategory.PrivateUse);
            _ = rune.Value switch
            {
                '"' => result.Append("\\\""),
                '\\' => result.Append("\\\\"),
                '\n' => result.Append("\\n"),
                _ when invisible => result.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}"),
                _ => result.Append(rune.ToString()),
            };
        }

        return result.Append('"').ToString();
    }

    [GeneratedRegex(@"^[\p{L}_/][\p{L}\p{M}\p{Nd}_./()+$-]*( [\p{L}\p{Nd}_(][\p{L}\p{M}\p{Nd}_,./()+-]*)*\z")]
    private static partial Regex PlainText();

    /// <summary>Words that YAML 1.1 reads as booleans.</summary>
    [GeneratedRegex(@"^(?i:y|n|yes|no|on|off)\z")]
    private static partial Regex OldYamlWord();
}
