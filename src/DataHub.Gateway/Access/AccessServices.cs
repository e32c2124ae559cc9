using System.Threading.RateLimiting;
using DataHub.Core.Access;
using DataHub.Core.Errors;
using DataHub.Gateway.Agencies;
using DataHub.Gateway.Agreements;
using DataHub.Gateway.Clients;
using DataHub.Gateway.Problems;
using DataHub.Storage.ControlPlane;
using FluentValidation;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;

namespace DataHub.Gateway.Access;

/// <summary>Registers issuing and checking of tokens, policies and the access book.</summary>
internal static class AccessServices
{
    /// <summary>The keys that all nodes share, those of a worker alone too: it must read the sources' passwords.</summary>
    public static void AddKeys(this IServiceCollection services, GatewayOptions options)
    {
        var keyFolder = Path.Combine(options.Home, "keys", "dp");
        HubKeys.CreatePrivateFolder(Path.Combine(options.Home, "keys"));
        HubKeys.CreatePrivateFolder(keyFolder);
        services.AddDataProtection().SetApplicationName("datahub").PersistKeysToFileSystem(new DirectoryInfo(keyFolder));
        services.AddSingleton(new HubKeys(options));
    }

    public static void AddAccess(this IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton<TokenVerdicts>();
        services.AddSingleton<AccessBook>();
        services.AddHostedService(p => p.GetRequiredService<AccessBook>());
        services.AddScoped<ClientSecrets>();
        services.AddScoped<FirstAdministrator>();
        services.AddScoped<AccessChange>();
        services.AddScoped<DatasetColumns>();
        services.AddScoped<IValidator<NewAgency>, NewAgencyValidator>();
        services.AddScoped<IValidator<NewClient>, NewClientValidator>();
        services.AddScoped<IValidator<NewAgreement>, NewAgreementValidator>();
        services.AddScoped<IValidator<EndRequest>, EndRequestValidator>();
        services.AddAuthentication(TokenAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder()
            .AddPolicy("read", p => p.RequireClaim("scope", ReadDecision.ReadScope))
            .AddPolicy("admin", p => p.RequireClaim("scope", ReadDecision.AdminScope));
        AddTokenServer(services, options);
        AddTokenRateLimit(services, options);
    }

    private static void AddTokenServer(IServiceCollection services, GatewayOptions options)
    {
        services.AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<HubDb>())
            .AddServer(server =>
            {
                server.SetTokenEndpointUris("/connect/token").AllowClientCredentialsFlow()
                    .SetIssuer(options.PublicUrl)
                    .SetAccessTokenLifetime(TimeSpan.FromMinutes(10))
                    .RegisterScopes(ReadDecision.ReadScope, ReadDecision.AdminScope)
                    .DisableAccessTokenEncryption()
                    .DisableTokenStorage();
                // TLS ends at the reverse proxy; the hub itself listens where its operators say.
                server.UseAspNetCore().EnableTokenEndpointPassthrough().DisableTransportSecurityRequirement();
            });
        services.AddOptions<OpenIddictServerOptions>().Configure<HubKeys>((server, keys) =>
        {
            server.SigningCredentials.Add(new SigningCredentials(keys.Signing, SecurityAlgorithms.RsaSha256));
            server.EncryptionCredentials.Add(new EncryptingCredentials(
                keys.Encryption, SecurityAlgorithms.RsaOAEP, SecurityAlgorithms.Aes256CbcHmacSha512));
        });
    }

    private static void AddTokenRateLimit(IServiceCollection services, GatewayOptions options) =>
        services.AddRateLimiter(limits =>
        {
            limits.OnRejected = async (rejected, _) =>
                await ProblemWriter.WriteAsync(rejected.HttpContext, HubErrors.TooManyRequests(60));
            limits.AddPolicy(TokenEndpoint.RateLimit, context => RateLimitPartition.GetFixedWindowLimiter(
                context.Connection.RemoteIpAddress?.ToString() ?? "",
                _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = options.TokenRequestsPerMinute,
                    Window = TimeSpan.FromMinutes(1),
                }));
        });
}
