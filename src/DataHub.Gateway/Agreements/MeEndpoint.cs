using DataHub.Gateway.Access;
using DataHub.Gateway.Problems;
using DataHub.Storage.ControlPlane;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Agreements;

/// <summary>What the calling client may do now.</summary>
/// <param name="Agency">Null for an administrator client of the hub itself.</param>
/// <param name="Scopes">Scopes of this token that the client still has.</param>
/// <param name="Agreements">Those in force, by number.</param>
internal sealed record OwnAccess(
    string ClientId, string? Agency, IReadOnlyList<string> Scopes, IReadOnlyList<OwnAgreement> Agreements);

/// <summary>One agreement of the caller's agency.</summary>
internal sealed record OwnAgreement(long Id, string Dataset, string Purpose, IReadOnlyList<string> Columns,
    IReadOnlyList<string> PersonalColumns, DateTimeOffset From, DateTimeOffset Until);

/// <summary>GET /me: a client's own access.</summary>
internal static class MeEndpoint
{
    public static void MapMe(this RouteGroupBuilder api) =>
        api.MapGet("/me", GetAsync).RequireAuthorization().WithTags("me").AnswersJson().WithName("getMe")
            .WithSummary("Quyền của ứng dụng đang gọi / The calling client's own access");

    private static async Task<Ok<OwnAccess>> GetAsync(
        HubDb db, AccessBook book, HttpContext context, CancellationToken cancellation)
    {
        var caller = context.Caller();
        var grants = caller.AgencyCode is null ? [] : book.InForceFor(caller.AgencyCode);
        var ids = grants.Select(g => g.DatasetId).ToArray();
        var names = await db.Datasets.Where(d => ids.Contains(d.Id)).ToDictionaryAsync(d => d.Id, d => d.Name, cancellation);
        return TypedResults.Ok(new OwnAccess(caller.ClientId, caller.AgencyCode, caller.Scopes,
        [
            .. grants.Select(g => new OwnAgreement(
                g.Id, names[g.DatasetId], g.Purpose, g.Columns, g.PersonalColumns, g.From, g.Until)),
        ]));
    }
}
