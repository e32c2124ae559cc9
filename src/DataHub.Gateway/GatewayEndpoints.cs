using DataHub.Gateway.Access;
using DataHub.Gateway.Agencies;
using DataHub.Gateway.Agreements;
using DataHub.Gateway.Catalogue;
using DataHub.Gateway.Clients;
using DataHub.Gateway.Datasets;
using DataHub.Gateway.Files;
using DataHub.Gateway.Health;
using DataHub.Gateway.Notices;
using DataHub.Gateway.OpenApi;
using DataHub.Gateway.Problems;
using DataHub.Gateway.Quarantine;
using DataHub.Gateway.Records;
using DataHub.Gateway.Runs;
using DataHub.Gateway.Schedules;
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

    // The token server looks at every request that passes UseAuthentication, which is a tenth of the hub's work for a small read: the API authenticates by itself. This
    // tells the builder that authentication has its place; it would put the same in front of everything else.
    private const string AuthenticationSet = "__AuthenticationMiddlewareSet";

    /// <summary>Middleware and routes of the HTTP role; returns the group to which features add theirs.</summary>
    public static RouteGroupBuilder MapGateway(this WebApplication app)
    {
        app.Use(AddSafetyHeaders);
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRouting();
        app.UseRateLimiter();
        app.UseReadableRequests();
        app.UseWhen(context => !IsApi(context), rest => rest.UseAuthentication());
        ((IApplicationBuilder)app).Properties[AuthenticationSet] = true;
        app.Use(Authenticate);
        app.UseAuthorization();
        app.UseApiPage();

        app.MapTokenEndpoint();
        // Of another name the framework itself would say, in its own form, that there is none.
        app.MapOpenApi("/openapi/{documentName:regex(^v1$)}.json").ExcludeFromDescription();
        app.MapApiPage();
        app.MapHealth();

        var api = app.MapGroup(BasePath).RefuseUnknownParameters().RefuseUnstorableTexts();
        api.MapCatalogue();
        api.MapSources();
        api.MapSourceTables();
        api.MapSourceLimits();
        api.MapSourceState();
        api.MapCheckContract();
        api.MapDatasets();
        api.MapPauses();
        api.MapSchedules();
        api.MapDatasetDocument();
        api.MapWatermark();
        api.MapStartRun();
        api.MapRuns();
        api.MapRunEvents();
        api.MapRunProposals();
        api.MapNotices();
        api.MapQuarantine();
        api.MapQuarantineDecisions();
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

    private static bool IsApi(HttpContext context) =>
        context.Request.Path.StartsWithSegments(BasePath, StringComparison.OrdinalIgnoreCase);

    // A token that is sent and wrong is never ignored, not even on open data.
    private static async Task Authenticate(HttpContext context, RequestDelegate next)
    {
        if (IsApi(context))
        {
            var result = await context.AuthenticateAsync();
            if (result.Failure is not null)
            {
                await context.ChallengeAsync();
                return;
            }

            context.User = result.Principal ?? context.User;
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
