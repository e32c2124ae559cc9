using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using Microsoft.OData.UriParser;

namespace DataHub.Core.Queries;

/// <summary>
/// From the OData parser's tree to the hub's own: what is not allowed is refused by name, names become columns, literals become values.
/// Goes on after a problem, so that all are found.
/// </summary>
internal sealed class FilterTranslator(QueryColumns columns, QueryPlace place, QueryProblems problems)
{
    private static readonly Always Broken = new(false);

    private readonly FilterOperands operands = new(columns, place, problems);

    /// <summary>A condition; after a problem any condition at all.</summary>
    public RecordFilter Filter(QueryToken token) => token switch
    {
        BinaryOperatorToken { OperatorKind: BinaryOperatorKind.And } and => new AllOf([.. Flatten(and)]),
        BinaryOperatorToken { OperatorKind: BinaryOperatorKind.Or } or => new AnyOf([.. Flatten(or)]),
        BinaryOperatorToken binary => Kind(binary.OperatorKind) is { } kind ? Compare(binary, kind) : Refuse(FilterOperands.NameOf(binary)),
        UnaryOperatorToken { OperatorKind: UnaryOperatorKind.Not } not => new NotTrue(Filter(not.Operand)),
        InToken list => In(list),
        FunctionCallToken { Name: "contains" or "startswith" or "endswith" } match => Match(match),
        EndPathToken { NextToken: null } column => Flag(column),
        LiteralToken { Value: bool } literal => new Always((bool)literal.Value),
        FunctionCallToken { Name: "tolower" } or LiteralToken => NoCondition(token),
        _ => Refuse(FilterOperands.NameOf(token)),
    };

    private IEnumerable<RecordFilter> Flatten(BinaryOperatorToken token)
    {
        // A chain hangs from its last term: a or b or c is ((a or b) or c).
        var terms = new Stack<QueryToken>();
        QueryToken rest = token;
        while (rest is BinaryOperatorToken binary && binary.OperatorKind == token.OperatorKind)
        {
            terms.Push(binary.Right);
            rest = binary.Left;
        }

        terms.Push(rest);
        return terms.Select(Filter);
    }

    private RecordFilter Compare(BinaryOperatorToken token, ComparisonKind kind)
    {
        if (IsCondition(token.Left) || IsCondition(token.Right))
        {
            return CompareCondition(token, kind);
        }

        var (left, right) = (operands.Read(token.Left), operands.Read(token.Right));
        return (left, right) switch
        {
            (null, _) or (_, null) => Broken,
            ({ Column: { } a }, { Column: { } b }) => CompareColumns(a, kind, b),
            ({ Column: { } column }, _) => CompareValue(column, kind, right),
            (_, { Column: { } column }) => CompareValue(column, Turned(kind), left),
            _ => NoCondition(token.Left),
        };
    }

    private RecordFilter CompareValue(ColumnOperand column, ComparisonKind kind, WrittenOperand literal)
    {
        if (literal.IsNull)
        {
            return kind switch
            {
                ComparisonKind.Equal => new IsNull(column),
                ComparisonKind.NotEqual => new NotTrue(new IsNull(column)),
                _ => new Always(false),
            };
        }

        return operands.Value(literal, column) is { } value ? new Comparison(column, kind, value) : Broken;
    }

    private RecordFilter CompareColumns(ColumnOperand a, ComparisonKind kind, ColumnOperand b)
    {
        if (Family(a.Column.Type.Kind) == Family(b.Column.Type.Kind))
        {
            return new Comparison(a, kind, b);
        }

        problems.Add(place.Report(RequestCodes.FilterTypesDiffer, a.Column.Name, a.Column.Type, b.Column.Name, b.Column.Type));
        return Broken;
    }

