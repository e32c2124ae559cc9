using DataHub.Core.Errors;
using DataHub.Gateway.Access;
using DataHub.Storage.Catalogue;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Datasets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace DataHub.Gateway.Runs;

/// <summary>What to pull.</summary>
/// <param name="Mode">full, incremental, reconcile or backfill; by default what the contract's hub.mode says.</param>
/// <param name="From">Backfill: first watermark, in the watermark column's canonical text.</param>
/// <param name="To">Backfill: first watermark behind it.</param>
/// <param name="ExpectRemoved">Removals that are known to come, which the brake lets pass in this run.</param>
/// <param name="AcceptSource">True when the source is rightly another one (restored, moved) than at the last publication.</param>
internal sealed record NewRun(
    string? Mode = null, string? From = null, string? To = null, long? ExpectRemoved = null, bool AcceptSource = false);

/// <summary>POST /datasets/{dataset}/runs: queues a run; a dataset has one open run at a time.</summary>
internal static class StartRun
{
    private const int LongestIdempotencyKey = 200;

    public static void MapStartRun(this RouteGroupBuilder api) =>
        api.MapPost("/datasets/{dataset}/runs", StartAsync).RequireAuthorization("admin").WithTags("runs").WithName("startRun")
            .WithSummary("Bắt đầu một lần chạy / Start a run");

    private static async Task<Accepted<RunView>> StartAsync(
        string dataset, NewRun request, DatasetBook book, DatasetPauses pauses, HubDb db, TimeProvider time, HttpContext context,
        CancellationToken cancellation)
    {
        var entry = await book.FindAsync(dataset, cancellation);
        var contract = (await NewestAsync(entry, db, book, cancellation)).Contract;
        var (mode, from, to) = RunRequests.Read(request, contract);
        var key = IdempotencyKey(context);
        if (key is not null && await FindAsync(db, entry.Id, key, cancellation) is { } known)
        {
            return await AnswerAsync(db, known, context, cancellation);
        }

        if (await pauses.FindAsync(entry.Id, cancellation) is { } pause)
        {
            // Saying that the other source is right is the decision that this pause waits for.
            if (!request.AcceptSource || pause.Code != HubErrors.SourceIdentityChangedCode)
            {
                throw HubErrors.DatasetPaused(dataset, pause.Reason).ToException();
            }

            await pauses.ResumeAsync(entry.Id, context.Caller().ClientId, cancellation);
        }

        var run = new Run
        {
            DatasetId = entry.Id, Mode = mode, WindowFrom = from, WindowTo = to, ExpectRemoved = request.ExpectRemoved,
            AcceptSource = request.AcceptSource, State = "queued", RequestedBy = context.Caller().ClientId, RequestedAt = time.GetUtcNow(),
            IdempotencyKey = key,
            ContractRevisionId = await db.Datasets.Where(d => d.Id == entry.Id).Select(d => d.ContractRevisionId).SingleAsync(cancellation),
        };
        db.Add(run);
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.ChangeTracker.Clear();
            if (key is not null && await FindAsync(db, entry.Id, key, cancellation) is { } winner)
            {
                return await AnswerAsync(db, winner, context, cancellation);
            }

            var open = await db.Runs.Where(r => r.DatasetId == entry.Id && (r.State == "queued" || r.State == "running"))
                .Select(r => r.Id).FirstOrDefaultAsync(cancellation);
            throw HubErrors.RunInProgress(dataset, open).ToException(e);
        }

        return await AnswerAsync(db, run.Id, context, cancellation);
    }

    // From the table, not from memory: a revision of a moment ago decides which modes there are.
    private static async Task<RevisionEntry> NewestAsync(DatasetEntry entry, HubDb db, DatasetBook book, CancellationToken cancellation) =>
        await book.RevisionAsync(
            await db.Datasets.Where(d => d.Id == entry.Id).Select(d => d.ContractRevisionId).SingleAsync(cancellation), cancellation);

    private static string? IdempotencyKey(HttpContext context)
    {
        var key = context.Request.Headers["Idempotency-Key"].ToString();
        return key.Length switch
        {
            0 => null,
            <= LongestIdempotencyKey => key,
            _ => throw HubErrors.RequestInvalid(
            [
                new ErrorDetail("too_long", new($"Idempotency-Key dài tối đa {LongestIdempotencyKey} ký tự.",
                    $"An Idempotency-Key has at most {LongestIdempotencyKey} characters.")) { Parameter = "Idempotency-Key" },
            ]).ToException(),
        };
    }

    private static Task<long?> FindAsync(HubDb db, int dataset, string key, CancellationToken cancellation) =>
        db.Runs.Where(r => r.DatasetId == dataset && r.IdempotencyKey == key).Select(r => (long?)r.Id).FirstOrDefaultAsync(cancellation);

    private static async Task<Accepted<RunView>> AnswerAsync(HubDb db, long id, HttpContext context, CancellationToken cancellation) =>
        TypedResults.Accepted($"{GatewayEndpoints.BasePath}/runs/{id}", await RunEndpoints.ReadAsync(db, id, context, cancellation));
}
