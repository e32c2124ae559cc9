using DataHub.Gateway.Access;
using DataHub.Gateway.Agencies;
using DataHub.Gateway.Agreements;
using DataHub.Gateway.Catalogue;
using DataHub.Gateway.Clients;
using DataHub.Gateway.Datasets;
using DataHub.Gateway.Files;
using DataHub.Gateway.Health;
using DataHub.Gateway.OpenApi;
using DataHub.Gateway.Problems;
using DataHub.Gateway.Records;
using DataHub.Gateway.Runs;
using DataHub.Gateway.Sources;
using DataHub.Gateway.Versions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

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
        app.UseApiPage();

        app.MapTokenEndpoint();
        app.MapOpenApi("/openapi/{documentName}.json").ExcludeFromDescription();
        app.MapApiPage();
        app.MapHealth();

        var api = app.MapGroup(BasePath).RefuseUnknownParameters().RefuseUnstorableTexts();
        api.MapCatalogue();
        api.MapSources();
        api.MapSourceTables();
        api.MapCheckContract();
        api.MapDatasets();
        api.MapDatasetDocument();
        api.MapStartRun();
        api.MapRuns();
        api.MapQuarantine();
        api.MapVersions();
        api.MapRecords();
        api.MapFiles();
        api.MapAgencies();
        api.MapClients();
        api.MapAgreements();
        api.MapMe();
        return api;
    }

    /// <summary>What a node without the HTTP role answers: whether it lives and can work, nothing else.</summary>
    public static void MapHealthOnly(this WebApplication app)
    {
        app.Use(AddSafetyHeaders);
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRouting();
        app.MapHealth();
    }

    // A token that is sent and wrong is never ignored, not even on open data.
    private static async Task RefuseBadToken(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments(BasePath, StringComparison.Ordinal)
            && (await context.AuthenticateAsync()).Failure is not null)
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
}
