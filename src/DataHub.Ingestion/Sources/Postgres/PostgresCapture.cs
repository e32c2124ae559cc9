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
    private Text? gap;
    private ulong start;
    private bool isUnused;

    private sealed record Slot(ulong Confirmed, bool Active, string? Fault);

    /// <param name="Log">What was touched.</param>
    /// <param name="IsWhole">Everything must be read.</param>
    /// <param name="Gap">Why, where only changes were asked for; or why the slot is a new one.</param>
    /// <param name="Key">Columns of the key with their types.</param>
    /// <param name="State">What the published pull leaves.</param>
    public sealed record Changes(CaptureLog Log, bool IsWhole, SourceDrift? Gap, IReadOnlyList<CaptureKey> Key, CaptureState State);

    /// <summary>Before the snapshot: everything that capture needs is there, the slot above all.</summary>
    public async Task PrepareAsync(string relation, CancellationToken cancellation)
    {
        await new CaptureReadiness(log, relation, key).RequireAsync(request.Contract.Terms.Table!, cancellation);
        await log.ExecuteAsync(PostgresCaptureSql.Pin, cancellation);
        await log.ExecuteAsync($"SET lock_timeout = {log.Options.LockSeconds * 1000L}", cancellation);
        await RefuseOtherSourceAsync(cancellation);
        await KeepSlotAsync(cancellation);
    }

    /// <summary>After the snapshot, whose session is <paramref name="reading"/>.</summary>
    public async Task<Changes> DrainAsync(PostgresSession reading, string relation, CancellationToken cancellation)
    {
        var (oid, shape, types, snapshot) = (await reading.QueryAsync(PostgresCaptureSql.Shape,
            r => (r.GetFieldValue<uint>(0), r.GetString(1), r.GetFieldValue<string[]>(2), r.GetString(3)),
            cancellation, Text(relation), Text(publication), new NpgsqlParameter<string[]> { TypedValue = key }))[0];
        var revision = request.Contract.Version.ToString();
        var (upTo, isFlushed) = await ReachAsync(cancellation);
        if (last is { } published)
        {
            await AskAsync(() => log.QueryAsync(PostgresCaptureSql.Advance, _ => 0, cancellation, Text(slot), Text(Lsn(published.Lsn))), cancellation);
            start = published.Lsn;
        }

        var changes = new CaptureLog(oid, key, snapshot);
        await ReadAsync(changes, upTo, cancellation);
        var position = changes.SeesAll && isFlushed ? Math.Max(upTo, changes.End ?? 0) : changes.End ?? start;
        gap ??= last is null ? null
            : last.Shape != shape ? changes.Gap ?? CaptureGap.TableChanged
            : last.Contract != revision ? CaptureGap.ContractRevised
            : request.ChangesOnly ? changes.Gap : null;
        isUnused = false;
        return new Changes(changes, !request.ChangesOnly || last is null || gap is not null, gap is null ? null : new SourceDrift(SourceDrift.LogGap, slot, gap),
            [.. types.Select((t, i) => CaptureKey.Read(key[i], t))], new CaptureState(slot, position, shape, revision));
    }

    /// <summary>A slot that was made for a pull that did not come to read is taken back: nobody might ever move it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isUnused)
        {
            try
            {
                await DropAsync(CancellationToken.None);
            }
            catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
            {
                // The connection is gone: the next pull uses or replaces the slot.
            }
        }

        await log.DisposeAsync();
    }

    // Before anything is made: a slot on a copy of the source would keep the copy's log for nothing.
    private async Task RefuseOtherSourceAsync(CancellationToken cancellation)
    {
        var identity = (await log.QueryAsync($"SELECT {PostgresCatalogueSql.Identity}", r => r.IsDBNull(0) ? null : r.GetString(0), cancellation))[0];
        if (identity is not null && request.Identity is { } wanted && wanted != identity)
        {
            throw HubErrors.SourceIdentityChanged(log.Source, request.Contract.Dataset).ToException();
        }

        gap = last is not null && request.Last!.Identity is { } before && before != identity ? CaptureGap.OtherSource : null;
    }

    private async Task KeepSlotAsync(CancellationToken cancellation)
    {
        var found = (await log.QueryAsync(PostgresCaptureSql.Slot,
            r => new Slot((ulong)r.GetInt64(0), r.GetBoolean(1), r.IsDBNull(2) ? null : r.GetString(2)),
            cancellation, Text(slot), new NpgsqlParameter<long> { TypedValue = log.Options.SlotMegabytes << 20 })).FirstOrDefault();
        if (found is { Active: true })
        {
            throw HubErrors.SourceCaptureBusy(log.Source, slot).ToException();
        }

        gap ??= last is null ? null : Judge(found, last);
        if (gap is null && last is not null)
        {
            start = found!.Confirmed;
            return;
        }

        // Only the whole table closes a gap; what the old slot still holds says nothing more.
        last = null;
        await AskAsync(() => DropAsync(cancellation), cancellation);
        start = (await AskAsync(() => log.QueryAsync(PostgresCaptureSql.Create, r => (ulong)r.GetInt64(0), cancellation, Text(slot)), cancellation))[0];
        isUnused = true;
    }

    private Text? Judge(Slot? found, CaptureState published) => found switch
    {
        _ when published.Slot != slot => CaptureGap.OtherStore(published.Slot),
        null => CaptureGap.SlotMissing(slot),
        { Fault: "foreign" } => CaptureGap.SlotForeign(slot),
        { Fault: "lost" } => CaptureGap.SlotLost(slot),
        { Fault: "large" } => CaptureGap.SlotLarge(slot, log.Options.SlotMegabytes),
        _ => found.Confirmed > published.Lsn ? CaptureGap.SlotMoved(slot) : null,
    };

    // The server decodes all before it sends the first byte, so that its silence is bounded like any other: a log that takes longer is read faster with the table.
    private async Task ReadAsync(CaptureLog changes, ulong upTo, CancellationToken cancellation)
    {
        await log.ExecuteAsync($"SET statement_timeout = {log.Options.SilenceSeconds * 1000L}", cancellation);
        await AskAsync(async () =>
        {
            await changes.ReadAsync(log.Connection, slot, publication, Lsn(upTo), cancellation);
            return true;
        }, cancellation);
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

    // Slot or publication can go away, or be younger than the other, at any moment. Without its slot the next attempt makes one and reads everything.
    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellation)
    {
        try
        {
            return await ask();
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.ObjectNotInPrerequisiteState
            or PostgresErrorCodes.QueryCanceled)
        {
            await DropAsync(cancellation);
            throw HubErrors.SourceCaptureBroken(log.Source, slot, e.SqlState).ToException(e);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ObjectInUse)
        {
            throw HubErrors.SourceCaptureBusy(log.Source, slot).ToException(e);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw HubErrors.SourceCaptureWaits(log.Source, slot).ToException(e);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ConfigurationLimitExceeded)
        {
            throw HubErrors.SourceCaptureSlotsFull(log.Source, slot).ToException(e);
        }
    }

    private Task<List<int>> DropAsync(CancellationToken cancellation) => log.QueryAsync(PostgresCaptureSql.Drop, _ => 0, cancellation, Text(slot));

    private static NpgsqlParameter<string> Text(string value) => new NpgsqlParameter<string> { TypedValue = value };

    private static string Lsn(ulong value) => new NpgsqlLogSequenceNumber(value).ToString();
}
