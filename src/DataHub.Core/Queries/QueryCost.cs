using DataHub.Core.Errors;
using DataHub.Core.Versioning;

namespace DataHub.Core.Queries;

/// <summary>Whether an index leads to a question's records, so that a page costs the same in a version of any size.</summary>
/// <param name="Layout">Tells the key, whose index always exists.</param>
/// <param name="Indexed">Ids of columns that have an index of their own.</param>
public sealed record QueryCost(StoreLayout Layout, IReadOnlySet<int> Indexed)
{
    /// <summary>The part that nothing serves, or null: then a page can be answered from a version of any size.</summary>
    public Text? Unserved(RecordQuestion question)
    {
        var narrowed = question.Filter is { } filter && Serves(filter);
        if (question.Filter is not null && !narrowed)
        {
            return new("bộ lọc", "the filter");
        }

        return narrowed || ServesOrder(question) ? null : new("cách sắp xếp", "the order");
    }

    /// <summary>Names of the columns by which a question can be narrowed, the key's first.</summary>
    public IReadOnlyList<string> Names() =>
        [.. Layout.Key.Take(1).Concat(Layout.Columns.Where(c => Indexed.Contains(c.Id))).Select(c => c.Name).Distinct()];

    // The key's index in either direction, or a column's with the key behind it.
    private bool ServesOrder(RecordQuestion question)
    {
        var first = question.Order[0].Column;
        return question.IsOneWay && (question.IsKeyOrder(Layout) || (Indexed.Contains(first.Id)
            && question.Order.Skip(1).Select(o => o.Column.Id).SequenceEqual(
                Layout.Key.Where(k => k.Id != first.Id).Take(question.Order.Count - 1).Select(k => k.Id))));
    }

    // One conjunct is enough, of alternatives each must be served.
    private bool Serves(RecordFilter filter) => filter switch
    {
        AllOf all => all.Parts.Any(Serves),
        AnyOf any => any.Parts.All(Serves),
        Comparison { Kind: not ComparisonKind.NotEqual, Right: ValueOperand } comparison => Leads(comparison.Left),
        OneOf one => Leads(one.Column) || (one.Values.Count == 0 && !one.OrNull),
        IsNull isNull => Leads(isNull.Column),
        TextMatch { Kind: TextMatchKind.StartsWith, Text: ColumnOperand column, Sought: ValueOperand } => Leads(column),
        IsTrue flag => Leads(new ColumnOperand(flag.Column)),
        Always always => !always.Holds,
        _ => false,
    };

    private bool Leads(ColumnOperand operand) =>
        !operand.Lowered && (operand.Column.Id == Layout.Key[0].Id || Indexed.Contains(operand.Column.Id));
}
