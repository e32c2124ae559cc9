using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Gateway.Access;
using DataHub.Gateway.Agencies;
using DataHub.Storage.ControlPlane;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Agreements;

/// <summary>Columns left out: all that are not personal.</summary>
internal sealed record NewAgreement(string? Recipient = null, string? Dataset = null, string? Purpose = null,
    IReadOnlyList<string>? Columns = null, string? From = null, string? Until = null);

/// <summary>/agreements: which agency may read what, why, until when; and /me, a client's own.</summary>
internal static class AgreementEndpoints
{
    public static void MapAgreements(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/agreements").RequireAuthorization("admin").WithTags("agreements");
        group.MapGet("", ListAsync).WithName("listAgreements").WithSummary("Danh sách thoả thuận / List agreements");
        group.MapPost("", CreateAsync).WithName("createAgreement").WithSummary("Lập thoả thuận / Create an agreement");
        group.MapPost("/{id:long}/end", EndAsync).WithName("endAgreement").WithSummary("Chấm dứt / End an agreement");
        api.MapGet("/me", MeAsync).RequireAuthorization().WithTags("me").WithName("me")
            .WithSummary("Quyền của ứng dụng / The client's own access");
    }

    private static async Task<Ok<List<Agreement>>> ListAsync(HubDb db, CancellationToken cancellation) =>
        TypedResults.Ok(await db.Agreements.AsNoTracking().OrderBy(a => a.Id).ToListAsync(cancellation));

    private static async Task<Created<Agreement>> CreateAsync(
        NewAgreement request, HubDb db, AccessChange change, HttpContext context, CancellationToken cancellation)
    {
        var problems = new List<ErrorDetail>();
        if (!await db.Agencies.AnyAsync(a => a.Code == request.Recipient && a.EndedAt == null, cancellation))
        {
            problems.Add(AccessChange.Wrong("/recipient", "agency_unknown", "Không có cơ quan này.", "No such agency."));
        }

        if (string.IsNullOrWhiteSpace(request.Purpose))
        {
            problems.Add(AccessChange.Wrong("/purpose", "required", "Phải có đúng một mục đích.", "One purpose is required."));
        }

        var from = Time(request.From, "/from", problems);
        var until = Time(request.Until, "/until", problems);
        if (from is not null && until is not null && from >= until)
        {
            problems.Add(AccessChange.Wrong("/until", "until_before_from", "until phải sau from.", "until must be after from."));
        }

        var dataset = await db.Datasets.AsNoTracking().SingleOrDefaultAsync(d => d.Name == request.Dataset, cancellation);
        var columns = dataset is null ? [] : await ColumnsAsync(db, dataset, request, problems, cancellation);
        if (dataset is null)
        {
            var clause = DidYouMean.Clause(
                request.Dataset ?? "", await db.Datasets.Select(d => d.Name).ToListAsync(cancellation));
            problems.Add(AccessChange.Wrong("/dataset", "dataset_unknown",
                $"Không có bộ dữ liệu này{clause.Vi}", $"No such dataset{clause.En}"));
        }

        AccessChange.ThrowIfAny(problems);
        var agreement = new Agreement
        {
            RecipientCode = request.Recipient!,
            DatasetId = dataset!.Id,
            Purpose = request.Purpose!.Trim(),
            Columns = columns,
            From = from!.Value,
            Until = until!.Value,
            CreatedAt = change.Now,
            CreatedBy = context.Caller().ClientId,
        };
        db.Agreements.Add(agreement);
        await change.CommitAsync("agreement.created", context, request, null, cancellation);
        return TypedResults.Created($"{GatewayEndpoints.BasePath}/agreements/{agreement.Id}", agreement);
    }

    private static async Task<string[]> ColumnsAsync(HubDb db, Dataset dataset, NewAgreement request,
        List<ErrorDetail> problems, CancellationToken cancellation)
    {
        var document = await db.ContractRevisions.Where(r => r.Id == dataset.ContractRevisionId)
            .Select(r => r.Document).SingleAsync(cancellation);
        var all = ContractReader.Read(document, ContractFormat.Json).Contract?.Columns ?? [];
        if (request.Columns is null)
        {
            return [.. all.Where(c => !c.Personal).Select(c => c.Name)];
        }

        string[] names = [.. all.Select(c => c.Name)];
        for (var i = 0; i < request.Columns.Count; i++)
        {
            if (!names.Contains(request.Columns[i]))
            {
                var clause = DidYouMean.Clause(request.Columns[i], names);
                problems.Add(AccessChange.Wrong($"/columns/{i}", "column_unknown",
                    $"Không có cột này{clause.Vi}", $"No such column{clause.En}", names));
            }
        }

        return [.. request.Columns.Distinct()];
    }

    private static async Task<Ok<Agreement>> EndAsync(long id, EndRequest request, HubDb db, AccessChange change,
        HttpContext context, CancellationToken cancellation)
    {
        var name = id.ToString(CultureInfo.InvariantCulture);
        var agreement = await db.Agreements.FindAsync([id], cancellation)
            ?? throw HubErrors.EntryNotFound("agreement", name).ToException();
        if (agreement.EndedAt is not null)
        {
            throw HubErrors.EntryEnded("agreement", name).ToException();
        }

        (agreement.EndedAt, agreement.EndReason) = (change.Now, request.Reason);
        await change.CommitAsync("agreement.ended", context, new { id, reason = request.Reason }, null, cancellation);
        return TypedResults.Ok(agreement);
    }

    private static async Task<IResult> MeAsync(HubDb db, AccessBook book, HttpContext context, CancellationToken cancellation)
    {
        var caller = context.Caller();
        var grants = caller.AgencyCode is null ? [] : book.InForceFor(caller.AgencyCode);
        var ids = grants.Select(g => g.DatasetId).ToArray();
        var names = await db.Datasets.Where(d => ids.Contains(d.Id)).ToDictionaryAsync(d => d.Id, d => d.Name, cancellation);
        return TypedResults.Ok(new
        {
            caller.ClientId,
            Agency = caller.AgencyCode,
            caller.Scopes,
            Agreements = grants.Select(g => new { g.Id, Dataset = names[g.DatasetId], g.Purpose, g.Columns, g.From, g.Until }),
        });
    }

    private static DateTimeOffset? Time(string? text, string pointer, List<ErrorDetail> problems)
    {
        if (text?.EndsWith('Z') == true && DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return time;
        }

        problems.Add(AccessChange.Wrong(pointer, "time_invalid",
            "Thời điểm ISO 8601 UTC kết thúc bằng Z.", "An ISO 8601 UTC time that ends in Z."));
        return null;
    }
}
