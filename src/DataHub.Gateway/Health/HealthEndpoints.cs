using DataHub.Gateway.Access;
using DataHub.Storage.Changes;
using DataHub.Storage.ControlPlane;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DataHub.Gateway.Health;

/// <summary>What is said about the process to those who route calls to it or restart it.</summary>
/// <param name="Status">live, ready or not_ready.</param>
/// <param name="Reasons">Why it is not ready: store_unavailable, not_migrated, changes_not_heard, keys_missing.</param>
internal sealed record HealthAnswer(string Status, IReadOnlyList<string> Reasons);

/// <summary>/health/live: the process answers; /health/ready: it can do its work.</summary>
internal static partial class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => TypedResults.Json(new HealthAnswer("live", []))).ExcludeFromDescription();
        routes.MapGet("/health/ready", ReadyAsync).ExcludeFromDescription();
    }

    private static async Task<IResult> ReadyAsync(
        HubDb db, HubChanges changes, HubKeys keys, ILogger<HealthAnswer> log, CancellationToken cancellation)
    {
        var reasons = new List<string>();
        try
        {
            if ((await db.Database.GetPendingMigrationsAsync(cancellation)).Any())
            {
                reasons.Add("not_migrated");
            }
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or TimeoutException)
        {
            reasons.Add("store_unavailable");
            StoreUnavailable(log, e.Message);
        }

        if (!changes.IsListening)
        {
            reasons.Add("changes_not_heard");
        }

        if (!keys.StillThere)
        {
            reasons.Add("keys_missing");
        }

        return reasons.Count == 0
            ? TypedResults.Json(new HealthAnswer("ready", reasons))
            : TypedResults.Json(new HealthAnswer("not_ready", reasons), statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    [LoggerMessage(4201, LogLevel.Warning, "Not ready: the database does not answer: {Reason}")]
    private static partial void StoreUnavailable(ILogger log, string reason);
}
