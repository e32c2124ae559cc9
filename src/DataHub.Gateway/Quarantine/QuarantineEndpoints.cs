using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Gateway.OpenApi;
using DataHub.Gateway.Problems;
using DataHub.Storage.Catalogue;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Quarantine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Quarantine;

/// <summary>A page of rejected records in the order they were first met.</summary>
/// <param name="Rejected">All rejected records of the run, those beyond the storage limit included; of a dataset's list null.</param>
internal sealed record QuarantineList(IReadOnlyList<QuarantineView> Value, string? Next, long? Rejected);

/// <summary>Rejected records and why: of one run, and of a dataset; as JSON pages, and whole as CSV for the sector's office.</summary>
internal static class QuarantineEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;
    private static readonly string[] Statuses = ["open", "fixed", "replayed", "discarded", "expired"];

    public static void MapQuarantine(this RouteGroupBuilder api)
    {
        api.MapGet("/runs/{id:long}/quarantine", OfRunAsync).RequireAuthorization("admin").WithTags("quarantine").WithName("listQuarantine")
            .WithSummary("Bản ghi bị từ chối của một lần chạy và lý do / A run's rejected records and why")
            .Produces<QuarantineList>(200, "application/json", "text/csv");
        api.MapGet("/datasets/{dataset}/quarantine", OfDatasetAsync).RequireAuthorization("admin").WithTags("quarantine").WithName("listDatasetQuarantine")
            .WithSummary("Bản ghi đang bị cách ly của một tập dữ liệu / A dataset's quarantined records")
            .Produces<QuarantineList>(200, "application/json", "text/csv");
    }

    private static async Task<IResult> OfRunAsync(
        long id, HubDb db, QuarantineStore store, DatasetBook book, HttpContext context,
        [WholeNumber(1, MaxLimit)] string? limit = null, [WholeNumber(0, long.MaxValue)] string? after = null, string? format = null, string? bom = null)
    {
        var page = QuarantinePage.Read(context, limit, after, DefaultLimit, MaxLimit);
        var run = await db.Runs.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, context.RequestAborted)
            ?? throw HubErrors.RunNotFound(id.ToString(CultureInfo.InvariantCulture)).ToException();
        var name = await db.Datasets.Where(d => d.Id == run.DatasetId).Select(d => d.Name).SingleAsync(context.RequestAborted);
        var contract = (await book.RevisionAsync(run.ContractRevisionId, context.RequestAborted)).Contract;
        var newest = (await book.FindAsync(name, context.RequestAborted)).Newest.Contract;
        var question = new QuarantineQuestion { RunId = id };
        return page.AsCsv
            ? new QuarantineCsv(store, question, [contract, newest], page.Bom)
            : await ListAsync(store, question, [contract, newest], page, context, run.Rejected);
    }

    private static async Task<IResult> OfDatasetAsync(
        string dataset, QuarantineStore store, DatasetBook book, HttpContext context, string? status = null, string? code = null, string? column = null,
        [WholeNumber(1, MaxLimit)] string? limit = null, [WholeNumber(0, long.MaxValue)] string? after = null, string? format = null, string? bom = null)
    {
        var page = QuarantinePage.Read(context, limit, after, DefaultLimit, MaxLimit);
        if (status is not null and not "all" && !Statuses.Contains(status))
        {
            throw HubErrors.RequestInvalid([RequestCodes.StatusUnknown.In("status") with { Allowed = [.. Statuses, "all"] }]).ToException();
        }

        var entry = await book.FindAsync(dataset, context.RequestAborted);
        var contract = entry.Newest.Contract;
        var question = new QuarantineQuestion { DatasetId = entry.Id, Status = status == "all" ? null : status ?? "open", Code = code, Column = column };
        return page.AsCsv
            ? new QuarantineCsv(store, question, [contract], page.Bom)
            : await ListAsync(store, question, [contract], page, context, null);
    }

    private static async Task<Ok<QuarantineList>> ListAsync(
        QuarantineStore store, QuarantineQuestion question, DataContract[] contracts, QuarantinePage page, HttpContext context, long? rejected)
    {
        var entries = await store.ListAsync(question, page.After, page.Limit + 1, context.RequestAborted);
        var language = ProblemWriter.LanguageOf(context.Request);
        var isPersonal = QuarantineView.Personal(contracts);
        var views = entries.Take(page.Limit).Select(e => QuarantineView.From(e, isPersonal, language)).ToList();
        var query = context.Request.Query.Where(q => q.Key != "after").SelectMany(q => q.Value.Select(v => KeyValuePair.Create(q.Key, v)));
        var next = entries.Count > page.Limit
            ? context.Request.Path + QueryString.Create(query).Add("after", views[^1].Id.ToString(CultureInfo.InvariantCulture)) : null;
        return TypedResults.Ok(new QuarantineList(views, next, rejected));
    }
}
