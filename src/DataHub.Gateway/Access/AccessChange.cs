using System.Text.Json;
using DataHub.Core.Errors;
using DataHub.Storage.ControlPlane;
using Microsoft.AspNetCore.Http;

namespace DataHub.Gateway.Access;

/// <summary>Writes a change of access with its ledger entry in one transaction, then makes it felt on this node at once.</summary>
internal sealed class AccessChange(HubDb db, AccessBook book, TimeProvider time)
{
    public DateTimeOffset Now => time.GetUtcNow();

    public async Task CommitAsync(
        string name, HttpContext context, object body, Func<Task>? also, CancellationToken cancellation)
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
            Body = JsonSerializer.Serialize(body),
        });
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        await book.RefreshAsync(cancellation);
    }

    /// <summary>Throws all problems at once, if any.</summary>
    public static void ThrowIfAny(IReadOnlyList<ErrorDetail> problems)
    {
        if (problems.Count > 0)
        {
            throw HubErrors.RequestInvalid(problems).ToException();
        }
    }

    public static ErrorDetail Wrong(string pointer, string code, string vi, string en, IReadOnlyList<string>? allowed = null) =>
        new(code, new(vi, en)) { Pointer = pointer, Allowed = allowed };
}
