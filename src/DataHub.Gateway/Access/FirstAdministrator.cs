using DataHub.Core.Access;
using DataHub.Storage.ControlPlane;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Access;

/// <summary>At start: the administrator client of the environment, or, when there is none at all, one made and printed once.</summary>
internal sealed class FirstAdministrator(HubDb db, ClientSecrets secrets, GatewayOptions options, TimeProvider time)
{
    private const long LockNumber = 4_471_001;
    private static readonly string[] Scopes = [ReadDecision.AdminScope, ReadDecision.ReadScope];

    /// <summary>The id and secret to print; null when nothing was made up.</summary>
    public async Task<(string Id, string Secret)?> EnsureAsync(CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        // Held to the end of the transaction: nodes that start at once agree on one administrator.
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({LockNumber})", cancellation);
        var secret = options.AdminClientSecret;
        if (secret is null && await db.Clients.AnyAsync(
            c => c.EndedAt == null && c.Scopes.Contains(ReadDecision.AdminScope), cancellation))
        {
            return null;
        }

        var id = options.AdminClientId;
        var client = await db.Clients.FindAsync([id], cancellation);
        if (secret is not null && client is { EndedAt: null } && await secrets.MatchesAsync(id, secret, cancellation))
        {
            return null;
        }

        var chosen = secret ?? ClientSecrets.NewSecret();
        await WriteAsync(client, id, chosen, cancellation);
        await transaction.CommitAsync(cancellation);
        return secret is null ? (id, chosen) : null;
    }

    private async Task WriteAsync(Client? client, string id, string secret, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (client is null)
        {
            db.Clients.Add(new Client { ClientId = id, Name = "Quản trị DataHub", Scopes = Scopes, CreatedAt = now });
        }
        else
        {
            (client.EndedAt, client.Scopes) = (null, Scopes);
        }

        db.Ledger.Add(new LedgerEntry
        {
            At = now,
            Event = client is null ? "client.created" : "client.secret_rotated",
            Actor = "hub",
            Body = System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { ["clientId"] = id }),
        });
        await db.SaveChangesAsync(cancellation);
        await secrets.SetAsync(id, "DataHub", Scopes, secret, cancellation);
    }
}
