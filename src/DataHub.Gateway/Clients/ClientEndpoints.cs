using DataHub.Core.Access;
using DataHub.Core.Errors;
using DataHub.Gateway.Access;
using DataHub.Gateway.Agencies;
using DataHub.Storage.ControlPlane;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Clients;

internal sealed record NewClient(
    string? ClientId = null, string? AgencyCode = null, string? Name = null, IReadOnlyList<string>? Scopes = null);

/// <summary>The only answers that ever hold a secret.</summary>
internal sealed record ClientSecret(string ClientId, string Secret);

/// <summary>/clients: credentials of agencies' systems.</summary>
internal static class ClientEndpoints
{
    private static readonly string[] KnownScopes = [ReadDecision.AdminScope, ReadDecision.ReadScope];

    public static void MapClients(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/clients").RequireAuthorization("admin").WithTags("clients");
        group.MapGet("", ListAsync).WithName("listClients").WithSummary("Danh sách ứng dụng / List clients");
        group.MapPost("", CreateAsync).WithName("createClient").WithSummary("Cấp ứng dụng / Create a client");
        group.MapPost("/{id}/secret", RotateAsync).WithName("rotateSecret").WithSummary("Đổi bí mật / Rotate the secret");
        group.MapPost("/{id}/end", EndAsync).WithName("endClient").WithSummary("Chấm dứt ứng dụng / End a client");
    }

    private static async Task<Ok<List<Client>>> ListAsync(HubDb db, CancellationToken cancellation) =>
        TypedResults.Ok(await db.Clients.AsNoTracking().OrderBy(c => c.ClientId).ToListAsync(cancellation));

    private static async Task<Created<ClientSecret>> CreateAsync(NewClient request, HubDb db, AccessChange change,
        ClientSecrets secrets, HttpContext context, CancellationToken cancellation)
    {
        string[] scopes = [.. request.Scopes ?? [ReadDecision.ReadScope]];
        var problems = new List<ErrorDetail>();
        if (string.IsNullOrWhiteSpace(request.Name))
        {
            problems.Add(AccessChange.Wrong("/name", "required", "Phải có tên.", "A name is required."));
        }

        if (!await db.Agencies.AnyAsync(a => a.Code == request.AgencyCode && a.EndedAt == null, cancellation))
        {
            problems.Add(AccessChange.Wrong("/agencyCode", "agency_unknown", "Không có cơ quan này.", "No such agency."));
        }

        if (scopes.Length == 0 || scopes.Except(KnownScopes).Any())
        {
            problems.Add(AccessChange.Wrong("/scopes", "scope_unknown", "Phạm vi không có.", "Unknown scope.", KnownScopes));
        }

        AccessChange.ThrowIfAny(problems);
        var id = string.IsNullOrWhiteSpace(request.ClientId) ? "c-" + Guid.CreateVersion7().ToString("N") : request.ClientId;
        if (await db.Clients.AnyAsync(c => c.ClientId == id, cancellation))
        {
            throw HubErrors.EntryExists("client", id).ToException();
        }

        var secret = ClientSecrets.NewSecret();
        db.Clients.Add(new Client
        {
            ClientId = id,
            AgencyCode = request.AgencyCode,
            Name = request.Name!,
            Scopes = scopes,
            CreatedAt = change.Now,
        });
        await change.CommitAsync("client.created", context, new { clientId = id, request.AgencyCode, scopes },
            () => secrets.SetAsync(id, request.Name!, scopes, secret, cancellation), cancellation);
        return TypedResults.Created($"{GatewayEndpoints.BasePath}/clients/{id}", new ClientSecret(id, secret));
    }

    private static async Task<Ok<ClientSecret>> RotateAsync(string id, HubDb db, AccessChange change,
        ClientSecrets secrets, HttpContext context, CancellationToken cancellation)
    {
        var client = await FindActiveAsync(db, id, cancellation);
        var secret = ClientSecrets.NewSecret();
        await change.CommitAsync("client.secret_rotated", context, new { clientId = id },
            () => secrets.SetAsync(id, client.Name, client.Scopes, secret, cancellation), cancellation);
        return TypedResults.Ok(new ClientSecret(id, secret));
    }

    private static async Task<Ok<Client>> EndAsync(string id, EndRequest request, HubDb db, AccessChange change,
        ClientSecrets secrets, HttpContext context, CancellationToken cancellation)
    {
        var client = await FindActiveAsync(db, id, cancellation);
        client.EndedAt = change.Now;
        await change.CommitAsync("client.ended", context, new { clientId = id, reason = request.Reason },
            () => secrets.RemoveAsync(id, cancellation), cancellation);
        return TypedResults.Ok(client);
    }

    private static async Task<Client> FindActiveAsync(HubDb db, string id, CancellationToken cancellation)
    {
        var client = await db.Clients.FindAsync([id], cancellation)
            ?? throw HubErrors.EntryNotFound("client", id).ToException();
        return client.EndedAt is null ? client : throw HubErrors.EntryEnded("client", id).ToException();
    }
}
