using DataHub.Core.Errors;

namespace DataHub.Core.Contracts;

/// <summary>How much a contract's version must grow.</summary>
public enum ContractBump { None, Patch, Minor, Major }

/// <summary>
/// What a revision means for those who read the dataset (not for those who write it: loosening a rule breaks readers,
/// tightening it does not). Pure; pointers are into the new document.
/// </summary>
/// <param name="Breaking">Every change that can break a reader.</param>
/// <param name="Bump">The least growth of the version that says what changed.</param>
/// <param name="VersionError"><c>contract_version_too_low</c> when the declared version grew by less, or went back.</param>
public sealed record ContractChange(IReadOnlyList<ErrorDetail> Breaking, ContractBump Bump, ErrorDetail? VersionError)
{
    /// <summary>True when readers of the old revision read the new one without noticing.</summary>
    public bool IsAdditive => Breaking.Count == 0;

    /// <summary>The lowest version that says what changed.</summary>
    public ContractVersion LowestVersion { get; private init; }

    /// <summary>Compares two revisions of one dataset's contract.</summary>
    public static ContractChange Between(DataContract old, DataContract @new)
    {
        var comparison = new ContractComparison(old, @new);
        comparison.Compare();
        var lowest = Lowest(old.Version, comparison.Bump);
        var tooLow = @new.Version.CompareTo(lowest) < 0;
        var error = !tooLow ? null : ContractCodes.VersionTooLow.At("/version", @new.Version, old.Version, lowest) with
        { Allowed = [lowest.ToString()] };
        return new ContractChange(comparison.Breaking, comparison.Bump, error) { LowestVersion = lowest };
    }

    /// <summary>The refusal that a PUT answers, or null: breaking first, then a version that is too low.</summary>
    /// <param name="proposed">
    /// What the hub itself proposes because the source changed, or null. Its breaks are no refusal: the source has made them, and the new major says so to readers.
    /// </param>
    public HubError? Refusal(ContractChange? proposed = null) =>
        !IsAdditive && !Breaking.All(b => proposed?.Breaking.Any(p => p.Message == b.Message) == true) ? HubErrors.ContractBreaking(Breaking)
        : VersionError is { } error ? HubErrors.ContractVersionTooLow(error) : null;

    private static ContractVersion Lowest(ContractVersion old, ContractBump bump) => bump switch
    {
        ContractBump.Major => new(old.Major + 1, 0, 0),
        ContractBump.Minor => new(old.Major, old.Minor + 1, 0),
        ContractBump.Patch => old with { Patch = old.Patch + 1 },
        _ => old,
    };
}
