using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Validation;
using DataHub.Gateway.Datasets;
using DataHub.Storage.Catalogue;
using DataHub.Storage.ControlPlane;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Runs;

/// <summary>The revision that a run proposes whose source changed its columns' types.</summary>
/// <param name="ContractVersion">Version of the proposed contract.</param>
/// <param name="Contract">Where the whole contract stands, ready for PUT.</param>
/// <param name="Difference">YAML of what differs: the version and the changed columns.</param>
internal sealed record RunProposalView(string ContractVersion, string Contract, string Difference);

/// <summary>GET /runs/{id}/proposal, and what a held run's proposal lets a revision of its dataset do.</summary>
internal static class RunProposals
{
    public static void MapRunProposals(this RouteGroupBuilder api) =>
        api.MapGet("/runs/{id:long}/proposal", ReadAsync).RequireAuthorization("admin").WithTags("runs").WithName("getRunProposal")
            .Produces<string>(200, "application/yaml", "application/json")
            .WithSummary("Bản sửa hợp đồng mà lần chạy đề xuất / The contract that a held run proposes");

    /// <summary>What the proposal of a dataset's held run changes of its newest contract; null when there is none.</summary>
    public static async Task<ContractChange?> ChangeOfAsync(HubDb db, DatasetEntry dataset, CancellationToken cancellation)
    {
        var document = await db.Runs.Where(r => r.DatasetId == dataset.Id && r.State == "held").Select(r => r.Proposal).FirstOrDefaultAsync(cancellation);
        return document is not null && ContractReader.Read(document).Contract is { } proposed
            ? ContractChange.Between(dataset.Newest.Contract, proposed) : null;
    }

    /// <summary>The view of a proposal that was made against the revision of <paramref name="basis"/>.</summary>
    public static RunProposalView? View(Run run, string? basis) =>
        run.Proposal is not null && basis is not null && ContractReader.Read(run.Proposal).Contract is { } proposed && ContractReader.Read(basis).Contract is { } old
            ? new RunProposalView(proposed.Version.ToString(), $"{GatewayEndpoints.BasePath}/runs/{run.Id}/proposal", TypeProposal.Difference(old, proposed))
            : null;

    private static async Task<IResult> ReadAsync(long id, HubDb db, HttpContext context, CancellationToken cancellation)
    {
        var run = await db.Runs.AsNoTracking().Where(r => r.Id == id).Select(r => new { r.Proposal }).FirstOrDefaultAsync(cancellation)
            ?? throw HubErrors.RunNotFound(id.ToString(CultureInfo.InvariantCulture)).ToException();
        return ContractAnswer.WriteDocument(context, run.Proposal ?? throw HubErrors.RunProposesNothing(id).ToException());
    }
}
