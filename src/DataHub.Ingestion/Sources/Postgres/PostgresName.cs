using System.Text;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>
/// A relation's name as contracts write it: <c>schema.table</c> or <c>table</c>, each exactly as stored (no case folding),
/// a part standing in double quotes when it holds a dot, a quote or a blank at its end.
/// </summary>
/// <param name="Schema">Null: wherever the account's search path finds it.</param>
/// <param name="Table">Relation name.</param>
internal sealed record PostgresName(string? Schema, string Table)
{
    /// <summary>For SQL: both parts always quoted.</summary>
    public string Sql => Schema is null ? Quote(Table) : Quote(Schema) + "." + Quote(Table);

    public override string ToString() => Schema is null ? Write(Table) : Write(Schema) + "." + Write(Table);

    /// <summary>An identifier, safe in SQL whatever it holds.</summary>
    public static string Quote(string identifier) => "\"" + identifier.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    public static PostgresName? Parse(string text)
    {
        var parts = new List<string>();
        var at = 0;
        while (at <= text.Length && parts.Count < 3)
        {
            var part = at < text.Length && text[at] == '"' ? Quoted(text, ref at) : Plain(text, ref at);
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
            (1, true) => new PostgresName(null, parts[0]),
            (2, true) => new PostgresName(parts[0], parts[1]),
            _ => null,
        };
    }

    private static string Plain(string text, ref int at)
    {
        var dot = text.IndexOf('.', at);
        var end = dot < 0 ? text.Length : dot;
        var part = text[at..end];
        at = end;
        return part;
    }

    private static string? Quoted(string text, ref int at)
    {
        var part = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] != '"')
            {
                part.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == '"')
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

    private static string Write(string part) =>
        part.Contains('.', StringComparison.Ordinal) || part.Contains('"', StringComparison.Ordinal) || part.Trim() != part
            ? Quote(part)
            : part;
}
