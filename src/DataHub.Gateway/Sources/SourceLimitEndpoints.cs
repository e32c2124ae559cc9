using DataHub.Core.Errors;
using DataHub.Core.Schedules;
using DataHub.Core.Sources;
using DataHub.Gateway.Access;
using DataHub.Gateway.Problems;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Sources;

/// <summary>A window as it was set.</summary>
internal sealed record BlackoutView(IReadOnlyList<string> Days, string From, string Until, string TimeZone);

/// <summary>Limits of a source in force.</summary>
/// <param name="BlackoutUntil">End of the window that is in force at this moment, or null.</param>
internal sealed record SourceLimitsView(
    string Source, int? MaxConcurrentRuns, int? RunsPerHour, IReadOnlyList<BlackoutView> Blackouts, SourcePacing Pacing, DateTimeOffset? BlackoutUntil);

/// <summary>/sources/{id}/limits: when and how much a source may be asked.</summary>
internal static class SourceLimitEndpoints
{
    private static readonly string[] Week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    public static void MapSourceLimits(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/sources/{id}/limits").RequireAuthorization("admin").WithTags("sources");
        group.MapGet("", GetAsync).WithName("getSourceLimits").WithSummary("Giới hạn khi đọc nguồn / Limits on reading a source");
        group.MapPut("", ReplaceAsync).WithName("replaceSourceLimits")
            .WithSummary("Đặt khung giờ cấm, số lần chạy và nhịp đọc / Set blackout windows, numbers of runs and pacing");
    }

    private static async Task<Ok<SourceLimitsView>> GetAsync(
        string id, HubDb db, SourceLimitStore store, TimeProvider time, CancellationToken cancellation)
    {
        await RequireAsync(db, id, cancellation);
        return TypedResults.Ok(View(id, await store.FindAsync(id, cancellation), time));
    }

    private static async Task<Ok<SourceLimitsView>> ReplaceAsync(
        string id, NewSourceLimits request, HubDb db, SourceLimitStore store, TimeProvider time, HttpContext context, CancellationToken cancellation)
    {
        await RequireAsync(db, id, cancellation);
        await new NewSourceLimitsValidator(store).RequireAsync(request, cancellation);
        var limits = request.ToLimits();
        await store.ReplaceAsync(id, limits, context.Caller().ClientId, cancellation);
        return TypedResults.Ok(View(id, limits, time));
    }

    private static async Task RequireAsync(HubDb db, string id, CancellationToken cancellation)
    {
        if (!await db.Sources.AnyAsync(s => s.Id == id, cancellation))
        {
            throw HubErrors.SourceNotFound(id).ToException();
        }
    }

    private static SourceLimitsView View(string id, SourceLimits limits, TimeProvider time) => new(
        id, limits.MaxRuns, limits.RunsPerHour,
        [.. limits.Blackouts.Select(b => new BlackoutView(
            [.. b.Days.Select(d => Week[d - 1])], BlackoutWindow.WriteTime(b.From), BlackoutWindow.WriteTime(b.Until), b.TimeZone))],
        limits.Pacing, BlackoutWindow.EndsAfter(limits.Blackouts, time.GetUtcNow()));
}
