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
/// <param name="Mode">Only <c>full</c> so far.</param>
internal sealed record NewRun(string Mode = "full");

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
        if (request.Mode != "full")
        {
            throw HubErrors.RunModeUnsupported(request.Mode).ToException();
        }

        var entry = await book.FindAsync(dataset, cancellation);
        var key = IdempotencyKey(context);
        if (key is not null && await FindAsync(db, entry.Id, key, cancellation) is { } known)
        {
            return await AnswerAsync(db, known, context, cancellation);
        }

        if (await pauses.FindAsync(entry.Id, cancellation) is { } pause)
        {
            throw HubErrors.DatasetPaused(dataset, pause.Reason).ToException();
        }

        var run = new Run
        {
            DatasetId = entry.Id, Mode = request.Mode, State = "queued", RequestedBy = context.Caller().ClientId, RequestedAt = time.GetUtcNow(),
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
