using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using DataHub.Core.Errors;
using Microsoft.OData;
using Microsoft.OData.UriParser;

namespace DataHub.Core.Queries;

/// <summary>
/// Step Parse of the read path for <c>filter</c>: Microsoft's OData parser reads the grammar, <see cref="FilterTranslator"/> gives its
/// tree the contract's names and types. Only the parser's syntax half is used; its binder would promote literals by its own rules and
/// stop at the first name it does not know (docs/decisions/0006).
/// </summary>
public static partial class FilterParser
{
    // The parser enters about seven levels for each parenthesis.
    private const int ParserDepth = 8 * (FilterLimits.Depth + FilterLimits.Nodes);

    /// <summary>The filter, or null with at least one problem.</summary>
    public static RecordFilter? Parse(string text, QueryColumns columns, QueryPlace place, QueryProblems problems)
    {
        if (!FilterLimits.Hold(text, place, problems))
        {
            return null;
        }

        QueryToken tree;
        try
        {
            tree = new UriQueryExpressionParser(ParserDepth).ParseFilter(text);
        }
        catch (ODataException e)
        {
            problems.Add(place.Report(RequestCodes.FilterSyntax, Where(e.Message, text)));
            return null;
        }

        var before = problems.Found.Count;
        var filter = new FilterTranslator(columns, place, problems).Filter(tree);
        return problems.Found.Count == before ? filter : null;
    }

    /// <summary>A literal as it was written; the parser's own value has lost digits (1234567.1 is a float of seven to it).</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_OriginalText")]
    internal static extern string OriginalText(LiteralToken literal);

    // The parser's sentences are English and name its own types; the place is what the caller needs.
    private static Text Where(string message, string text)
    {
        var match = Position().Match(message);
        if (!match.Success || !int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            || at > text.Length)
        {
            return new("không xác định được vị trí", "the place cannot be told");
        }

        var near = text[Math.Max(0, at - 20)..at];
        return at == text.Length
            ? new($"thiếu gì đó ở cuối, sau «{near}»", $"something is missing at the end, behind '{near}'")
            : new($"ký tự thứ {at + 1}, sau «{near}»", $"character {at + 1}, behind '{near}'");
    }

    [GeneratedRegex("(?:at position |at ')([0-9]{1,6})(?:'| in)")]
    private static partial Regex Position();
}
