using DataHub.Core.Contracts;
using DataHub.Core.Errors;

namespace DataHub.Core.Access;

/// <summary>The client behind a verified token.</summary>
/// <param name="ClientId">Client id.</param>
/// <param name="AgencyCode">Its agency; null for an administrator client of the hub itself.</param>
/// <param name="Scopes">Scopes of this token.</param>
public sealed record Caller(string ClientId, string? AgencyCode, IReadOnlyList<string> Scopes);

/// <summary>An agreement as the decision needs it.</summary>
public sealed record Grant(long Id, string RecipientCode, int DatasetId, string Purpose, IReadOnlyList<string> Columns)
{
    /// <summary>Granted columns that were named as personal; a column that became personal later is not among them.</summary>
    public IReadOnlyList<string> PersonalColumns { get; init; } = [];

    public DateTimeOffset From { get; init; }

    public DateTimeOffset Until { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Changes whenever the agreement changes; cursors are bound to it.</summary>
    public long Revision { get; init; }

    /// <summary>Denies by default what a newer contract calls personal.</summary>
    public bool Covers(ContractColumn column) =>
        Columns.Contains(column.Name) && (!column.Personal || PersonalColumns.Contains(column.Name));

    public bool InForce(DateTimeOffset now) => From <= now && now < Until && EndedAt is null;
}

/// <summary>What one caller may read of one dataset now.</summary>
/// <param name="Columns">Granted columns in the contract's order.</param>
/// <param name="AgreementId">Null for open data.</param>
/// <param name="Revision">The agreement's revision; 0 for open data.</param>
/// <param name="Purpose">The agreement's purpose.</param>
public sealed record ReadPermission(
    IReadOnlyList<ContractColumn> Columns, long? AgreementId, long Revision, string? Purpose)
{
    /// <summary>True when a granted column is personal: never cached, never in a URL.</summary>
    public bool AnyPersonal => Columns.Any(c => c.Personal);

    public bool IsOpen => AgreementId is null;
}

/// <summary>Step Authorize of the read path: open data to all, everything else by exactly one agreement in force.</summary>
public static class ReadDecision
{
    public const string ReadScope = "datahub.read";

    public const string AdminScope = "datahub.admin";

    /// <summary>The permission, or the refusal as an exception.</summary>
    public static ReadPermission Decide(
        Caller? caller, DataContract contract, IEnumerable<Grant> datasetGrants, string? purpose, DateTimeOffset now)
    {
        if (contract.Terms.Access == AccessMode.Open)
        {
            return new ReadPermission([.. contract.Columns.Where(c => !c.Personal)], null, 0, null);
        }

        if (caller is null)
        {
            throw HubErrors.TokenMissing().ToException();
        }

        if (!caller.Scopes.Contains(ReadScope))
        {
            throw HubErrors.ScopeMissing().ToException();
        }

        var grant = Choose(caller, contract.Dataset, datasetGrants, purpose, now);
        var permission = new ReadPermission(
            [.. contract.Columns.Where(grant.Covers)], grant.Id, grant.Revision, grant.Purpose);
        if (purpose is null && permission.AnyPersonal)
        {
            throw HubErrors.PurposeRequired(contract.Dataset).ToException();
        }

        return purpose is not null && purpose != grant.Purpose && permission.AnyPersonal
            ? throw HubErrors.PurposeMismatch(contract.Dataset).ToException()
            : permission;
    }

    private static Grant Choose(
        Caller caller, string dataset, IEnumerable<Grant> grants, string? purpose, DateTimeOffset now)
    {
        var inForce = grants.Where(g => g.RecipientCode == caller.AgencyCode && g.InForce(now)).ToList();
        if (inForce.Count == 0)
        {
            throw HubErrors.AgreementRequired(dataset).ToException();
        }

        if (inForce.Count == 1)
        {
            return inForce[0];
        }

        var named = inForce.Where(g => g.Purpose == purpose).ToList();
        return named.Count == 1
            ? named[0]
            : throw HubErrors.AgreementAmbiguous(dataset, inForce.Select(g => g.Purpose).Distinct()).ToException();
    }
}
