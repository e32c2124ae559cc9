using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using DataHub.Gateway.Access;
using DataHub.Gateway.Problems;
using DataHub.Gateway.Runs;
using DataHub.Storage.Catalogue;
using DataHub.Storage.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataHub.Gateway.Datasets;

/// <summary>Where a dataset's next incremental window begins.</summary>
/// <param name="Column">The watermark's column, or null when the contract names none.</param>
/// <param name="NextFrom">First watermark of the next window; null when it takes everything.</param>
/// <param name="High">Highest watermark met so far.</param>
/// <param name="TakenAt">When the newest published pull looked, by the source's clock.</param>
/// <param name="Run">The run that moved it last, or null.</param>
/// <param name="Seq">The version that it published.</param>
/// <param name="SetBy">Who set it by hand, or null.</param>
/// <param name="BlindSpot">What a window cannot see, in the caller's language.</param>
internal sealed record WatermarkView(
    string? Column, string? NextFrom, string? High, DateTimeOffset? TakenAt, long? Run, int? Seq, string? SetBy, string? BlindSpot);

/// <summary>Where the next window is to begin.</summary>
/// <param name="From">Canonical text of the watermark's column.</param>
internal sealed record NewWatermark(string? From);

/// <summary>GET and PUT /datasets/{dataset}/watermark: shown, and set by an administrator with a ledger entry; runs alone move it otherwise.</summary>
internal static class WatermarkEndpoints
{
    public static void MapWatermark(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/datasets/{dataset}/watermark").RequireAuthorization("admin").WithTags("datasets");
        group.MapGet("", ReadAsync).WithName("getWatermark")
            .WithSummary("Vị trí đã lấy tới đâu trong nguồn / How far the source was read");
        group.MapPut("", SetAsync).WithName("setWatermark")
            .WithSummary("Đặt lại vị trí cho lần lấy kế tiếp / Set where the next window begins");
    }

    private static async Task<Ok<WatermarkView>> ReadAsync(
        string dataset, DatasetBook book, WatermarkStore store, HttpContext context, CancellationToken cancellation) =>
        TypedResults.Ok(await ViewAsync(await book.FindAsync(dataset, cancellation), store, context, cancellation));

    private static async Task<Ok<WatermarkView>> SetAsync(
        string dataset, NewWatermark request, DatasetBook book, WatermarkStore store, HttpContext context, CancellationToken cancellation)
    {
        var entry = await book.FindAsync(dataset, cancellation);
        var column = entry.Newest.Contract.Pull.Watermark ?? throw HubErrors.DatasetHasNoWatermark(dataset).ToException();
        if (!WatermarkText.TryParse(request.From ?? "", column.Type, out var value))
        {
            throw HubErrors.RequestInvalid([RunRequests.NotAWatermark("/from", column)]).ToException();
        }

        var kept = await store.ReadAsync(entry.Id, cancellation);
        var before = kept.Count > 0 ? kept[0].Position.Position : new SourcePosition(default);
        var position = new KeptPosition(before, column.Name, WatermarkText.Format(value, column.Type.Kind));
        await store.SetAsync(entry.Id, position, context.Caller().ClientId, cancellation);
        return TypedResults.Ok(await ViewAsync(entry, store, context, cancellation));
    }

    private static async Task<WatermarkView> ViewAsync(
        DatasetEntry entry, WatermarkStore store, HttpContext context, CancellationToken cancellation)
    {
        var pull = entry.Newest.Contract.Pull;
        var kept = await store.ReadAsync(entry.Id, cancellation);
        var newest = kept.Count > 0 ? kept[0] : null;
        var blind = pull.Mode is PullMode.Full or PullMode.Log ? null : WatermarkPlanner.BlindSpot(pull).In(ProblemWriter.LanguageOf(context.Request));
        return new WatermarkView(pull.Watermark?.Name, WatermarkPlanner.From(pull, [.. kept.Select(k => k.Position)]),
            newest?.Position.Position.High, newest?.Position.Position.Taken, newest?.Run, newest?.Seq, newest?.SetBy, blind);
    }
}
