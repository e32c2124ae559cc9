using System.Globalization;
using DataHub.Core.Queries;
using DataHub.Core.Versioning;
using DataHub.Storage.Versions;

namespace DataHub.Storage.Queries;

/// <summary>A statement and the values of its parameters; the first is always the version.</summary>
internal sealed record QuestionStatement(string Text, object[] Values);

/// <summary>
/// The statement of a filtered or ordered page; pure. Each table is read by arms, one for each part of the order that an index can be
/// entered at, each with its own order and limit; a page that continues where nulls end or begin has two. What changes from call to
/// call are parameters, so that PostgreSQL keeps the statement prepared.
/// </summary>
internal sealed class QuestionSql
{
    private readonly StoreLine line;
    private readonly PairTables pair;
    private readonly RecordQuestion question;
    private readonly string select;
    private readonly string order;
    private readonly string positions;
    private readonly string head;
    private readonly List<object> values = [];
    private readonly FilterSql sql;
    private readonly string filter;

    public QuestionSql(RecordQuery query)
    {
        (line, question) = (query.Line, query.Question ?? RecordQuestion.Everything(query.Line.Layout));
        pair = line.Pair!;
        var steps = question.Order.Select(o => o.Column).ToList();
        select = string.Join(", ", query.Columns.Concat(steps).Select(StoreSql.Name));
        order = string.Join(", ", Constant().Concat(question.Order).Select(o => StoreSql.Name(o.Column) + Direction(o)));
        positions = string.Join(", ",
            question.Order.Select((o, i) => (query.Columns.Count + i + 1).ToString(CultureInfo.InvariantCulture) + Direction(o)));
        head = string.Create(CultureInfo.InvariantCulture,
            $"(SELECT seq FROM hub.heads WHERE dataset_id = {line.Layout.DatasetId} AND major = {line.Layout.Major})");
        values.Add(query.Version.Seq);
        sql = new FilterSql(values, 1);
        filter = question.Filter is null ? "" : " AND " + sql.Condition(question.Filter);
    }

    /// <summary>One row when the head is not this version any more, else none.</summary>
    public static string Moved(StoreLayout layout) => string.Create(CultureInfo.InvariantCulture,
        $"SELECT seq FROM hub.heads WHERE dataset_id = {layout.DatasetId} AND major = {layout.Major} AND seq <> $1");

    /// <summary>
    /// A page behind a position, from the current table alone, and nothing at all when the head has moved on; or of any version.
    /// </summary>
    public QuestionStatement Page(object?[]? after, int limit, bool asOf)
    {
        var seeks = Seeks(after);
        var most = sql.Parameter(limit);
        var current = asOf ? "v_from <= $1" : $"{head} = $1";
        var arms = seeks.Select(seek => Arm(pair.Current, current, seek, most)).ToList();
        if (asOf)
        {
            arms.AddRange(seeks.Select(seek => Arm(pair.History, $"v_from <= $1 AND v_to > $1 AND {head} > $1", seek, most)));
        }

        return new QuestionStatement(arms.Count == 1 ? arms[0]
            : $"({string.Join(") UNION ALL (", arms)}) ORDER BY {positions} LIMIT {most}", [.. values]);
    }

    /// <summary>How many records of the version answer.</summary>
    public QuestionStatement Count() => new($"""
        SELECT (SELECT count(*) FROM {pair.Current} WHERE v_from <= $1{filter})
            + (SELECT count(*) FROM {pair.History} WHERE v_from <= $1 AND v_to > $1 AND {head} > $1{filter})
        """, [.. values]);

    /// <summary>What PostgreSQL expects the same to be, from its statistics; at the head history has no part in it.</summary>
    public QuestionStatement Estimate()
    {
        var current = $"SELECT 1 FROM {pair.Current} WHERE v_from <= $1{filter}";
        var both = $"{current} UNION ALL SELECT 1 FROM {pair.History} WHERE v_from <= $1 AND v_to > $1{filter}";
        return new($"EXPLAIN (FORMAT JSON) {(line.Head == (int)values[0] ? current : both)}", [.. values]);
    }

