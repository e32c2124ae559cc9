using DataHub.Core.Errors;
using DataHub.Core.Schedules;
using DataHub.Gateway.Access;
using DataHub.Gateway.Datasets;
using DataHub.Gateway.Problems;
using DataHub.Storage.Catalogue;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Datasets;
using DataHub.Storage.Schedules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataHub.Gateway.Schedules;

/// <summary>A dataset's schedule.</summary>
/// <param name="From">From when the interval is counted.</param>
/// <param name="Mode">Null for what the contract says.</param>
internal sealed record ScheduleView(string Dataset, string? Cron, string? Interval, DateTimeOffset? From, string TimeZone, string? Mode)
{
    public required IReadOnlyList<string> After { get; init; }

    public bool Enabled { get; init; }

    public int LateAfterMinutes { get; init; }

    /// <summary>The next five due times; none where it is not enabled or runs after others only.</summary>
    public required IReadOnlyList<DateTimeOffset> Next { get; init; }

    /// <summary>What became of the newest due time.</summary>
    public ScheduleOutcome? Last { get; init; }

    /// <summary>While it is paused, due times pass without a run.</summary>
    public PauseView? Paused { get; init; }

    public required string UpdatedBy { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>/datasets/{dataset}/schedule: when it is pulled without anybody asking.</summary>
internal static class ScheduleEndpoints
{
    private const int TimesShown = 5;

    public static void MapSchedules(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/datasets/{dataset}/schedule").RequireAuthorization("admin").WithTags("datasets");
        group.MapGet("", GetAsync).WithName("getSchedule").WithSummary("Lịch chạy và năm thời điểm kế tiếp / The schedule and its next five due times");
        group.MapPut("", ReplaceAsync).WithName("replaceSchedule").WithSummary("Đặt lịch chạy / Set the schedule");
        group.MapDelete("", DeleteAsync).WithName("deleteSchedule").WithSummary("Bỏ lịch chạy / Remove the schedule");
    }

    private static async Task<Ok<ScheduleView>> GetAsync(
        string dataset, DatasetBook book, ScheduleStore store, DatasetPauses pauses, TimeProvider time, HttpContext context, CancellationToken cancellation)
    {
        var entry = await book.FindAsync(dataset, cancellation);
        var stored = await store.FindAsync(entry.Id, cancellation) ?? throw HubErrors.ScheduleNotFound(dataset).ToException();
        var pause = PauseView.From(await pauses.FindAsync(entry.Id, cancellation), ProblemWriter.LanguageOf(context.Request));
        return TypedResults.Ok(View(dataset, stored, pause, time.GetUtcNow()));
    }

    private static async Task<Ok<ScheduleView>> ReplaceAsync(
        string dataset, NewSchedule request, DatasetBook book, ScheduleStore store, DatasetPauses pauses, HubDb db, TimeProvider time, HttpContext context,
        CancellationToken cancellation)
    {
        var entry = await book.FindAsync(dataset, cancellation);
        await new NewScheduleValidator(entry, db, store).RequireAsync(request, cancellation);
        await store.ReplaceAsync(entry.Id, dataset, request.ToSchedule(time.GetUtcNow()), context.Caller().ClientId, cancellation);
        return await GetAsync(dataset, book, store, pauses, time, context, cancellation);
    }

    private static async Task<NoContent> DeleteAsync(
        string dataset, DatasetBook book, ScheduleStore store, HttpContext context, CancellationToken cancellation)
    {
        var entry = await book.FindAsync(dataset, cancellation);
        return await store.DeleteAsync(entry.Id, dataset, context.Caller().ClientId, cancellation)
            ? TypedResults.NoContent() : throw HubErrors.ScheduleNotFound(dataset).ToException();
    }

    private static ScheduleView View(string dataset, StoredSchedule stored, PauseView? pause, DateTimeOffset now)
    {
        var schedule = stored.Schedule;
        return new ScheduleView(dataset, schedule.Cron, schedule.Every is { } every ? RunSchedule.WriteInterval(every) : null, schedule.Anchor,
            schedule.TimeZone, schedule.Mode)
        {
            After = schedule.After, Enabled = schedule.Enabled, LateAfterMinutes = schedule.LateAfterMinutes,
            Next = schedule.Enabled && schedule.Clock() is { } clock ? clock.Next(now, TimesShown) : [],
            Last = stored.Last, Paused = pause, UpdatedBy = stored.UpdatedBy, UpdatedAt = stored.UpdatedAt,
        };
    }
}