    // (condition) eq true and its like; nothing else can be asked of a condition.
    private RecordFilter CompareCondition(BinaryOperatorToken token, ComparisonKind kind)
    {
        var (condition, other) = IsCondition(token.Left) ? (token.Left, token.Right) : (token.Right, token.Left);
        if (other is not LiteralToken { Value: bool wanted } || kind is not (ComparisonKind.Equal or ComparisonKind.NotEqual))
        {
            problems.Add(place.Report(RequestCodes.FilterConditionCompared));
            return Broken;
        }

        var filter = Filter(condition);
        return wanted == (kind == ComparisonKind.Equal) ? filter : new NotTrue(filter);
    }

    private RecordFilter In(InToken token)
    {
        if (operands.Read(token.Left) is not { } left)
        {
            return Broken;
        }

        if (left.Column is not { } column)
        {
            return NoCondition(token.Left);
        }

        return operands.Items(token.Right, column) is var (values, orNull) ? new OneOf(column, values, orNull) : Broken;
    }

    private RecordFilter Match(FunctionCallToken token)
    {
        var arguments = token.Arguments.ToList();
        if (token.Source is not null || arguments.Count != 2 || arguments.Exists(a => a.ParameterName is not null))
        {
            problems.Add(place.Report(RequestCodes.FilterArguments, token.Name));
            return Broken;
        }

        var kind = token.Name switch
        {
            "contains" => TextMatchKind.Contains,
            "startswith" => TextMatchKind.StartsWith,
            _ => TextMatchKind.EndsWith,
        };
        var (text, sought) = (operands.Text(arguments[0].ValueToken, token.Name), operands.Text(arguments[1].ValueToken, token.Name));
        return text is null || sought is null ? Broken
            : text is ColumnOperand || sought is ColumnOperand ? new TextMatch(kind, text, sought)
            : NoCondition(token);
    }

    private RecordFilter Flag(EndPathToken token)
    {
        if (operands.Read(token)?.Column is not { } operand)
        {
            return Broken;
        }

        return operand.Column.Type.Kind == ColumnKind.Boolean ? new IsTrue(operand.Column) : NoCondition(token);
    }

    private Always NoCondition(QueryToken token)
    {
        problems.Add(place.Report(RequestCodes.FilterNoCondition, FilterOperands.NameOf(token)));
        return Broken;
    }

    private Always Refuse(string name)
    {
        problems.AddOnce("unsupported\n" + name, () => FilterOperands.Unsupported(place, name));
        return Broken;
    }

    private static bool IsCondition(QueryToken token) => token is InToken
        or UnaryOperatorToken { OperatorKind: UnaryOperatorKind.Not }
        or FunctionCallToken { Name: "contains" or "startswith" or "endswith" }
        || (token is BinaryOperatorToken binary
            && (binary.OperatorKind is BinaryOperatorKind.And or BinaryOperatorKind.Or || Kind(binary.OperatorKind) is not null));

    private static ComparisonKind? Kind(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.Equal => ComparisonKind.Equal,
        BinaryOperatorKind.NotEqual => ComparisonKind.NotEqual,
        BinaryOperatorKind.GreaterThan => ComparisonKind.Greater,
        BinaryOperatorKind.GreaterThanOrEqual => ComparisonKind.GreaterOrEqual,
        BinaryOperatorKind.LessThan => ComparisonKind.Less,
        BinaryOperatorKind.LessThanOrEqual => ComparisonKind.LessOrEqual,
        _ => null,
    };

    // 5 lt x is x gt 5: a column stands on the left from here on.
    private static ComparisonKind Turned(ComparisonKind kind) => kind switch
    {
        ComparisonKind.Greater => ComparisonKind.Less,
        ComparisonKind.GreaterOrEqual => ComparisonKind.LessOrEqual,
        ComparisonKind.Less => ComparisonKind.Greater,
        ComparisonKind.LessOrEqual => ComparisonKind.GreaterOrEqual,
        _ => kind,
    };

    // Whole and decimal numbers compare exactly; a float beside them would not.
    private static ColumnKind Family(ColumnKind kind) => kind is ColumnKind.Int32 or ColumnKind.Int64 ? ColumnKind.Decimal : kind;
}
