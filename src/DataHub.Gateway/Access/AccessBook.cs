using System.Threading.Channels;
using DataHub.Core.Access;
using DataHub.Core.Contracts;
using DataHub.Storage.Changes;
using DataHub.Storage.ControlPlane;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DataHub.Gateway.Access;

/// <summary>A client as every call checks it.</summary>
public sealed record KnownClient(string ClientId, string? AgencyCode, IReadOnlyList<string> Scopes, bool Ended);

/// <summary>Who may do what, in memory: an immutable picture, replaced whole when any node changes something.</summary>
public sealed partial class AccessBook(
    IDbContextFactory<HubDb> databases, HubChanges changes, TimeProvider time, ILogger<AccessBook> log) : BackgroundService
{
    private static readonly TimeSpan Fallback = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim _reading = new(1);
    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile Picture _picture = new([], []);

    public KnownClient? FindClient(string clientId) => _picture.Clients.GetValueOrDefault(clientId);

    /// <summary>Step Authorize: what the caller may read, or the refusal as an exception.</summary>
    public ReadPermission Decide(Caller? caller, int datasetId, DataContract contract, string? purpose) =>
        ReadDecision.Decide(
            caller, contract, _picture.Grants.GetValueOrDefault(datasetId) ?? [], purpose, time.GetUtcNow());

    /// <summary>Agreements in force of one agency.</summary>
    public IReadOnlyList<Grant> InForceFor(string agencyCode)
    {
        var now = time.GetUtcNow();
        return [.. _picture.Grants.Values.SelectMany(g => g)
            .Where(g => g.RecipientCode == agencyCode && g.InForce(now)).OrderBy(g => g.Id)];
    }

    /// <summary>Rereads everything; whoever wrote calls it before answering. One at a time, so that a later read wins.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            var ended = await db.Agencies.Where(a => a.EndedAt != null).Select(a => a.Code).ToHashSetAsync(cancellation);
            var clients = await db.Clients.AsNoTracking().ToListAsync(cancellation);
            var agreements = await db.Agreements.AsNoTracking().Where(a => a.EndedAt == null).ToListAsync(cancellation);
            _picture = new Picture(
                clients.ToDictionary(c => c.ClientId, c => new KnownClient(
                    c.ClientId, c.AgencyCode, c.Scopes,
                    c.EndedAt is not null || (c.AgencyCode is not null && ended.Contains(c.AgencyCode)))),
                agreements.Where(a => !ended.Contains(a.RecipientCode)).Select(ToGrant)
                    .GroupBy(g => g.DatasetId).ToDictionary(g => g.Key, g => g.ToArray()));
        }
        finally
        {
            _reading.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        changes.Access += Ask;
        changes.Everything += Ask;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WaitAsync(stoppingToken);
                await RefreshAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                RefreshFailed(log, e);
            }
        }

        changes.Access -= Ask;
        changes.Everything -= Ask;
    }

    private void Ask() => _asked.Writer.TryWrite(true);

    // Until somebody asks, at the latest after the fallback: a notice may be lost, a failed reading must be repeated.
    private async Task WaitAsync(CancellationToken cancellation)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var asked = _asked.Reader.WaitToReadAsync(waiting.Token).AsTask();
        await Task.WhenAny(asked, Task.Delay(Fallback, time, waiting.Token));
        await waiting.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
        _asked.Reader.TryRead(out _);
    }

    private static Grant ToGrant(Agreement a) => new(a.Id, a.RecipientCode, a.DatasetId, a.Purpose, a.Columns)
    {
        PersonalColumns = a.PersonalColumns,
        From = a.From,
        Until = a.Until,
        EndedAt = a.EndedAt,
        // Agreements are never edited, only ended; another one has another number.
        Revision = a.Id,
    };

    [LoggerMessage(4101, LogLevel.Warning, "Access rules could not be reread; the last known ones stay in use")]
    private static partial void RefreshFailed(ILogger log, Exception e);

    private sealed record Picture(Dictionary<string, KnownClient> Clients, Dictionary<int, Grant[]> Grants);
}
