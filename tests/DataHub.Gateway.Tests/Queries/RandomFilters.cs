using System.Globalization;

namespace DataHub.Gateway.Tests.Queries;

/// <summary>A filter as text and as what it means by OData's rules with two values of logic.</summary>
internal sealed record OracleFilter(string Text, Func<object?[], bool> Holds);

/// <summary>Random filters over the whole grammar that the hub allows.</summary>
internal sealed class RandomFilters(IReadOnlyList<OracleColumn> columns, Random random)
{
    private static readonly string[] Operators = ["eq", "ne", "gt", "ge", "lt", "le"];

    public OracleFilter Next(int depth = 3) => random.Next(depth == 0 ? 5 : 9) switch
    {
        0 => Function(),
        1 => List(),
        2 => Flag(),
        3 => Columns(),
        4 or 5 => Comparison(),
        6 => Joined(" and ", depth, static (a, b) => a && b),
        7 => Joined(" or ", depth, static (a, b) => a || b),
        _ => Negated(depth),
    };

    private OracleFilter Comparison()
    {
        var (at, column) = Pick();
        var word = Operators[random.Next(Operators.Length)];
        var value = random.Next(8) == 0 ? null : Value(column);
        if (column.Type == "text" && value is string text && random.Next(3) == 0)
        {
            var lowered = text.ToLowerInvariant();
            return new($"tolower({column.Name}) {word} {column.Literal(lowered)}", row => Compare(Lower(row[at]), word, lowered));
        }

        var literal = value is null ? "null" : Literal(column, value);
        return random.Next(4) == 0
            ? new($"{literal} {word} {column.Name}", row => Compare(row[at], Turned(word), value))
            : new($"{column.Name} {word} {literal}", row => Compare(row[at], word, value));
    }

    private OracleFilter List()
    {
        var (at, column) = Pick();
        var values = Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(6) == 0 ? null : Value(column)).ToList();
        return new($"{column.Name} in ({string.Join(',', values.Select(v => v is null ? "null" : Literal(column, v)))})",
            row => values.Exists(v => OracleColumn.Compare(row[at], v) == 0));
    }

    private OracleFilter Function()
    {
        if (columns.All(c => c.Type != "text"))
        {
            return Comparison();
        }

        var (at, column) = Pick("text");
        var text = (string)Value(column)!;
        text = text.Length > 1 && random.Next(2) == 0 ? string.Concat(text.EnumerateRunes().Skip(random.Next(2)).Take(2)) : text;
        var (name, holds) = random.Next(3) switch
        {
            0 => ("contains", (Func<string, bool>)(s => s.Contains(text, StringComparison.Ordinal))),
            1 => ("startswith", s => s.StartsWith(text, StringComparison.Ordinal)),
            _ => ("endswith", s => s.EndsWith(text, StringComparison.Ordinal)),
        };
        return random.Next(3) == 0
            ? new($"{name}(tolower({column.Name}),{column.Literal(text)})", row => Lower(row[at]) is string s && holds(s))
            : new($"{name}({column.Name},{column.Literal(text)})", row => row[at] is string s && holds(s));
    }

    private OracleFilter Flag()
    {
        if (columns.All(c => c.Type != "boolean"))
        {
            return Comparison();
        }

        var (at, column) = Pick("boolean");
        return new(column.Name, row => row[at] is true);
    }

    private OracleFilter Columns()
    {
        var (a, column) = Pick();
        var (b, other) = Pick(column.Type);
        var word = Operators[random.Next(Operators.Length)];
        return new($"{column.Name} {word} {other.Name}", row => Compare(row[a], word, row[b]));
    }

    private OracleFilter Joined(string word, int depth, Func<bool, bool, bool> join)
    {
        var (a, b) = (Next(depth - 1), Next(depth - 1));
        return new($"({a.Text}){word}({b.Text})", row => join(a.Holds(row), b.Holds(row)));
    }

    private OracleFilter Negated(int depth)
    {
        var inner = Next(depth - 1);
        return random.Next(3) == 0
            ? new($"not ({inner.Text}) eq false", inner.Holds)
            : new($"not ({inner.Text})", row => !inner.Holds(row));
    }

    // A value that a record has, mostly.
    private object? Value(OracleColumn column) => column.Values[random.Next(column.Values.Length)];

    private string Literal(OracleColumn column, object value) => value is DateTime moment && moment.Year is > 1 and < 9999
        && random.Next(2) == 0
        ? moment.AddHours(7).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'+07:00'", CultureInfo.InvariantCulture)
        : column.Literal(value);

    private (int At, OracleColumn Column) Pick(string? type = null)
    {
        while (true)
        {
            var at = random.Next(columns.Count);
            if (type is null || columns[at].Type == type)
            {
                return (at, columns[at]);
            }
        }
    }

    private static bool Compare(object? a, string word, object? b) => word switch
    {
        "eq" => OracleColumn.Compare(a, b) == 0,
        "ne" => OracleColumn.Compare(a, b) != 0,
        _ when a is null || b is null => false,
        "gt" => OracleColumn.Compare(a, b) > 0,
        "ge" => OracleColumn.Compare(a, b) >= 0,
        "lt" => OracleColumn.Compare(a, b) < 0,
        _ => OracleColumn.Compare(a, b) <= 0,
    };

    private static string Turned(string word) => word switch { "gt" => "lt", "ge" => "le", "lt" => "gt", "le" => "ge", _ => word };

    private static object? Lower(object? value) => (value as string)?.ToLowerInvariant();
}
