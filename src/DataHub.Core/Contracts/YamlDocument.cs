using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace DataHub.Core.Contracts;

/// <summary>
/// Turns YAML into a JSON tree from the parser's events. Anchors, aliases, tags and repeated keys are refused: nothing is
/// expanded, so a small text cannot grow. A plain scalar is null, a boolean, a number written as JSON writes it, or text;
/// so <c>no</c>, <c>01</c>, <c>0x1F</c> and <c>2022-10-03</c> stay text, and a number keeps its spelling (<c>1.10</c>).
/// </summary>
internal sealed partial class YamlDocument
{
    private readonly Parser parser;
    private readonly ContractProblems problems;

    private YamlDocument(string text, ContractProblems problems)
    {
        parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        this.problems = problems;
    }

    public static JsonNode? Parse(string text, ContractProblems problems)
    {
        try
        {
            return new YamlDocument(text, problems).Root();
        }
        catch (YamlException failure)
        {
            Invalid(problems, failure.Start, failure.InnerException?.Message ?? failure.Message);
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException
            or FormatException or OverflowException or IndexOutOfRangeException or NullReferenceException)
        {
            // The scanner lets some malformed escapes out as plain exceptions.
            Invalid(problems, Mark.Empty, "malformed");
        }

        return null;
    }

    private static void Invalid(ContractProblems problems, Mark mark, string reason) =>
        problems.AddStructural(ContractCodes.YamlInvalid.At("", mark.Line, mark.Column, LocationPrefix().Replace(reason, "")));

    private JsonNode? Root()
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
        {
            return null;
        }

        parser.Consume<DocumentStart>();
        var root = Node("", 0);
        parser.Consume<DocumentEnd>();
        if (!parser.Accept<StreamEnd>(out var more))
        {
            Invalid(problems, parser.Current!.Start, "more than one document");
        }

        _ = more;
        return root;
    }

    private JsonNode? Node(string pointer, int depth)
    {
        if (depth > ContractText.MaxDepth)
        {
            // Nothing after this can be trusted to end: leave at once.
            problems.AddStructural(ContractCodes.TooDeep.At(pointer, ContractText.MaxDepth));
            throw new YamlException(parser.Current!.Start, parser.Current.End, "too deep");
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            problems.AddStructural(ContractCodes.YamlAnchor.At(pointer, alias.Start.Line, alias.Start.Column));
            return null;
        }

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            CheckPlain(scalar, pointer);
            return Value(scalar, pointer);
        }

        if (parser.TryConsume<SequenceStart>(out var sequence))
        {
            CheckPlain(sequence, pointer);
            return Items(pointer, depth);
        }

        var mapping = parser.Consume<MappingStart>();
        CheckPlain(mapping, pointer);
        return Properties(pointer, depth);
    }

    private JsonArray Items(string pointer, int depth)
    {
        var items = new JsonArray();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Node(JsonPointer.Below(pointer, items.Count), depth + 1));
        }

        return items;
    }

    private JsonObject Properties(string pointer, int depth)
    {
        var result = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            // A key that is no scalar makes Consume throw with its place.
            var key = parser.Consume<Scalar>();
            CheckPlain(key, pointer);
            var below = JsonPointer.Below(pointer, key.Value);
            ContractText.Text(key.Value, below, problems);
            if (!result.TryAdd(key.Value, Node(below, depth + 1)))
            {
                problems.AddStructural(ContractCodes.KeyDuplicate.At(below, key.Value));
            }
        }

        return result;
    }

    private void CheckPlain(NodeEvent node, string pointer)
    {
        if (!node.Anchor.IsEmpty)
        {
            problems.AddStructural(ContractCodes.YamlAnchor.At(pointer, node.Start.Line, node.Start.Column));
        }

        if (!node.Tag.IsEmpty)
        {
            problems.AddStructural(
                ContractCodes.YamlTag.At(pointer, node.Start.Line, node.Start.Column, node.Tag.ToString()));
        }
    }

    private JsonValue? Value(Scalar scalar, string pointer)
    {
        var text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain)
        {
            return ContractText.Text(text, pointer, problems);
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when JsonNumber().IsMatch(text) => JsonNode.Parse(text)!.AsValue(),
            _ => ContractText.Text(text, pointer, problems),
        };
    }

    /// <summary>Whether a text would not come back as itself when written plain.</summary>
    internal static bool IsAmbiguous(string text) =>
        text is "" or "~" || text.ToLowerInvariant() is "null" or "true" or "false" || JsonNumber().IsMatch(text);

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z")]
    private static partial Regex JsonNumber();

    [GeneratedRegex(@"^\(Line: .*?\): ")]
    private static partial Regex LocationPrefix();
}
