using System.Text;

namespace DataHub.Ingestion.Sources;

/// <summary>
/// How contracts write a relation's name: <c>schema.table</c> or <c>table</c>, each part exactly as stored, in the
/// engine's quotes where it holds a dot, a quote or a blank at its end. A doubled quote stands for itself. Where quotes
/// come in pairs (SQL Server's brackets), the mark is the opening one and only the closing one is doubled.
/// </summary>
internal static class QuotedNames
{
    /// <summary>An identifier in quotes, safe in SQL whatever it holds.</summary>
    public static string Quote(string identifier, char mark)
    {
        var closing = Closing(mark).ToString();
        return mark + identifier.Replace(closing, closing + closing, StringComparison.Ordinal) + closing;
    }

    /// <summary>A part as contracts write it: in quotes only where it must be.</summary>
    public static string Write(string part, char mark) =>
        part.Contains('.', StringComparison.Ordinal) || part.Contains(mark, StringComparison.Ordinal)
            || part.Contains(Closing(mark), StringComparison.Ordinal) || part.Trim() != part
            ? Quote(part, mark)
            : part;

    /// <summary>One or two parts (schema null when there is one); null when the text is no such name.</summary>
    public static (string? Schema, string Table)? Parse(string text, char mark)
    {
        var parts = new List<string>();
        var at = 0;
        while (at <= text.Length && parts.Count < 3)
        {
            var part = at < text.Length && text[at] == mark ? Quoted(text, mark, ref at) : Plain(text, ref at);
            if (string.IsNullOrEmpty(part) || part.Contains('\0', StringComparison.Ordinal))
            {
                return null;
            }

            parts.Add(part);
            if (at == text.Length)
            {
                break;
            }

            if (text[at++] != '.')
            {
                return null;
            }
        }

        return (parts.Count, at == text.Length) switch
        {
            (1, true) => (null, parts[0]),
            (2, true) => (parts[0], parts[1]),
            _ => null,
        };
    }

    private static char Closing(char mark) => mark == '[' ? ']' : mark;

    private static string Plain(string text, ref int at)
    {
        var dot = text.IndexOf('.', at);
        var end = dot < 0 ? text.Length : dot;
        var part = text[at..end];
        at = end;
        return part;
    }

    private static string? Quoted(string text, char mark, ref int at)
    {
        var part = new StringBuilder();
        mark = Closing(mark);
        for (at++; at < text.Length; at++)
        {
            if (text[at] != mark)
            {
                part.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == mark)
            {
                part.Append(text[at++]);
            }
            else
            {
                at++;
                return part.ToString();
            }
        }

        return null;
    }
}
