using System.Security.Claims;
using System.Text.Encodings.Web;
using DataHub.Core.Access;
using DataHub.Core.Errors;
using DataHub.Gateway.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataHub.Gateway.Access;

/// <summary>Who calls: the token's verdict from memory, the client's state from <see cref="AccessBook"/>; no database.</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder,
    TokenVerdicts verdicts, AccessBook book, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
{
    public const string SchemeName = "datahub";
    private HubError? _refusal;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return AuthenticateResult.NoResult();
        }

        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return Refuse(HubErrors.TokenInvalid());
        }

        if (await verdicts.FindAsync(header[7..].Trim()) is not { } verdict)
        {
            return Refuse(HubErrors.TokenInvalid());
        }

        if (verdict.ExpiresAt <= time.GetUtcNow())
        {
            return Refuse(HubErrors.TokenExpired(verdict.ExpiresAt));
        }

        if (book.FindClient(verdict.Caller.ClientId) is not { Ended: false } client)
        {
            return Refuse(HubErrors.TokenClientEnded(verdict.Caller.ClientId));
        }

        // A scope taken from the client is taken from its living tokens too.
        var caller = verdict.Caller with
        {
            AgencyCode = client.AgencyCode,
            Scopes = [.. verdict.Caller.Scopes.Where(client.Scopes.Contains)],
        };
        Context.Features.Set(caller);
        var identity = new ClaimsIdentity(SchemeName, "sub", "role");
        identity.AddClaim(new Claim("sub", caller.ClientId));
        foreach (var scope in caller.Scopes)
        {
            identity.AddClaim(new Claim("scope", scope));
        }

        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        ProblemWriter.WriteAsync(Context, _refusal ?? HubErrors.TokenMissing());

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        ProblemWriter.WriteAsync(Context, HubErrors.ScopeMissing());

    private AuthenticateResult Refuse(HubError refusal)
    {
        _refusal = refusal;
        return AuthenticateResult.Fail(refusal.Code);
    }
}

/// <summary>The caller and its stated purpose, for endpoints.</summary>
public static class CallerAccess
{
    /// <summary>Null when no token was sent.</summary>
    public static Caller? FindCaller(this HttpContext context) => context.Features.Get<Caller>();

    /// <summary>Behind a policy: there is one.</summary>
    public static Caller Caller(this HttpContext context) =>
        context.FindCaller() ?? throw HubErrors.TokenMissing().ToException();

    /// <summary>Header <c>Data-Purpose</c>, as it is or percent-encoded UTF-8; null when absent.</summary>
    public static string? DataPurpose(this HttpContext context)
    {
        var value = context.Request.Headers["Data-Purpose"].ToString();
        return value.Length == 0 ? null : Uri.UnescapeDataString(value).Trim();
    }
}
