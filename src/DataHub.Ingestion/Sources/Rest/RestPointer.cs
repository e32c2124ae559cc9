namespace DataHub.Ingestion.Sources.Rest;

/// <summary>JSON pointers (RFC 6901), and how a contract's <c>physicalName</c> is read as one; pure.</summary>
internal static class RestPointer
{
    /// <summary>The parts of a pointer: none for the empty text; false when it is no pointer.</summary>
    public static bool TryParse(string text, out string[] parts)
    {
        parts = [];
        if (text.Length == 0)
        {
            return true;
        }

        if (text[0] != '/')
        {
            return false;
        }

        parts = text[1..].Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            for (var at = parts[i].IndexOf('~', StringComparison.Ordinal); at >= 0; at = parts[i].IndexOf('~', at + 1))
            {
                if (at + 1 == parts[i].Length || parts[i][at + 1] is not ('0' or '1'))
                {
                    return false;
                }
            }

            // In this order: ~01 means ~1.
            parts[i] = parts[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        }

        return true;
    }

    /// <summary>
    /// Where a column's value stands in its record: behind a slash a pointer (<c>/address/ward</c>), else the name of a property. A
    /// property whose own name begins with a slash is reached by <c>/~1name</c>.
    /// </summary>
    public static string[] OfColumn(string sourceName) =>
        sourceName.StartsWith('/') && TryParse(sourceName, out var parts) ? parts : [sourceName];
}
