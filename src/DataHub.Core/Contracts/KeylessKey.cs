using DataHub.Core.Versioning;

namespace DataHub.Core.Contracts;

/// <summary>
/// The key of a dataset whose contract declares none: what the record is (<c>_hash</c>, its hash in hex) and which of its equals
/// (<c>_n</c>, from 1). Equal records are kept; a record that changes is gone and another is new.
/// </summary>
public static class KeylessKey
{
    public const string HashName = "_hash";
    public const string NumberName = "_n";

    /// <summary>Above all ids that contracts' columns get: both are made when the rest of a record is known.</summary>
    private const int FirstId = 1_000_000_001;

    /// <summary>The two columns as the store has them.</summary>
    public static IReadOnlyList<StoreColumn> Columns { get; } =
    [
        new(FirstId, HashName, new ColumnType(ColumnKind.Text), 1), new(FirstId + 1, NumberName, new ColumnType(ColumnKind.Int32), 2),
    ];

    /// <summary>Whether the store made this column.</summary>
    public static bool IsOwn(StoreColumn column) => column.Id >= FirstId;

    /// <summary>
    /// The contract as its readers see it: with the two columns where it is keyless. The hash of personal data is personal: whoever can guess the record can
    /// prove it.
    /// </summary>
    public static DataContract Shown(DataContract contract) => contract.Key.Count > 0 ? contract : contract with
    {
        Columns =
        [
            .. contract.Columns,
            .. Columns.Select(c => new ContractColumn
            {
                Name = c.Name, SourceName = c.Name, Type = c.Type, KeyPosition = c.KeyPosition, Required = true,
                Personal = contract.Columns.Any(x => x.Personal),
            }),
        ],
    };
}
