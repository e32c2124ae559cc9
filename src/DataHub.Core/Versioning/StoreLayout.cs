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

    /// <summary>This layout with the columns that <paramref name="contract"/> has and it has not, in the contract's order.</summary>
    public StoreLayout With(DataContract contract)
    {
        var next = Columns.Count == 0 ? 1 : Columns.Max(c => c.Id) + 1;
        var added = contract.Columns
            .Where(c => Columns.All(k => k.Name != c.Name))
            .Select((c, i) => new StoreColumn(next + i, c.Name, c.Type, c.KeyPosition));
        return new StoreLayout(DatasetId, Major, [.. Columns, .. added]);
    }
}
