using System.Globalization;
using DataHub.Core.Errors;
using DataHub.Gateway.Access;
using DataHub.Gateway.Agencies;
using DataHub.Gateway.Answers;
using DataHub.Gateway.Problems;
using DataHub.Storage.ControlPlane;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Agreements;

/// <summary>Permission of one recipient to read one dataset for one purpose.</summary>
internal sealed record AgreementEntry(long Id, string Recipient, string Dataset, string Purpose, IReadOnlyList<string> Columns,
    IReadOnlyList<string> PersonalColumns, DateTimeOffset From, DateTimeOffset Until)
{
    public required DateTimeOffset? EndedAt { get; init; }

    public required string? EndReason { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public static AgreementEntry Of(Agreement a, string dataset) =>
        new(a.Id, a.RecipientCode, dataset, a.Purpose, a.Columns, a.PersonalColumns, a.From, a.Until)
        {
            EndedAt = a.EndedAt,
            EndReason = a.EndReason,
            CreatedAt = a.CreatedAt,
            CreatedBy = a.CreatedBy,
        };
}

/// <summary>/agreements: which agency may read what, why, until when.</summary>
internal static class AgreementEndpoints
{
    public static void MapAgreements(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/agreements").RequireAuthorization("admin").WithTags("agreements").AnswersJson();
        group.MapGet("", ListAsync).WithName("listAgreements").WithSummary("Danh sách thoả thuận / List agreements");
        group.MapPost("", CreateAsync).WithName("createAgreement").WithSummary("Lập thoả thuận / Create an agreement");
        group.MapGet("/{id:long}", GetAsync).WithName("getAgreement").WithSummary("Một thoả thuận / One agreement");
        group.MapPost("/{id:long}/end", EndAsync).WithName("endAgreement").WithSummary("Chấm dứt / End an agreement");
    }

    private static async Task<Ok<Listing<AgreementEntry>>> ListAsync(HubDb db, CancellationToken cancellation)
    {
        var found = await (
            from a in db.Agreements.AsNoTracking()
            join d in db.Datasets on a.DatasetId equals d.Id
            orderby a.Id
            select new { Agreement = a, d.Name }).ToListAsync(cancellation);
        return TypedResults.Ok(new Listing<AgreementEntry>([.. found.Select(f => AgreementEntry.Of(f.Agreement, f.Name))]));
    }

    private static async Task<Ok<AgreementEntry>> GetAsync(long id, HubDb db, CancellationToken cancellation)
    {
        var agreement = await FindAsync(db, id, cancellation);
        return TypedResults.Ok(AgreementEntry.Of(agreement, await DatasetOfAsync(db, agreement, cancellation)));
    }

    private static async Task<Created<AgreementEntry>> CreateAsync(NewAgreement request, IValidator<NewAgreement> validator,
        DatasetColumns datasets, HubDb db, AccessChange change, HttpContext context, CancellationToken cancellation)
    {
        await validator.RequireAsync(request, cancellation);
        var all = await datasets.FindAsync(request.Dataset, cancellation) ?? [];
        string[] columns = [.. all.Where(c => request.Columns?.Contains(c.Name) ?? !c.Personal).Select(c => c.Name)];
        UtcTimeConverter.TryRead(request.From, out var from);
        UtcTimeConverter.TryRead(request.Until, out var until);
        var agreement = new Agreement
        {
            RecipientCode = request.Recipient!,
            DatasetId = await db.Datasets.Where(d => d.Name == request.Dataset).Select(d => d.Id).SingleAsync(cancellation),
            Purpose = request.Purpose!.Trim(),
            Columns = columns,
            PersonalColumns = [.. all.Where(c => c.Personal && columns.Contains(c.Name)).Select(c => c.Name)],
            From = from,
            Until = until,
            CreatedAt = change.Now,
            CreatedBy = context.Caller().ClientId,
        };
        db.Agreements.Add(agreement);
        await change.CommitAsync("agreement.created", context, () => new { id = agreement.Id, request }, null, cancellation);
        return TypedResults.Created(
            $"{GatewayEndpoints.BasePath}/agreements/{agreement.Id}", AgreementEntry.Of(agreement, request.Dataset!));
    }

    private static async Task<Ok<AgreementEntry>> EndAsync(long id, EndRequest request, IValidator<EndRequest> validator,
        HubDb db, AccessChange change, HttpContext context, CancellationToken cancellation)
    {
        await validator.RequireAsync(request, cancellation);
        var agreement = await FindAsync(db, id, cancellation);
        if (agreement.EndedAt is not null)
        {
            throw HubErrors.EntryEnded("agreement", Text(id)).ToException();
        }

        (agreement.EndedAt, agreement.EndReason) = (change.Now, request.Reason);
        await change.CommitAsync("agreement.ended", context, () => new { id, reason = request.Reason }, null, cancellation);
        return TypedResults.Ok(AgreementEntry.Of(agreement, await DatasetOfAsync(db, agreement, cancellation)));
    }

    private static async Task<Agreement> FindAsync(HubDb db, long id, CancellationToken cancellation) =>
        await db.Agreements.FindAsync([id], cancellation) ?? throw HubErrors.EntryNotFound("agreement", Text(id)).ToException();

    private static Task<string> DatasetOfAsync(HubDb db, Agreement agreement, CancellationToken cancellation) =>
        db.Datasets.Where(d => d.Id == agreement.DatasetId).Select(d => d.Name).SingleAsync(cancellation);

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
