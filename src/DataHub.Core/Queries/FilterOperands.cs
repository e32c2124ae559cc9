using System.Text.RegularExpressions;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using Microsoft.OData.UriParser;

namespace DataHub.Core.Queries;

/// <summary>One side of a comparison before its type is known: a column, or a literal as it was written.</summary>
internal sealed record WrittenOperand(ColumnOperand? Column, string Literal, bool Lowered)
{
    public bool IsNull => Column is null && Literal == "null";
}

/// <summary>Columns, literals and lists inside a filter.</summary>
internal sealed partial class FilterOperands(QueryColumns columns, QueryPlace place, QueryProblems problems)
{
    private static readonly string[] Allowed =
    [
        "eq", "ne", "gt", "ge", "lt", "le", "in", "and", "or", "not", "contains", "startswith", "endswith", "tolower",
        "null", "true", "false",
    ];

    /// <summary>What a refusal calls a part of the tree.</summary>
    public static string NameOf(QueryToken token) => token switch
    {
        BinaryOperatorToken binary => binary.OperatorKind switch
        {
            BinaryOperatorKind.Add => "add",
            BinaryOperatorKind.Subtract => "sub",
            BinaryOperatorKind.Multiply => "mul",
            BinaryOperatorKind.Divide => "div",
            BinaryOperatorKind.Modulo => "mod",
            BinaryOperatorKind.Has => "has",
            var kind => kind.ToString().ToLowerInvariant(),
        },
        UnaryOperatorToken => "-",
        FunctionCallToken call => call.Name,
        LiteralToken literal => FilterParser.OriginalText(literal),
        EndPathToken { NextToken: { } } path => path.Identifier is "any" or "all" ? path.Identifier : "/",
        EndPathToken path => path.Identifier,
        AnyToken => "any",
        AllToken => "all",
        RangeVariableToken variable => variable.Name,
        { Kind: QueryTokenKind.FunctionParameterAlias } => "@",
        DottedIdentifierToken dotted => dotted.Identifier,
        RootPathToken => "$root",
        CountSegmentToken => "$count",
        StarToken => "*",
        _ => "/",
    };

    public static ErrorDetail Unsupported(QueryPlace place, string name)
    {
        var shown = name.Length <= 100 ? name : name[..100] + "…";
        return place.Report(RequestCodes.FilterUnsupported, shown, DidYouMean.Clause(name, Allowed)) with { Allowed = Allowed };
    }

    /// <summary>A column or a literal; null after a problem.</summary>
    public WrittenOperand? Read(QueryToken token)
    {
        switch (token)
        {
            case LiteralToken literal:
                return new WrittenOperand(null, FilterParser.OriginalText(literal), false);
            case EndPathToken { NextToken: null } path when !path.Identifier.StartsWith('$'):
                return columns.Find(path.Identifier, place, problems) is { } column
                    ? new WrittenOperand(new ColumnOperand(column), "", false) : null;
            case FunctionCallToken { Name: "tolower" } call:
                return Lower(call);
            default:
                var name = NameOf(token);
                problems.AddOnce("unsupported\n" + name, () => Unsupported(place, name));
                return null;
        }
    }

    /// <summary>A literal in the type of its column; null after a problem.</summary>
    public ValueOperand? Value(WrittenOperand literal, ColumnOperand column)
    {
        if (FilterLiteral.TryRead(literal.Literal, column.Column.Type, out var value))
        {
            return new ValueOperand(value, literal.Lowered);
        }

        Mistyped(literal.Literal, column);
        return null;
    }

    /// <summary>Values of an <c>in</c>, and whether null is among them; null after a problem.</summary>
    public (IReadOnlyList<object> Values, bool OrNull)? Items(QueryToken token, ColumnOperand column)
    {
        if (token is not LiteralToken literal || FilterParser.OriginalText(literal) is not ['(', .. var inside, ')']
            || !List().IsMatch(inside))
        {
            problems.Add(place.Report(RequestCodes.FilterList));
            return null;
        }

        var items = Item().Matches(inside).Select(m => m.Value).ToList();
        if (items.Count > FilterLimits.Items)
        {
            problems.Add(place.Report(RequestCodes.ItemsTooMany, FilterLimits.Items));
            return null;
        }

        var values = new List<object>(items.Count);
        foreach (var item in items.Where(i => i != "null"))
        {
            if (!FilterLiteral.TryRead(item, column.Column.Type, out var value))
            {
                Mistyped(item, column);
                return null;
            }

            values.Add(value);
        }

        return (values, values.Count < items.Count);
    }

    /// <summary>A text for a function; null after a problem.</summary>
    public FilterOperand? Text(QueryToken token, string function)
    {
        switch (Read(token))
        {
            case null:
                return null;
            case { Column: { } column } when column.Column.Type.Kind == ColumnKind.Text:
                return column;
            case { Column: null } literal when FilterLiteral.TryRead(literal.Literal, new ColumnType(ColumnKind.Text), out var value):
                return new ValueOperand(value, literal.Lowered);
            default:
                problems.Add(place.Report(RequestCodes.FilterNoText, function, NameOf(token)));
                return null;
        }
    }

    private WrittenOperand? Lower(FunctionCallToken call)
    {
        var arguments = call.Arguments.ToList();
        if (call.Source is not null || arguments.Count != 1 || arguments[0].ParameterName is not null)
        {
            problems.Add(place.Report(RequestCodes.FilterArguments, call.Name));
            return null;
        }

        // Lowered twice is lowered once.
        return Text(arguments[0].ValueToken, call.Name) switch
        {
            null => null,
            ColumnOperand column => new WrittenOperand(column with { Lowered = true }, "", true),
            _ => Read(arguments[0].ValueToken)! with { Lowered = true },
        };
    }

    private void Mistyped(string literal, ColumnOperand column)
    {
        var shown = literal.Length <= 100 ? literal : literal[..100] + "…";
        problems.Add(place.Report(RequestCodes.FilterValue, shown, column.Column.Name, column.Column.Type,
            Example(column.Column.Type.Kind)));
    }

    private static string Example(ColumnKind kind) => kind switch
    {
        ColumnKind.Text => "'Trà Vinh'",
        ColumnKind.Int32 or ColumnKind.Int64 => "12",
        ColumnKind.Decimal => "1234.50",
        ColumnKind.Float64 => "1.5e3",
        ColumnKind.Boolean => "true",
        ColumnKind.Date => "2026-03-01",
        ColumnKind.Time => "07:30:00",
        ColumnKind.Timestamp => "2026-03-01T00:00:00Z",
        _ => "binary'AQID'",
    };

    // A list is literals between commas: quoted texts (a quote doubled), typed texts (binary'…'), and bare words.
    private const string Literal = @"(?:[\p{L}]*'(?:[^']|'')*'|[^\s,'()]+)";

    [GeneratedRegex(@"^\s*(?:" + Literal + @"\s*(?:,\s*" + Literal + @"\s*)*)?$", RegexOptions.NonBacktracking)]
    private static partial Regex List();

    [GeneratedRegex(Literal, RegexOptions.NonBacktracking)]
    private static partial Regex Item();
}
