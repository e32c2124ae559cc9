using System.Text.Json;
using DataHub.Storage.ControlPlane;
using Microsoft.AspNetCore.Http;

namespace DataHub.Gateway.Access;

/// <summary>Writes a change of access with its ledger entry in one transaction, then makes it felt on this node at once.</summary>
internal sealed class AccessChange(HubDb db, AccessBook book, TimeProvider time)
{
    public DateTimeOffset Now => time.GetUtcNow();

    public Task CommitAsync(
        string name, HttpContext context, object body, Func<Task>? also, CancellationToken cancellation) =>
        CommitAsync(name, context, () => body, also, cancellation);

    /// <param name="body">What the ledger keeps; asked after the change is written, so that it can name a new number.</param>
    public async Task CommitAsync(
        string name, HttpContext context, Func<object> body, Func<Task>? also, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.SaveChangesAsync(cancellation);
        if (also is not null)
        {
            await also();
        }

        db.Ledger.Add(new LedgerEntry
        {
            At = Now,
            Event = name,
            Actor = context.Caller().ClientId,
            Body = JsonSerializer.Serialize(body()),
        });
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        await book.RefreshAsync(cancellation);
    }
}
