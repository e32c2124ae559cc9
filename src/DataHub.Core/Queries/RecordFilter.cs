using DataHub.Core.Versioning;

namespace DataHub.Core.Queries;

/// <summary>How two values are compared.</summary>
public enum ComparisonKind { Equal, NotEqual, Greater, GreaterOrEqual, Less, LessOrEqual }

/// <summary>Where a text is looked for in another.</summary>
public enum TextMatchKind { Contains, StartsWith, EndsWith }

/// <summary>One side of a comparison.</summary>
public abstract record FilterOperand;

/// <summary>A column's value, null included.</summary>
/// <param name="Column">The column.</param>
/// <param name="Lowered">True for <c>tolower(column)</c>.</param>
public sealed record ColumnOperand(StoreColumn Column, bool Lowered = false) : FilterOperand;

/// <summary>A literal in the type of the column that it is compared with; never null.</summary>
/// <param name="Value">The value as PostgreSQL takes it for the column's type.</param>
/// <param name="Lowered">True for <c>tolower('…')</c>.</param>
public sealed record ValueOperand(object Value, bool Lowered = false) : FilterOperand;

/// <summary>
/// A condition on one record: what is left of a reader's filter once every name and literal is checked. Logic has two values: a
/// comparison with null is false, so that a record matches either a filter or its negation (docs/decisions/0006).
/// </summary>
public abstract record RecordFilter
{
    /// <summary>Every column that is compared with a value: what a URL may not say of personal columns.</summary>
    public IEnumerable<StoreColumn> ColumnsWithValues() => this switch
    {
        AllOf all => all.Parts.SelectMany(p => p.ColumnsWithValues()),
        AnyOf any => any.Parts.SelectMany(p => p.ColumnsWithValues()),
        NotTrue not => not.Inner.ColumnsWithValues(),
        Comparison { Right: ValueOperand } c => ColumnsOf(c.Left),
        OneOf one => ColumnsOf(one.Column),
        TextMatch match => ColumnsOf(match.Text).Concat(ColumnsOf(match.Sought)),
        IsTrue flag => [flag.Column],
        _ => [],
    };

    private static IEnumerable<StoreColumn> ColumnsOf(FilterOperand operand) => operand is ColumnOperand column ? [column.Column] : [];
}

/// <summary>True when all parts are.</summary>
public sealed record AllOf(IReadOnlyList<RecordFilter> Parts) : RecordFilter;

/// <summary>True when a part is.</summary>
public sealed record AnyOf(IReadOnlyList<RecordFilter> Parts) : RecordFilter;

/// <summary>True when the inner condition is not.</summary>
public sealed record NotTrue(RecordFilter Inner) : RecordFilter;

/// <summary>
/// A comparison; a column stands on the left. <see cref="ComparisonKind.NotEqual"/> is true where exactly one side is null,
/// <see cref="ComparisonKind.Equal"/> of two columns where both are; every other comparison with null is false.
/// </summary>
public sealed record Comparison(ColumnOperand Left, ComparisonKind Kind, FilterOperand Right) : RecordFilter;

/// <summary>True where the column has no value.</summary>
public sealed record IsNull(ColumnOperand Column) : RecordFilter;

/// <summary>True where the column's value is among these, or is null when <paramref name="OrNull"/>.</summary>
public sealed record OneOf(ColumnOperand Column, IReadOnlyList<object> Values, bool OrNull) : RecordFilter;

/// <summary>A text inside, at the beginning or at the end of another; false where one of them is null.</summary>
public sealed record TextMatch(TextMatchKind Kind, FilterOperand Text, FilterOperand Sought) : RecordFilter;

/// <summary>A boolean column by itself.</summary>
public sealed record IsTrue(StoreColumn Column) : RecordFilter;

/// <summary>The same for every record.</summary>
public sealed record Always(bool Holds) : RecordFilter;
