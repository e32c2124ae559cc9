using DataHub.Core.Contracts;

namespace DataHub.Core.Versioning;

/// <summary>A column's place in the store. The store column is <c>c{Id}</c>, so that no source name reaches SQL.</summary>
/// <param name="Id">Given at registration, kept by name, never reused.</param>
/// <param name="Name">Name in answers.</param>
/// <param name="Type">Declared type.</param>
/// <param name="KeyPosition">From 1, or null.</param>
public sealed record StoreColumn(int Id, string Name, ColumnType Type, int? KeyPosition);

/// <summary>The physical shape of one (dataset, contract major): which columns its two tables have, in which order.</summary>
public sealed record StoreLayout(int DatasetId, int Major, IReadOnlyList<StoreColumn> Columns)
{
    /// <summary>Key columns in key order.</summary>
    public IReadOnlyList<StoreColumn> Key { get; } =
        [.. Columns.Where(c => c.KeyPosition is not null).OrderBy(c => c.KeyPosition)];

    /// <summary>Whether records are told apart by what they are (<see cref="KeylessKey"/>).</summary>
    public bool IsKeyless => Key.Count > 0 && KeylessKey.IsOwn(Key[0]);

    /// <summary>This layout with the columns that <paramref name="contract"/> has and it has not, in the contract's order.</summary>
    public StoreLayout With(DataContract contract)
    {
        var next = Columns.Where(c => !KeylessKey.IsOwn(c)).Select(c => c.Id).DefaultIfEmpty().Max() + 1;
        var added = contract.Columns
            .Where(c => Columns.All(k => k.Name != c.Name))
            .Select((c, i) => new StoreColumn(next + i, c.Name, c.Type, c.KeyPosition));
        var key = contract.Key.Count == 0 && Key.Count == 0 ? KeylessKey.Columns : [];
        return new StoreLayout(DatasetId, Major, [.. Columns.Concat(added).Concat(key).OrderBy(c => c.Id)]);
    }
}
