using System.Collections.Concurrent;
using DataHub.Core.Access;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DataHub.Gateway.Access;

/// <summary>A token whose signature, issuer and audience were found right; time and client are judged at every call.</summary>
internal sealed record TokenVerdict(Caller Caller, DateTimeOffset ExpiresAt);

/// <summary>Checks a token once and remembers it: two generations of good tokens, the older dropped when the younger is full.</summary>
internal sealed class TokenVerdicts(HubKeys keys, GatewayOptions options)
{
    public const string Audience = "datahub";
    private const int GenerationSize = 5_000;
    private const int MaxTokenLength = 4_096;
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly TokenValidationParameters _parameters = new()
    {
        ValidIssuer = options.PublicUrl.AbsoluteUri,
        ValidAudience = Audience,
        ValidTypes = ["at+jwt"],
        ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
        IssuerSigningKey = keys.Signing,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        ValidateLifetime = false,
    };

    private ConcurrentDictionary<string, TokenVerdict> _young = new();
    private ConcurrentDictionary<string, TokenVerdict> _old = new();

    /// <summary>Null when the token is not one of ours.</summary>
    public async ValueTask<TokenVerdict?> FindAsync(string token)
    {
        if (_young.TryGetValue(token, out var known) || _old.TryGetValue(token, out known))
        {
            return known;
        }

        if (token.Length > MaxTokenLength)
        {
            return null;
        }

        var result = await _handler.ValidateTokenAsync(token, _parameters);
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt || string.IsNullOrEmpty(jwt.Subject))
        {
            return null;
        }

        var scopes = jwt.TryGetPayloadValue<string>("scope", out var text) ? text.Split(' ') : [];
        var verdict = new TokenVerdict(new Caller(jwt.Subject, null, scopes), new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero));
        if (_young.Count >= GenerationSize)
        {
            (_old, _young) = (_young, new());
        }

        _young[token] = verdict;
        return verdict;
    }
}
