using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using Npgsql;
using NpgsqlTypes;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>
/// Log-based capture of one table: keeps its replication slot, and says which keys the log touched up to a snapshot. The slot moves on only to a position that
/// was published, at the next pull's begin: a pull that dies is read again.
/// </summary>
internal sealed class PostgresCapture(PostgresSession log, PullRequest request) : IAsyncDisposable
{
    private static readonly TimeSpan FlushPause = TimeSpan.FromMilliseconds(25);
    private const int FlushPauses = 120;

    private readonly string slot = request.Capture!;
    private readonly string publication = log.Options.Publication;
    private readonly string[] key = [.. request.Contract.Columns.Where(c => c.KeyPosition is not null).OrderBy(c => c.KeyPosition).Select(c => c.SourceName)];
    private CaptureState? last = CaptureState.Read(request.Last?.Detail);
    private ulong start;

    /// <param name="Log">What was touched.</param>
    /// <param name="IsWhole">Everything must be read.</param>
    /// <param name="Key">Columns of the key with their types.</param>
    /// <param name="State">What the published pull leaves.</param>
    public sealed record Changes(CaptureLog Log, bool IsWhole, IReadOnlyList<(string Name, string Type)> Key, CaptureState State);

    /// <summary>Before the snapshot: everything that capture needs is there, the slot above all.</summary>
    public async Task PrepareAsync(string relation, CancellationToken cancellation)
    {
        await RefuseUnreadyAsync(relation, cancellation);
        await log.ExecuteAsync(PostgresCaptureSql.Pin, cancellation);
        await log.ExecuteAsync($"SET lock_timeout = {log.Options.LockSeconds * 1000L}", cancellation);
        var found = await log.QueryAsync(PostgresCaptureSql.Slot, r => (Confirmed: (ulong)r.GetInt64(0), Active: r.GetBoolean(1), Fit: r.GetBoolean(2)),
            cancellation, Text(slot), new NpgsqlParameter<long> { TypedValue = log.Options.SlotMegabytes << 20 });
        if (found is [{ Active: true }])
        {
            throw HubErrors.SourceCaptureBusy(log.Source, slot).ToException();
        }

        if (found is [{ Fit: true } fit] && last?.Slot == slot && fit.Confirmed <= last.Lsn)
        {
            start = fit.Confirmed;
            return;
        }

        // None, lost, too far behind, or moved past what was published: only the whole table closes the gap.
        if (found.Count > 0)
        {
            await DropAsync(cancellation);
        }

        last = null;
        start = (await log.QueryAsync(PostgresCaptureSql.Create, r => (ulong)r.GetInt64(0), cancellation, Text(slot)))[0];
    }

    /// <summary>After the snapshot, whose session is <paramref name="reading"/>.</summary>
    public async Task<Changes> DrainAsync(PostgresSession reading, string relation, string? identity, CancellationToken cancellation)
    {
        var (oid, shape, types, snapshot) = (await reading.QueryAsync(PostgresCaptureSql.Shape,
            r => (r.GetFieldValue<uint>(0), r.GetString(1), r.GetFieldValue<string[]>(2), r.GetString(3)),
            cancellation, Text(relation), Text(publication), Key()))[0];
        var (upTo, isFlushed) = await ReachAsync(cancellation);
        if (last is { } published && (request.Last!.Identity is null || request.Last.Identity == identity))
        {
            await log.QueryAsync(PostgresCaptureSql.Advance, _ => 0, cancellation, Text(slot), Text(Lsn(published.Lsn)));
            start = published.Lsn;
        }

        var changes = new CaptureLog(oid, key, snapshot);
        await ReadAsync(changes, upTo, cancellation);
        var position = changes.SeesAll && isFlushed ? Math.Max(upTo, changes.End ?? 0) : changes.End ?? start;
        return new Changes(changes, !request.ChangesOnly || last is null || last.Shape != shape || changes.IsWhole,
            [.. key.Zip(types)], new CaptureState(slot, position, shape));
    }

    public ValueTask DisposeAsync() => log.DisposeAsync();

    private async Task ReadAsync(CaptureLog changes, ulong upTo, CancellationToken cancellation)
    {
        try
        {
            await changes.ReadAsync(log.Connection, slot, publication, Lsn(upTo), cancellation);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedObject)
        {
            // The publication is younger than the slot: what was written in between is in nobody's log. The next attempt makes a new slot.
            await DropAsync(cancellation);
            throw HubErrors.SourceCaptureBusy(log.Source, slot).ToException(e);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ObjectInUse)
        {
            throw HubErrors.SourceCaptureBusy(log.Source, slot).ToException(e);
        }
    }

    // A commit that is not on disk yet (synchronous_commit = off) can be seen by the snapshot and not be read in the log.
    private async Task<(ulong UpTo, bool IsFlushed)> ReachAsync(CancellationToken cancellation)
    {
        var upTo = (await log.QueryAsync(PostgresCaptureSql.Insert, r => (ulong)r.GetInt64(0), cancellation))[0];
        for (var i = 0; i < FlushPauses; i++)
        {
            if ((await log.QueryAsync(PostgresCaptureSql.IsFlushed, r => r.GetBoolean(0), cancellation, Text(Lsn(upTo))))[0])
            {
                return (upTo, true);
            }

            await Task.Delay(FlushPause, cancellation);
        }

        return (upTo, false);
    }

    private async Task RefuseUnreadyAsync(string relation, CancellationToken cancellation)
    {
        var ready = (await log.QueryAsync(PostgresCaptureSql.Ready,
            r => (Flags: Enumerable.Range(0, 6).Select(r.GetBoolean).ToArray(), User: r.GetString(6)),
            cancellation, Text(relation), Text(publication), Key()))[0];
        var name = PostgresName.Quote(publication);
        string[] statements =
        [
            "ALTER SYSTEM SET wal_level = 'logical'; -- primary, restart",
            $"ALTER ROLE {PostgresName.Quote(ready.User)} REPLICATION;",
            $"{relation}: CREATE TABLE, logged, not partitioned, not inherited",
            $"CREATE PUBLICATION {name} FOR TABLE {relation};",
            $"ALTER PUBLICATION {name} ADD TABLE {relation}; ALTER PUBLICATION {name} SET (publish = 'insert, update, delete, truncate');",
            $"ALTER TABLE {relation} REPLICA IDENTITY FULL;",
        ];

        // A publication that is not there cannot lack the table as well.
        var missing = statements.Where((_, i) => !ready.Flags[i] && (i != 4 || ready.Flags[3]))
            .Select(s => new Text($"Cần: {s}", $"Needed: {s}")).ToArray();
        if (missing.Length > 0)
        {
            throw HubErrors.SourceCaptureNotReady(log.Source, request.Contract.Terms.Table!, missing).ToException();
        }
    }

    private Task<List<int>> DropAsync(CancellationToken cancellation) => log.QueryAsync(PostgresCaptureSql.Drop, _ => 0, cancellation, Text(slot));

    private NpgsqlParameter<string[]> Key() => new NpgsqlParameter<string[]> { TypedValue = key };

    private static NpgsqlParameter<string> Text(string value) => new NpgsqlParameter<string> { TypedValue = value };

    private static string Lsn(ulong value) => new NpgsqlLogSequenceNumber(value).ToString();
}
