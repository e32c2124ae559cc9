using System.Globalization;
using DataHub.Core.Errors;
using DataHub.Gateway.Access;
using DataHub.Gateway.OpenApi;
using DataHub.Gateway.Problems;
using DataHub.Gateway.Runs;
using DataHub.Storage.Catalogue;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Datasets;
using DataHub.Storage.Quarantine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Quarantine;

/// <summary>Entries that are left as they are, and why.</summary>
internal sealed record NewDiscard(IReadOnlyList<long> Ids, string Reason);

/// <summary>Entries that were discarded.</summary>
internal sealed record DiscardView(IReadOnlyList<long> Discarded);

/// <summary>What became of one entry of a replay.</summary>
/// <param name="Entry">Its number.</param>
/// <param name="Outcome">
/// accepted; rejected (it still breaks rules, and stays open); newer_image (a later pull published its key anew or removed it); incomplete (its record was too long to keep whole, and the
/// columns cut were not patched); already_replayed; not_open; null while the run is under way.
/// </param>
/// <param name="Patched">Columns that the replay corrected.</param>
internal sealed record ReplayOutcomeView(long Entry, string? Outcome, IReadOnlyList<string> Patched, IReadOnlyList<ViolationView> Violations);

/// <summary>A page of outcomes by number of the entry.</summary>
internal sealed record ReplayOutcomeList(IReadOnlyList<ReplayOutcomeView> Value, string? Next);

/// <summary>Decisions on quarantined records: replay them, with or without a correction, or leave them.</summary>
internal static class QuarantineDecisions
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;
    private const int LongestReason = 500;

    public static void MapQuarantineDecisions(this RouteGroupBuilder api)
    {
        api.MapPost("/datasets/{dataset}/quarantine/replay", ReplayAsync).RequireAuthorization("admin").WithTags("quarantine").WithName("replayQuarantine")
            .WithSummary("Phát lại bản ghi bị cách ly / Replay quarantined records");
        api.MapPost("/datasets/{dataset}/quarantine/discard", DiscardAsync).RequireAuthorization("admin").WithTags("quarantine").WithName("discardQuarantine")
            .WithSummary("Bỏ qua bản ghi bị cách ly, kèm lý do / Discard quarantined records, with a reason");
        api.MapGet("/runs/{id:long}/replay", OutcomesAsync).RequireAuthorization("admin").WithTags("quarantine").WithName("listReplay")
            .WithSummary("Kết quả phát lại của từng mục / What became of each entry of a replay");
    }

    private static async Task<Accepted<RunView>> ReplayAsync(
        string dataset, NewReplay request, QuarantineStore store, ReplayItems items, DatasetPauses pauses, DatasetBook book, HubDb db, HttpContext context)
    {
        var cancellation = context.RequestAborted;
        var entry = await book.FindAsync(dataset, cancellation);
        var revision = await db.Datasets.Where(d => d.Id == entry.Id).Select(d => d.ContractRevisionId).SingleAsync(cancellation);
        var contract = (await book.RevisionAsync(revision, cancellation)).Contract;
        if (contract.Key.Count == 0)
        {
            throw HubErrors.ReplayNeedsKey(dataset).ToException();
        }

        var (entries, patches) = await new ReplayRequests(store, contract, entry.Id).ReadAsync(request, cancellation);
        if (await pauses.FindAsync(entry.Id, cancellation) is { } pause)
        {
            throw HubErrors.DatasetPaused(dataset, pause.Reason).ToException();
        }

        var run = await items.StartAsync((entry.Id, dataset), context.Caller().ClientId, entries, patches, cancellation);
        return TypedResults.Accepted($"{GatewayEndpoints.BasePath}/runs/{run}", await RunEndpoints.ReadAsync(db, run, context, cancellation));
    }

    private static async Task<Ok<DiscardView>> DiscardAsync(
        string dataset, NewDiscard request, QuarantineStore store, DatasetBook book, HttpContext context)
    {
        var entry = await book.FindAsync(dataset, context.RequestAborted);
        var problems = new List<ErrorDetail>();
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            problems.Add(RequestCodes.Required.At("/reason"));
        }
        else if (request.Reason.Length > LongestReason)
        {
            problems.Add(RequestCodes.TextTooLong.At("/reason", LongestReason));
        }

        if (request.Ids is not { Count: > 0 and <= ReplayRequests.Most })
        {
            problems.Add(request.Ids is null or { Count: 0 } ? RequestCodes.Required.At("/ids") : RequestCodes.EntriesTooMany.At("/ids", ReplayRequests.Most));
        }
        else
        {
            foreach (var part in request.Ids.Index().Chunk(500))
            {
                var known = await store.FindAsync(entry.Id, [.. part.Select(p => p.Item)], context.RequestAborted);
                problems.AddRange(part.Where(p => !known.ContainsKey(p.Item)).Select(p => RequestCodes.EntryUnknown.At($"/ids/{p.Index}", p.Item)));
                problems.AddRange(part.Where(p => known.GetValueOrDefault(p.Item)?.Status is "fixed" or "replayed")
                    .Select(p => RequestCodes.EntryNotOpen.At($"/ids/{p.Index}", p.Item, known[p.Item].Status)));
            }
        }

        return problems.Count == 0
            ? TypedResults.Ok(new DiscardView(await store.DiscardAsync(
                entry.Id, request.Ids!, context.Caller().ClientId, request.Reason, context.RequestAborted)))
            : throw HubErrors.RequestInvalid(problems).ToException();
    }

    private static async Task<Ok<ReplayOutcomeList>> OutcomesAsync(
        long id, ReplayItems items, HubDb db, HttpContext context,
        [WholeNumber(1, MaxLimit)] string? limit = null, [WholeNumber(0, long.MaxValue)] string? after = null)
    {
        var size = WholeNumbers.ReadLimit(limit, DefaultLimit, MaxLimit);
        var above = WholeNumbers.Read(after, "after", long.MaxValue) ?? 0;
        var mode = await db.Runs.Where(r => r.Id == id).Select(r => r.Mode).FirstOrDefaultAsync(context.RequestAborted)
            ?? throw HubErrors.RunNotFound(id.ToString(CultureInfo.InvariantCulture)).ToException();
        if (mode != ReplayItems.Mode)
        {
            throw HubErrors.NotAReplay(id, mode).ToException();
        }

        var language = ProblemWriter.LanguageOf(context.Request);
        var outcomes = await items.OutcomesAsync(id, above, size + 1, context.RequestAborted);
        var page = outcomes.Take(size).Select(o => new ReplayOutcomeView(o.EntryId, o.Outcome, o.Patched,
            o.Violations is { } json ? QuarantineView.ReadViolations(json, language) : [])).ToList();
        var next = outcomes.Count > size ? $"{GatewayEndpoints.BasePath}/runs/{id}/replay?limit={size}&after={page[^1].Entry}" : null;
        return TypedResults.Ok(new ReplayOutcomeList(page, next));
    }
}
