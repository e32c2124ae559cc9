namespace DataHub.Ingestion.Sources.SqlServer;

/// <summary>
/// Whether an administrator's query stays inside the parentheses that it is put into. The engine has no read-only transaction and no statement
/// that takes one SELECT alone; but a derived table holds one query expression by grammar, so that all depends on its text never closing more
/// than it opened. Read as the engine's lexer reads: '…', "…", […], -- and nested /* */.
/// </summary>
internal static class SqlServerQueryText
{
    /// <summary>Position (from 0) of what leads out of the parentheses or is left open; -1 where there is nothing of the kind.</summary>
    public static int Escape(ReadOnlySpan<char> text)
    {
        var depth = 0;
        for (var at = 0; at < text.Length; at++)
        {
            var begin = at;
            switch (text[at])
            {
                case '(':
                    depth++;
                    break;
                case ')' when --depth < 0:
                case ';' or '\0':
                    return at;
                case '\'' or '"' or '[':
                    at = Quoted(text, at);
                    break;
                case '-' when Next(text, at) == '-':
                    at = Line(text, at);
                    break;
                case '/' when Next(text, at) == '*':
                    at = Block(text, at);
                    break;
            }

            if (at < 0)
            {
                return begin;
            }
        }

        return depth > 0 ? text.Length : -1;
    }

    private static char Next(ReadOnlySpan<char> text, int at) => at + 1 < text.Length ? text[at + 1] : '\0';

    /// <summary>Index of the closing mark, or -1. A doubled one stands for itself.</summary>
    private static int Quoted(ReadOnlySpan<char> text, int at)
    {
        var mark = text[at] == '[' ? ']' : text[at];
        for (at++; at < text.Length; at++)
        {
            if (text[at] != mark)
            {
                continue;
            }

            if (Next(text, at) != mark)
            {
                return at;
            }

            at++;
        }

        return -1;
    }

    /// <summary>Index of the line's end, which a new line may be only: what else could be taken for one is refused.</summary>
    private static int Line(ReadOnlySpan<char> text, int at)
    {
        for (; at < text.Length && text[at] != '\n'; at++)
        {
            var isEnd = text[at] is '\u2028' or '\u2029' || (char.IsControl(text[at]) && text[at] != '\t');
            if (isEnd && !(text[at] == '\r' && Next(text, at) == '\n'))
            {
                return -1;
            }
        }

        return at;
    }

    /// <summary>Index of the comment's last character, or -1.</summary>
    private static int Block(ReadOnlySpan<char> text, int at)
    {
        var depth = 0;
        for (; at < text.Length; at++)
        {
            depth += (text[at], Next(text, at)) switch
            {
                ('/', '*') => 1,
                ('*', '/') => -1,
                _ => 0,
            };
            at += (text[at], Next(text, at)) is ('/', '*') or ('*', '/') ? 1 : 0;
            if (depth == 0)
            {
                return at;
            }
        }

        return -1;
    }
}
