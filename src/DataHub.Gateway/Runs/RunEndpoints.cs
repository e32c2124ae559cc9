using DataHub.Core.Errors;
using DataHub.Gateway.Access;
using DataHub.Gateway.OpenApi;
using DataHub.Gateway.Problems;
using DataHub.Ingestion.Pipeline;
using DataHub.Storage.Catalogue;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DataHub.Gateway.Runs;

/// <summary>A page of runs, newest first.</summary>
internal sealed record RunList(IReadOnlyList<RunView> Value, string? Next = null);

/// <summary>Watch runs, cancel them, decide held ones.</summary>
internal static class RunEndpoints
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 500;

    public static void MapRuns(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/runs").RequireAuthorization("admin").WithTags("runs");
        group.MapGet("", ListAsync).WithName("listRuns").WithSummary("Các lần chạy, mới nhất trước / Runs, newest first");
        group.MapGet("/{id:long}", GetAsync).WithName("getRun").WithSummary("Một lần chạy / One run");
        group.MapPost("/{id:long}/cancel", CancelAsync).WithName("cancelRun").WithSummary("Hủy / Cancel");
        group.MapPost("/{id:long}/approve", ApproveAsync).WithName("approveRun").WithSummary("Duyệt công bố / Approve and publish");
        group.MapPost("/{id:long}/discard", DiscardAsync).WithName("discardRun").WithSummary("Bỏ kết quả bị giữ / Discard the held result");
    }

    /// <summary>A run with its dataset's name and the version it published.</summary>
    public static async Task<RunView> ReadAsync(HubDb db, long id, HttpContext context, CancellationToken cancellation)
    {
        var row = await Rows(db, db.Runs.AsNoTracking().Where(r => r.Id == id)).FirstOrDefaultAsync(cancellation)
            ?? throw HubErrors.RunNotFound(id.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToException();
        return (await ViewAsync([row], context, cancellation))[0];
    }

    private static async Task<Ok<RunList>> ListAsync(
        HubDb db, HttpContext context, CancellationToken cancellation, string? dataset = null, string? state = null,
        [WholeNumber(1, MaxLimit)] string? limit = null, [WholeNumber(0, long.MaxValue)] string? before = null)
    {
        var size = WholeNumbers.ReadLimit(limit, DefaultLimit, MaxLimit);
        var below = WholeNumbers.Read(before, "before", long.MaxValue);
        // The number first: by name the plan might walk all runs in search of one dataset's.
        int? number = dataset is null
            ? null : await db.Datasets.Where(d => d.Name == dataset).Select(d => (int?)d.Id).FirstOrDefaultAsync(cancellation) ?? 0;
        var matching = db.Runs.AsNoTracking().Where(r =>
            (state == null || r.State == state) && (below == null || r.Id < below) && (number == null || r.DatasetId == number));
        var rows = await Rows(db, matching.OrderByDescending(r => r.Id).Take(size + 1)).ToListAsync(cancellation);
        var page = await ViewAsync([.. rows.OrderByDescending(r => r.Run.Id).Take(size)], context, cancellation);
        var next = rows.Count > size ? Next(context.Request, page[^1].Id) : null;
        return TypedResults.Ok(new RunList(page, next));
    }

    private static string Next(HttpRequest request, long before) => QueryHelpers.AddQueryString(GatewayEndpoints.BasePath + "/runs",
        request.Query.Where(q => q.Key != "before").Append(new("before", $"{before}")));

    private static async Task<Ok<RunView>> GetAsync(long id, HubDb db, HttpContext context, CancellationToken cancellation) =>
        TypedResults.Ok(await ReadAsync(db, id, context, cancellation));

    private static async Task<Ok<RunView>> CancelAsync(long id, HubDb db, HttpContext context, CancellationToken cancellation)
    {
        // A queued run ends here; a running one is asked, and its worker sees it within seconds.
        var changed = await db.Database.ExecuteSqlAsync($"""
            UPDATE hub.runs SET cancel_requested = true,
                state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END,
                finished_at = CASE WHEN state = 'queued' THEN now() END
            WHERE id = {id} AND state IN ('queued', 'running')
            """, cancellation);
        var run = await ReadAsync(db, id, context, cancellation);
        return changed == 1 ? TypedResults.Ok(run) : throw HubErrors.RunEnded(id, run.State).ToException();
    }

    private static async Task<Ok<RunView>> ApproveAsync(
        long id, HeldRuns held, DatasetBook book, HubDb db, HttpContext context, CancellationToken cancellation)
    {
        await held.ApproveAsync(id, context.Caller().ClientId, cancellation);
        var run = await ReadAsync(db, id, context, cancellation);
        book.Forget(await book.FindAsync(run.Dataset, cancellation));
        return TypedResults.Ok(run);
    }

    private static async Task<Ok<RunView>> DiscardAsync(long id, HeldRuns held, HubDb db, HttpContext context, CancellationToken cancellation)
    {
        await held.DiscardAsync(id, context.Caller().ClientId, cancellation);
        return TypedResults.Ok(await ReadAsync(db, id, context, cancellation));
    }

    private static async Task<IReadOnlyList<RunView>> ViewAsync(IReadOnlyList<RunRow> rows, HttpContext context, CancellationToken cancellation)
    {
        var queued = rows.Where(r => r.Run.State == "queued").Select(r => r.Run.Id).ToList();
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var waits = await context.RequestServices.GetRequiredService<RunWaits>().FindAsync(queued, cancellation);
        var language = ProblemWriter.LanguageOf(context.Request);
        return
        [
            .. rows.Select(r => RunView.From(r.Run, r.Dataset, r.Version, language) with
            {
                Waiting = RunWaitView.From(waits.GetValueOrDefault(r.Run.Id), language),
                Proposal = RunProposals.View(r.Run, r.Basis),
                Late = (r.Run.StartedAt ?? now) > r.Run.LateAt,
            }),
        ];
    }

    private static IQueryable<RunRow> Rows(HubDb db, IQueryable<Run> runs) => runs.Select(r => new RunRow
    {
        Run = r,
        Dataset = db.Datasets.Where(d => d.Id == r.DatasetId).Select(d => d.Name).First(),
        Basis = r.Proposal == null ? null : db.ContractRevisions.Where(c => c.Id == r.ContractRevisionId).Select(c => c.Document).First(),
        Version = db.Versions.FirstOrDefault(v => v.DatasetId == r.DatasetId && v.Seq == r.VersionSeq),
    });

    private sealed class RunRow
    {
        public required Run Run { get; init; }

        public required string Dataset { get; init; }

        /// <summary>Contract document of its revision, where the run proposes another.</summary>
        public string? Basis { get; init; }

        public DatasetVersion? Version { get; init; }
    }
}
