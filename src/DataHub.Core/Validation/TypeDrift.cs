using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;

namespace DataHub.Core.Validation;

/// <summary>One column whose values cannot become the declared type without loss.</summary>
/// <param name="Declared">As the contract has it.</param>
/// <param name="Found">As the source has it.</param>
public sealed record ChangedColumn(ContractColumn Declared, SourceField Found)
{
    /// <summary>The type is right, but the source's moments carry no zone and the contract names none.</summary>
    public bool LacksZone => Found.Kind == SourceKind.LocalTimestamp && Declared.Type.Kind == ColumnKind.Timestamp;
}

/// <summary>
/// The columns of a source whose type no longer fits the contract's. A type that does fit (int4 became int8, varchar(50) became varchar(100), a number became text)
/// is no drift: its values are judged one by one.
/// </summary>
public sealed record TypeDrift(IReadOnlyList<ChangedColumn> Columns)
{
    public bool IsEmpty => Columns.Count == 0;

    /// <summary>All of them, as the refusal of a run.</summary>
    public HubError Error => HubErrors.SourceTypeChanged([.. Columns.Select(c => HubErrors.ChangedType(c.Declared, c.Found))]);

    /// <param name="contract">Declared columns.</param>
    /// <param name="fields">What the source delivers, in the contract's column order.</param>
    public static TypeDrift Find(DataContract contract, IReadOnlyList<SourceField> fields) => new(
    [
        .. contract.Columns.Zip(fields, (c, f) => new ChangedColumn(c, f)).Where(c => !ColumnEncoder.Accepts(c.Declared.Type.Kind, c.Found.Kind)
            || (c.LacksZone && c.Declared.Parse.TimeZone is null)),
    ]);
}
