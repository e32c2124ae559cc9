using System.Collections.Immutable;
using System.Security.Claims;
using DataHub.Core.Access;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace DataHub.Gateway.Access;

/// <summary>POST /connect/token: OAuth 2.0 client credentials; OpenIddict has checked the secret before this runs.</summary>
internal static class TokenEndpoint
{
    public const string RateLimit = "token";

    public static void MapTokenEndpoint(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/connect/token", Issue).RequireRateLimiting(RateLimit).ExcludeFromDescription();

    private static IResult Issue(HttpContext context, AccessBook book)
    {
        var request = context.GetOpenIddictServerRequest()!;
        if (book.FindClient(request.ClientId!) is not { Ended: false } client)
        {
            return Results.Forbid(
                new AuthenticationProperties(new Dictionary<string, string?>
                {
                    [OpenIddictServerAspNetCoreConstants.Properties.Error] = Errors.InvalidClient,
                    [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = "The client has been ended.",
                }),
                [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
        }

        var asked = request.GetScopes();
        var identity = new ClaimsIdentity("datahub", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, client.ClientId);
        // No scope asked: all that the client has.
        identity.SetScopes(asked.Length == 0 ? [.. client.Scopes] : asked.Intersect(client.Scopes).ToImmutableArray());
        identity.SetAudiences(TokenVerdicts.Audience);
        identity.SetDestinations(_ => [Destinations.AccessToken]);
        return Results.SignIn(new ClaimsPrincipal(identity), null, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }
}
