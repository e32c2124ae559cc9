using DataHub.Core.Access;
using DataHub.Core.Errors;
using DataHub.Gateway.Access;
using DataHub.Gateway.Agencies;
using DataHub.Gateway.Answers;
using DataHub.Gateway.Problems;
using DataHub.Storage.ControlPlane;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Clients;

/// <summary>A client without its secret.</summary>
internal sealed record ClientEntry(string ClientId, string? AgencyCode, string Name, IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt, DateTimeOffset? EndedAt)
{
    public static ClientEntry Of(Client c) => new(c.ClientId, c.AgencyCode, c.Name, c.Scopes, c.CreatedAt, c.EndedAt);
}

/// <summary>The only answers that ever hold a secret.</summary>
internal sealed record ClientSecret(string ClientId, string Secret);

/// <summary>/clients: credentials of agencies' systems.</summary>
internal static class ClientEndpoints
{
    public static void MapClients(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/clients").RequireAuthorization("admin").WithTags("clients").AnswersJson();
        group.MapGet("", ListAsync).WithName("listClients").WithSummary("Danh sách ứng dụng / List clients");
        group.MapPost("", CreateAsync).WithName("createClient").WithSummary("Cấp ứng dụng / Create a client");
        group.MapGet("/{id}", GetAsync).WithName("getClient").WithSummary("Một ứng dụng / One client");
        group.MapPost("/{id}/secret", RotateAsync).WithName("rotateSecret").WithSummary("Đổi bí mật / Rotate the secret");
        group.MapPost("/{id}/end", EndAsync).WithName("endClient").WithSummary("Chấm dứt ứng dụng / End a client");
    }

    private static async Task<Ok<Listing<ClientEntry>>> ListAsync(HubDb db, CancellationToken cancellation)
    {
        var clients = await db.Clients.AsNoTracking().OrderBy(c => c.ClientId).ToListAsync(cancellation);
        return TypedResults.Ok(new Listing<ClientEntry>([.. clients.Select(ClientEntry.Of)]));
    }

    private static async Task<Ok<ClientEntry>> GetAsync(string id, HubDb db, CancellationToken cancellation) =>
        TypedResults.Ok(ClientEntry.Of(await FindAsync(db, id, cancellation)));

    private static async Task<Created<ClientSecret>> CreateAsync(NewClient request, IValidator<NewClient> validator,
        HubDb db, AccessChange change, ClientSecrets secrets, HttpContext context, CancellationToken cancellation)
    {
        await validator.RequireAsync(request, cancellation);
        string[] scopes = [.. (request.Scopes ?? [ReadDecision.ReadScope]).Distinct().Select(s => s!).Order(StringComparer.Ordinal)];
        var id = request.ClientId ?? "c-" + Guid.CreateVersion7().ToString("N");
        if (await db.Clients.AnyAsync(c => c.ClientId == id, cancellation))
        {
            throw HubErrors.EntryExists("client", id).ToException();
        }

        var secret = ClientSecrets.NewSecret();
        db.Clients.Add(new Client
        {
            ClientId = id,
            AgencyCode = request.AgencyCode,
            Name = request.Name!.Trim(),
            Scopes = scopes,
            CreatedAt = change.Now,
        });
        await change.CommitAsync("client.created", context, () => new { clientId = id, request.AgencyCode, scopes },
            () => secrets.SetAsync(id, request.Name!, scopes, secret, cancellation), cancellation);
        return TypedResults.Created($"{GatewayEndpoints.BasePath}/clients/{id}", new ClientSecret(id, secret));
    }

    private static async Task<Ok<ClientSecret>> RotateAsync(string id, HubDb db, AccessChange change,
        ClientSecrets secrets, HttpContext context, CancellationToken cancellation)
    {
        var client = await FindActiveAsync(db, id, cancellation);
        var secret = ClientSecrets.NewSecret();
        await change.CommitAsync("client.secret_rotated", context, () => new { clientId = id },
            () => secrets.SetAsync(id, client.Name, client.Scopes, secret, cancellation), cancellation);
        return TypedResults.Ok(new ClientSecret(id, secret));
    }

    private static async Task<Ok<ClientEntry>> EndAsync(string id, EndRequest request, IValidator<EndRequest> validator,
        HubDb db, AccessChange change, ClientSecrets secrets, HttpContext context, CancellationToken cancellation)
    {
        await validator.RequireAsync(request, cancellation);
        var client = await FindActiveAsync(db, id, cancellation);
        client.EndedAt = change.Now;
        await change.CommitAsync("client.ended", context, () => new { clientId = id, reason = request.Reason },
            () => secrets.RemoveAsync(id, cancellation), cancellation);
        return TypedResults.Ok(ClientEntry.Of(client));
    }

    private static async Task<Client> FindActiveAsync(HubDb db, string id, CancellationToken cancellation)
    {
        var client = await FindAsync(db, id, cancellation);
        return client.EndedAt is null ? client : throw HubErrors.EntryEnded("client", id).ToException();
    }

    private static async Task<Client> FindAsync(HubDb db, string id, CancellationToken cancellation) =>
        await db.Clients.FindAsync([id], cancellation) ?? throw HubErrors.EntryNotFound("client", id).ToException();
}
