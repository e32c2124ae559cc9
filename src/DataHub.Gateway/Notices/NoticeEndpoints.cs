using System.Globalization;
using DataHub.Core.Errors;
using DataHub.Gateway.Access;
using DataHub.Gateway.OpenApi;
using DataHub.Gateway.Problems;
using DataHub.Storage.Notices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataHub.Gateway.Notices;

/// <summary>Something that a person should look at, in the caller's language.</summary>
/// <param name="Kind">run_failed, run_held, run_late, schedule_missed or dataset_paused.</param>
/// <param name="Code">What happened, for programs.</param>
internal sealed record NoticeView(
    long Id, DateTimeOffset At, string Kind, string Dataset, long? Run, string Code, string Message, string? AcknowledgedBy, DateTimeOffset? AcknowledgedAt);

/// <summary>A page of notices, newest first.</summary>
internal sealed record NoticeList(IReadOnlyList<NoticeView> Value, string? Next);

/// <summary>/notices: failed, held and late runs, missed due times and pauses, until somebody has seen them.</summary>
internal static class NoticeEndpoints
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 500;

    public static void MapNotices(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/notices").RequireAuthorization("admin").WithTags("runs");
        group.MapGet("", ListAsync).WithName("listNotices").WithSummary("Việc cần xem, mới nhất trước / What needs a look, newest first");
        group.MapPost("/{id:long}/acknowledge", AcknowledgeAsync).WithName("acknowledgeNotice").WithSummary("Đã xem / Acknowledge");
    }

    private static async Task<Ok<NoticeList>> ListAsync(
        NoticeStore store, HttpContext context, CancellationToken cancellation, string? kind = null, string? dataset = null, string? acknowledged = null,
        [WholeNumber(1, MaxLimit)] string? limit = null, [WholeNumber(0, long.MaxValue)] string? before = null)
    {
        var size = WholeNumbers.ReadLimit(limit, DefaultLimit, MaxLimit);
        var below = WholeNumbers.Read(before, "before", long.MaxValue);
        Check(kind, acknowledged);
        var seen = acknowledged is null ? (bool?)null : acknowledged == "true";
        var found = await store.ListAsync(new NoticeQuestion(kind, dataset, seen, below, size + 1), cancellation);
        var language = ProblemWriter.LanguageOf(context.Request);
        var page = found.Take(size).Select(n => View(n, language)).ToList();
        return TypedResults.Ok(new NoticeList(page, found.Count > size ? Next(context, page[^1].Id) : null));
    }

    private static async Task<Ok<NoticeView>> AcknowledgeAsync(long id, NoticeStore store, HttpContext context, CancellationToken cancellation) =>
        await store.AcknowledgeAsync(id, context.Caller().ClientId, cancellation) is { } notice
            ? TypedResults.Ok(View(notice, ProblemWriter.LanguageOf(context.Request)))
            : throw HubErrors.NoticeNotFound(id).ToException();

    private static void Check(string? kind, string? acknowledged)
    {
        var problems = new List<ErrorDetail>();
        if (kind is not null && !NoticeStore.Kinds.Contains(kind))
        {
            problems.Add(RequestCodes.NoticeKindUnknown.In("kind") with { Allowed = NoticeStore.Kinds });
        }

        if (acknowledged is not (null or "true" or "false"))
        {
            problems.Add(RequestCodes.FlagInvalid.In("acknowledged") with { Allowed = ["true", "false"] });
        }

        if (problems.Count > 0)
        {
            throw HubErrors.RequestInvalid(problems).ToException();
        }
    }

    // What was asked, with another place in the list.
    private static string Next(HttpContext context, long before)
    {
        var question = context.Request.Query.Where(q => q.Key != "before").SelectMany(q => q.Value, (q, v) => KeyValuePair.Create(q.Key, v))
            .Append(KeyValuePair.Create("before", (string?)before.ToString(CultureInfo.InvariantCulture)));
        return $"{GatewayEndpoints.BasePath}/notices{QueryString.Create(question)}";
    }

    private static NoticeView View(Notice n, string language) =>
        new(n.Id, n.At, n.Kind, n.Dataset, n.Run, n.Code, n.Message.In(language), n.AcknowledgedBy, n.AcknowledgedAt);
}
