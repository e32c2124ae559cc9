using System.Text;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Sources;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Ingestion.Sources;

/// <summary>Registered sources. Credentials are write-only: they go in encrypted, and come out in clear only for an adapter.</summary>
public sealed class SourceRegistry(IDbContextFactory<HubDb> databases, IDataProtectionProvider protection, SourceLimitStore limits)
{
    private readonly IDataProtector protector = protection.CreateProtector("datahub.source-credential");

    /// <summary>The source as an adapter needs it.</summary>
    public async Task<SourceSettings> FindAsync(string id, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var source = await db.Sources.AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, cancellation)
            ?? throw HubErrors.SourceNotFound(id).ToException();
        return new SourceSettings(source.Id, source.Kind, source.Settings, source.Username, Unprotect(source.ProtectedPassword))
        {
            Pacing = (await limits.FindAsync(id, cancellation)).Pacing,
        };
    }

    /// <summary>Encrypts a password for <see cref="Source.ProtectedPassword"/>.</summary>
    public byte[]? Protect(string? password) => password is null ? null : protector.Protect(Encoding.UTF8.GetBytes(password));

    private string? Unprotect(byte[]? password) => password is null ? null : Encoding.UTF8.GetString(protector.Unprotect(password));
}
