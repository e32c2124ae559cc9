using DataHub.Core.Versioning;

namespace DataHub.Core.Queries;

/// <summary>One step of an order. Nulls are lower than every value.</summary>
public sealed record RecordOrder(StoreColumn Column, bool Descending);

/// <summary>Which records of a version, in which order; which columns and how many is said beside it.</summary>
/// <param name="Filter">The condition, or null for all records.</param>
/// <param name="Order">Never empty: what was asked for, then what is missing of the key, so that no two records stand level.</param>
public sealed record RecordQuestion(RecordFilter? Filter, IReadOnlyList<RecordOrder> Order)
{
    /// <summary>All records in key order.</summary>
    public static RecordQuestion Everything(StoreLayout layout) => new(null, Complete([], layout));

    /// <summary>True for all records in key order, the walk that every index of a pair was made for.</summary>
    public bool IsPlain(StoreLayout layout) => Filter is null && IsKeyOrder(layout) && !Order[0].Descending;

    /// <summary>True when the key's own index gives the order, forwards or backwards.</summary>
    public bool IsKeyOrder(StoreLayout layout) =>
        Order.Count == layout.Key.Count && Order.Select(o => o.Column.Id).SequenceEqual(layout.Key.Select(k => k.Id)) && IsOneWay;

    /// <summary>True when all steps go the same way: an index read backwards serves no other descending order.</summary>
    public bool IsOneWay => Order.All(o => o.Descending == Order[0].Descending);

    /// <summary>
    /// The order that a reader asked for, with the key behind it in the direction of the last named column. What stands behind a whole
    /// key decides nothing and is left out.
    /// </summary>
    public static IReadOnlyList<RecordOrder> Complete(IReadOnlyList<RecordOrder> asked, StoreLayout layout)
    {
        var order = new List<RecordOrder>();
        var missing = layout.Key.Select(k => k.Id).ToHashSet();
        foreach (var step in asked.TakeWhile(_ => missing.Count > 0))
        {
            order.Add(step);
            missing.Remove(step.Column.Id);
        }

        var descending = order.Count > 0 && order[^1].Descending;
        order.AddRange(layout.Key.Where(k => missing.Contains(k.Id)).Select(k => new RecordOrder(k, descending)));
        return order;
    }
}
