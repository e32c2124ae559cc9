using System.Security.Cryptography;
using DataHub.Storage.ControlPlane;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.EntityFrameworkCore.Models;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace DataHub.Gateway.Access;

/// <summary>The token server's side of a client: its hashed secret and what it may ask. Same context, so same transaction.</summary>
internal sealed class ClientSecrets(IOpenIddictApplicationManager applications, HubDb db)
{
    public static string NewSecret() => Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));

    public async Task SetAsync(string clientId, string name, IEnumerable<string> scopes, string secret, CancellationToken c)
    {
        var descriptor = new OpenIddictApplicationDescriptor
        {
            ClientId = clientId,
            ClientSecret = secret,
            ClientType = ClientTypes.Confidential,
            DisplayName = name,
            Permissions = { Permissions.Endpoints.Token, Permissions.GrantTypes.ClientCredentials },
        };
        descriptor.Permissions.UnionWith(scopes.Select(s => Permissions.Prefixes.Scope + s));
        if (await applications.FindByClientIdAsync(clientId, c) is { } known)
        {
            await applications.UpdateAsync(known, descriptor, c);
        }
        else
        {
            await applications.CreateAsync(descriptor, c);
        }
    }

    public async Task<bool> MatchesAsync(string clientId, string secret, CancellationToken c) =>
        await applications.FindByClientIdAsync(clientId, c) is { } known
        && await applications.ValidateClientSecretAsync(known, secret, c);

    public Task RemoveAsync(string clientId, CancellationToken c) =>
        db.Set<OpenIddictEntityFrameworkCoreApplication>().Where(a => a.ClientId == clientId).ExecuteDeleteAsync(c);
}
