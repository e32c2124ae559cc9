using DataHub.Gateway.Access;
using DataHub.Gateway.Agencies;
using DataHub.Gateway.Agreements;
using DataHub.Gateway.Catalogue;
using DataHub.Gateway.Clients;
using DataHub.Gateway.Datasets;
using DataHub.Gateway.Problems;
using DataHub.Gateway.Records;
using DataHub.Gateway.Runs;
using DataHub.Gateway.Sources;
using DataHub.Gateway.Versions;
using DataHub.Storage.ControlPlane;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway;

/// <summary>The API's contents page: every group of routes, in the order of a call.</summary>
public static class GatewayEndpoints
{
    public const string BasePath = "/api/v1";

    /// <summary>Middleware and routes of the HTTP role; returns the group to which features add theirs.</summary>
    public static RouteGroupBuilder MapGateway(this WebApplication app)
    {
        app.Use(AddSafetyHeaders);
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRouting();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.Use(RefuseBadToken);
        app.UseAuthorization();
        app.UseSwaggerUI(ui => ui.SwaggerEndpoint("/openapi/v1.json", "DataHub v1"));

        app.MapTokenEndpoint();
        app.MapOpenApi("/openapi/{documentName}.json").ExcludeFromDescription();
        app.MapGet("/health/live", () => Results.Json(new { status = "live" })).ExcludeFromDescription();
        app.MapGet("/health/ready", ReadyAsync).ExcludeFromDescription();

        var api = app.MapGroup(BasePath).RefuseUnknownParameters();
        api.MapCatalogue();
        api.MapSources();
        api.MapSourceTables();
        api.MapCheckContract();
        api.MapDatasets();
        api.MapStartRun();
        api.MapRuns();
        api.MapQuarantine();
        api.MapVersions();
        api.MapRecords();
        api.MapAgencies();
        api.MapClients();
        api.MapAgreements();
        return api;
    }

    // A token that is sent and wrong is never ignored, not even on open data.
    private static async Task RefuseBadToken(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments(BasePath, StringComparison.Ordinal)
            && context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Failure is not null)
        {
            await context.ChallengeAsync();
            return;
        }

        await next(context);
    }

    private static Task AddSafetyHeaders(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments("/swagger", StringComparison.Ordinal)
                ? "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
                : "default-src 'none'; frame-ancestors 'none'";
            return Task.CompletedTask;
        });
        return next(context);
    }

    private static async Task<IResult> ReadyAsync(HubDb db, CancellationToken cancellation)
    {
        var reasons = new List<string>();
        try
        {
            if ((await db.Database.GetPendingMigrationsAsync(cancellation)).Any())
            {
                reasons.Add("not_migrated");
            }
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or InvalidOperationException or TimeoutException)
        {
            reasons.Add("store_unavailable");
        }

        return Results.Json(
            new { status = reasons.Count == 0 ? "ready" : "not_ready", reasons }, statusCode: reasons.Count == 0 ? 200 : 503);
    }
}