    private string Arm(string table, string version, string seek, string most) =>
        $"SELECT {select} FROM {table} WHERE {version}{filter}{seek} ORDER BY {order} LIMIT {most}";

    // PostgreSQL knows a column that equals a value for constant, and one that IS NULL not: said to be ordered by it, the key's order is that of the column's index.
    private IEnumerable<RecordOrder> Constant()
    {
        IReadOnlyList<RecordFilter> parts = question.Filter is AllOf all ? all.Parts : question.Filter is { } one ? [one] : [];
        var column = parts.Select(NullColumn).FirstOrDefault(c => c is not null && line.Indexed.Contains(c.Id));
        return column is not null && question.IsKeyOrder(line.Layout) ? [new RecordOrder(column, question.Order[0].Descending)] : [];
    }

    private static StoreColumn? NullColumn(RecordFilter filter) => filter switch
    {
        IsNull isNull => isNull.Column.Column,
        OneOf { Values.Count: 0, OrNull: true } one => one.Column.Column,
        _ => null,
    };

    private List<string> Seeks(object?[]? after)
    {
        if (after is null)
        {
            return [""];
        }

        // One index in one direction: its own comparison of rows, and the nulls apart, for a row comparison never finds them.
        return question.IsOneWay && question.Order.Skip(1).All(IsKey) ? OneWay(after) : [$" AND ({string.Join(" OR ", Steps(after))})"];
    }

    private List<string> OneWay(object?[] after)
    {
        var (first, descending) = (question.Order[0], question.Order[0].Descending);
        var sign = descending ? "<" : ">";
        if (after[0] is not null)
        {
            var behind = $" AND {Row(question.Order)} {sign} {Row(after)}";
            return descending && !IsKey(first) ? [behind, $" AND {StoreSql.Name(first.Column)} IS NULL"] : [behind];
        }

        var among = $" AND {StoreSql.Name(first.Column)} IS NULL AND {Row(question.Order.Skip(1))} {sign} {Row(after.Skip(1))}";
        return descending ? [among] : [among, $" AND {StoreSql.Name(first.Column)} IS NOT NULL"];
    }

    // Level so far and further in the next step; no index helps here, the filter or the guard keeps the version small.
    private IEnumerable<string> Steps(object?[] after)
    {
        var level = "";
        for (var i = 0; i < question.Order.Count; i++)
        {
            var name = StoreSql.Name(question.Order[i].Column);
            var value = after[i] is { } given ? sql.Parameter(given) : null;
            if (Further(question.Order[i], name, value) is { } further)
            {
                yield return $"({level}{further})";
            }

            level += $"{name}{(value is null ? " IS NULL" : " = " + value)} AND ";
        }
    }

    private string? Further(RecordOrder step, string name, string? value) => (value, step.Descending) switch
    {
        (null, true) => null,
        (null, false) => $"{name} IS NOT NULL",
        (_, false) => $"{name} > {value}",
        _ => IsKey(step) ? $"{name} < {value}" : $"({name} < {value} OR {name} IS NULL)",
    };

    private static string Row(IEnumerable<RecordOrder> steps)
    {
        var names = steps.Select(s => StoreSql.Name(s.Column)).ToList();
        return names.Count == 1 ? names[0] : $"({string.Join(", ", names)})";
    }

    private string Row(IEnumerable<object?> after)
    {
        var parameters = after.Select(v => sql.Parameter(v!)).ToList();
        return parameters.Count == 1 ? parameters[0] : $"({string.Join(", ", parameters)})";
    }

    private bool IsKey(RecordOrder step) => line.Layout.Key.Any(k => k.Id == step.Column.Id);

    // A key column has no nulls: said of it, their place would keep its own index from serving the order.
    private string Direction(RecordOrder step) => (step.Descending, IsKey(step)) switch
    {
        (false, true) => "",
        (true, true) => " DESC",
        (false, false) => " NULLS FIRST",
        _ => " DESC NULLS LAST",
    };
}
