using DataHub.Core.Errors;

namespace DataHub.Core.Queries;

/// <summary>
/// What is too long, too deep or too much, told from the characters alone before the recursive parser sees them: 3,000 terms or
/// parentheses must be a refusal and never the end of the process.
/// </summary>
public static class FilterLimits
{
    /// <summary>Characters of a filter in a URL.</summary>
    public const int UrlCharacters = 2_000;

    /// <summary>Characters of a filter in a body.</summary>
    public const int BodyCharacters = 64 * 1024;

    /// <summary>Operators and functions of one filter.</summary>
    public const int Nodes = 200;

    /// <summary>Parentheses inside each other.</summary>
    public const int Depth = 50;

    /// <summary>Items of one <c>in</c>, or values of one column.</summary>
    public const int Items = 1_000;

    private static readonly HashSet<string> Operators = new(StringComparer.Ordinal)
    {
        "and", "or", "not", "eq", "ne", "gt", "ge", "lt", "le", "in", "has", "add", "sub", "mul", "div", "divby", "mod",
    };

    /// <summary>False, with one problem, when the filter is beyond a limit.</summary>
    public static bool Hold(string filter, QueryPlace place, QueryProblems problems)
    {
        var most = place.InBody ? BodyCharacters : UrlCharacters;
        if (filter.Length > most)
        {
            problems.Add(place.Report(RequestCodes.FilterTooLong, most));
            return false;
        }

        var (nodes, depth) = Measure(filter);
        if (nodes > Nodes || depth > Depth)
        {
            problems.Add(place.Report(RequestCodes.FilterTooComplex, Nodes, Depth));
            return false;
        }

        return true;
    }

    // Words outside quotes; a word before "(" is a function, and a minus may nest as a parenthesis does.
    private static (int Nodes, int Depth) Measure(string filter)
    {
        var (nodes, open, deepest) = (0, 0, 0);
        for (var i = 0; i < filter.Length; i++)
        {
            if (filter[i] == '\'')
            {
                i = filter.IndexOf('\'', i + 1);
                if (i < 0)
                {
                    break;
                }
            }
            else if (IsWord(filter[i]))
            {
                var start = i;
                while (i + 1 < filter.Length && IsWord(filter[i + 1]))
                {
                    i++;
                }

                nodes += Operators.Contains(filter[start..(i + 1)]) || (i + 1 < filter.Length && filter[i + 1] == '(') ? 1 : 0;
            }
            else
            {
                open += filter[i] switch { '(' => 1, ')' => -1, _ => 0 };
                nodes += filter[i] == '-' && (i == 0 || !IsWord(filter[i - 1]))
                    && (i + 1 == filter.Length || !char.IsAsciiDigit(filter[i + 1])) ? 1 : 0;
                deepest = Math.Max(deepest, open);
            }
        }

        return (nodes, deepest);
    }

    private static bool IsWord(char c) => c == '_' || char.IsLetterOrDigit(c);
}
