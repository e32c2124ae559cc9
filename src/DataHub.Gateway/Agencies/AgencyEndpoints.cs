using DataHub.Core.Errors;
using DataHub.Gateway.Access;
using DataHub.Gateway.Answers;
using DataHub.Gateway.Problems;
using DataHub.Storage.ControlPlane;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Agencies;

/// <summary>An organisation that provides or receives data.</summary>
internal sealed record AgencyEntry(string Code, string Name, string? NameEn, string? Contact,
    DateTimeOffset CreatedAt, DateTimeOffset? EndedAt)
{
    public static AgencyEntry Of(Agency a) => new(a.Code, a.Name, a.NameEn, a.Contact, a.CreatedAt, a.EndedAt);
}

/// <summary>/agencies: who provides and receives data.</summary>
internal static class AgencyEndpoints
{
    public static void MapAgencies(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/agencies").RequireAuthorization("admin").WithTags("agencies").AnswersJson();
        group.MapGet("", ListAsync).WithName("listAgencies").WithSummary("Danh sách cơ quan / List agencies");
        group.MapPost("", CreateAsync).WithName("createAgency").WithSummary("Thêm cơ quan / Create an agency");
        group.MapGet("/{code}", GetAsync).WithName("getAgency").WithSummary("Một cơ quan / One agency");
        group.MapPost("/{code}/end", EndAsync).WithName("endAgency")
            .WithSummary("Chấm dứt cơ quan cùng mọi quyền của nó / End an agency and all its access");
    }

    private static async Task<Ok<Listing<AgencyEntry>>> ListAsync(HubDb db, CancellationToken cancellation)
    {
        var agencies = await db.Agencies.AsNoTracking().OrderBy(a => a.Code).ToListAsync(cancellation);
        return TypedResults.Ok(new Listing<AgencyEntry>([.. agencies.Select(AgencyEntry.Of)]));
    }

    private static async Task<Ok<AgencyEntry>> GetAsync(string code, HubDb db, CancellationToken cancellation) =>
        TypedResults.Ok(AgencyEntry.Of(await FindAsync(db, code, cancellation)));

    private static async Task<Created<AgencyEntry>> CreateAsync(NewAgency request, IValidator<NewAgency> validator,
        HubDb db, AccessChange change, HttpContext context, CancellationToken cancellation)
    {
        await validator.RequireAsync(request, cancellation);
        if (await db.Agencies.AnyAsync(a => a.Code == request.Code, cancellation))
        {
            throw HubErrors.EntryExists("agency", request.Code!).ToException();
        }

        var agency = new Agency
        {
            Code = request.Code!,
            Name = request.Name!.Trim(),
            NameEn = request.NameEn,
            Contact = request.Contact,
            CreatedAt = change.Now,
        };
        db.Agencies.Add(agency);
        await change.CommitAsync("agency.created", context, () => new { code = agency.Code }, null, cancellation);
        return TypedResults.Created($"{GatewayEndpoints.BasePath}/agencies/{agency.Code}", AgencyEntry.Of(agency));
    }

    private static async Task<Ok<AgencyEntry>> EndAsync(string code, EndRequest request, IValidator<EndRequest> validator,
        HubDb db, AccessChange change, HttpContext context, CancellationToken cancellation)
    {
        await validator.RequireAsync(request, cancellation);
        var agency = await FindAsync(db, code, cancellation);
        if (agency.EndedAt is not null)
        {
            throw HubErrors.EntryEnded("agency", code).ToException();
        }

        agency.EndedAt = change.Now;
        await change.CommitAsync("agency.ended", context, () => new { code, reason = request.Reason }, null, cancellation);
        return TypedResults.Ok(AgencyEntry.Of(agency));
    }

    private static async Task<Agency> FindAsync(HubDb db, string code, CancellationToken cancellation) =>
        await db.Agencies.FindAsync([code], cancellation) ?? throw HubErrors.EntryNotFound("agency", code).ToException();
}
