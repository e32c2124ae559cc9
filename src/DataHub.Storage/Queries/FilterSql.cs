using DataHub.Core.Contracts;
using DataHub.Core.Queries;
using DataHub.Core.Versioning;
using DataHub.Storage.Versions;

namespace DataHub.Storage.Queries;

/// <summary>
/// A filter as SQL. In AND and OR, null counts as false by itself, so that comparisons stay plain and an index can serve them; only a
/// negation must say <c>IS NOT TRUE</c>. Values become parameters, identifiers come from column ids.
/// </summary>
/// <param name="values">Values of the statement's parameters so far; a filter's follow.</param>
/// <param name="first">Number of the first of them.</param>
internal sealed class FilterSql(List<object> values, int first)
{
    /// <summary>The collation by whose rules texts are lowered; a start without it is refused.</summary>
    public const string UnicodeCollation = "und-x-icu";

    // By Unicode's rules whatever the database's locale; then by code point again.
    private const string Lowered = $"(lower({{0}} COLLATE \"{UnicodeCollation}\") COLLATE \"C\")";

    /// <summary>The condition, to stand behind AND.</summary>
    public string Condition(RecordFilter filter) => filter switch
    {
        AllOf all => Join(all.Parts, " AND "),
        AnyOf any => Join(any.Parts, " OR "),
        NotTrue { Inner: IsNull inner } => $"{StoreSql.Name(inner.Column.Column)} IS NOT NULL",
        NotTrue not => $"({Condition(not.Inner)}) IS NOT TRUE",
        Comparison comparison => Compare(comparison),
        IsNull isNull => $"{StoreSql.Name(isNull.Column.Column)} IS NULL",
        OneOf one => In(one),
        TextMatch match => Match(match),
        IsTrue flag => StoreSql.Name(flag.Column),
        Always always => always.Holds ? "TRUE" : "FALSE",
        _ => throw new ArgumentOutOfRangeException(nameof(filter)),
    };

    /// <summary>The next parameter.</summary>
    public string Parameter(object value)
    {
        values.Add(value);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"${first + values.Count - 1}");
    }

    private string Join(IReadOnlyList<RecordFilter> parts, string word) => $"({string.Join(word, parts.Select(Condition))})";

    private string Compare(Comparison comparison)
    {
        var columns = comparison.Right is ColumnOperand;
        var word = comparison.Kind switch
        {
            ComparisonKind.Equal => columns ? "IS NOT DISTINCT FROM" : "=",
            ComparisonKind.NotEqual => "IS DISTINCT FROM",
            ComparisonKind.Greater => ">",
            ComparisonKind.GreaterOrEqual => ">=",
            ComparisonKind.Less => "<",
            _ => "<=",
        };
        return $"{Operand(comparison.Left)} {word} {Operand(comparison.Right)}";
    }

    private string In(OneOf one)
    {
        var column = StoreSql.Name(one.Column.Column);
        var among = one.Values.Count switch
        {
            0 => null,
            1 => $"{Operand(one.Column)} = {Parameter(one.Values[0])}",
            _ => $"{Operand(one.Column)} = ANY({Parameter(Array(one.Values, one.Column.Column.Type.Kind))})",
        };
        return (among, one.OrNull) switch
        {
            (null, false) => "FALSE",
            (null, true) => $"{column} IS NULL",
            (_, false) => among,
            _ => $"({among} OR {column} IS NULL)",
        };
    }

    // Never LIKE: % and _ are characters like any other. starts_with is served by an index in code point order.
    private string Match(TextMatch match)
    {
        var (text, sought) = (Operand(match.Text), Operand(match.Sought));
        return match.Kind switch
        {
            TextMatchKind.Contains => $"strpos({text}, {sought}) > 0",
            TextMatchKind.StartsWith => $"starts_with({text}, {sought})",
            _ => $"right({text}, char_length({sought})) = {sought}",
        };
    }

    private string Operand(FilterOperand operand)
    {
        var (text, lowered) = operand switch
        {
            ColumnOperand column => (StoreSql.Name(column.Column), column.Lowered),
            ValueOperand value => (Parameter(value.Value), value.Lowered),
            _ => throw new ArgumentOutOfRangeException(nameof(operand)),
        };
        return lowered ? Lowered.Replace("{0}", text, StringComparison.Ordinal) : text;
    }

    private static Array Array(IReadOnlyList<object> values, ColumnKind kind) => kind switch
    {
        ColumnKind.Text => values.Cast<string>().ToArray(),
        ColumnKind.Int32 => values.Cast<int>().ToArray(),
        ColumnKind.Int64 => values.Cast<long>().ToArray(),
        ColumnKind.Decimal => values.Cast<decimal>().ToArray(),
        ColumnKind.Float64 => values.Cast<double>().ToArray(),
        ColumnKind.Boolean => values.Cast<bool>().ToArray(),
        ColumnKind.Date => values.Cast<DateOnly>().ToArray(),
        ColumnKind.Time => values.Cast<TimeOnly>().ToArray(),
        ColumnKind.Timestamp => values.Cast<DateTime>().ToArray(),
        _ => values.Cast<byte[]>().ToArray(),
    };
}
