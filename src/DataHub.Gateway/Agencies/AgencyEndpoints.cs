using System.Text.RegularExpressions;
using DataHub.Core.Errors;
using DataHub.Gateway.Access;
using DataHub.Storage.ControlPlane;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Agencies;

internal sealed record NewAgency(string? Code = null, string? Name = null, string? NameEn = null, string? Contact = null);

/// <summary>Why something is ended; goes to the ledger.</summary>
internal sealed record EndRequest(string? Reason = null);

/// <summary>/agencies: who provides and receives data.</summary>
internal static partial class AgencyEndpoints
{
    public static void MapAgencies(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/agencies").RequireAuthorization("admin").WithTags("agencies");
        group.MapGet("", ListAsync).WithName("listAgencies").WithSummary("Danh sách cơ quan / List agencies");
        group.MapPost("", CreateAsync).WithName("createAgency").WithSummary("Thêm cơ quan / Create an agency");
        group.MapGet("/{code}", GetAsync).WithName("getAgency").WithSummary("Một cơ quan / One agency");
        group.MapPost("/{code}/end", EndAsync).WithName("endAgency").WithSummary("Chấm dứt cơ quan / End an agency");
    }

    private static async Task<Ok<List<Agency>>> ListAsync(HubDb db, CancellationToken cancellation) =>
        TypedResults.Ok(await db.Agencies.AsNoTracking().OrderBy(a => a.Code).ToListAsync(cancellation));

    private static async Task<Ok<Agency>> GetAsync(string code, HubDb db, CancellationToken cancellation) =>
        TypedResults.Ok(await FindAsync(db, code, cancellation));

    private static async Task<Created<Agency>> CreateAsync(
        NewAgency request, HubDb db, AccessChange change, HttpContext context, CancellationToken cancellation)
    {
        var problems = new List<ErrorDetail>();
        if (request.Code is not { Length: <= 35 } code || !CodePattern().IsMatch(code))
        {
            problems.Add(AccessChange.Wrong("/code", "agency_code_invalid",
                "Mã gồm nhóm 0-9 A-Z cách nhau bằng dấu chấm, tối đa 35 ký tự.",
                "A code is groups of 0-9 A-Z separated by dots, at most 35 characters."));
        }

        if (string.IsNullOrWhiteSpace(request.Name))
        {
            problems.Add(AccessChange.Wrong("/name", "required", "Phải có tên.", "A name is required."));
        }

        AccessChange.ThrowIfAny(problems);
        if (await db.Agencies.AnyAsync(a => a.Code == request.Code, cancellation))
        {
            throw HubErrors.EntryExists("agency", request.Code!).ToException();
        }

        var agency = new Agency
        {
            Code = request.Code!,
            Name = request.Name!,
            NameEn = request.NameEn,
            Contact = request.Contact,
            CreatedAt = change.Now,
        };
        db.Agencies.Add(agency);
        await change.CommitAsync("agency.created", context, new { code = agency.Code }, null, cancellation);
        return TypedResults.Created($"{GatewayEndpoints.BasePath}/agencies/{agency.Code}", agency);
    }

    private static async Task<Ok<Agency>> EndAsync(
        string code, EndRequest request, HubDb db, AccessChange change, HttpContext context, CancellationToken cancellation)
    {
        var agency = await FindAsync(db, code, cancellation);
        if (agency.EndedAt is not null)
        {
            throw HubErrors.EntryEnded("agency", code).ToException();
        }

        agency.EndedAt = change.Now;
        await change.CommitAsync("agency.ended", context, new { code, reason = request.Reason }, null, cancellation);
        return TypedResults.Ok(agency);
    }

    private static async Task<Agency> FindAsync(HubDb db, string code, CancellationToken cancellation) =>
        await db.Agencies.FindAsync([code], cancellation) ?? throw HubErrors.EntryNotFound("agency", code).ToException();

    [GeneratedRegex(@"^[0-9A-Z]+(\.[0-9A-Z]+)*$")]
    private static partial Regex CodePattern();
}
