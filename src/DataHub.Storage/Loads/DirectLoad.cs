using DataHub.Core.Records;
using DataHub.Core.Validation;
using DataHub.Core.Versioning;
using DataHub.Storage.Connections;
using DataHub.Storage.Copy;
using DataHub.Storage.Quarantine;
using DataHub.Storage.Versions;
using Npgsql;

namespace DataHub.Storage.Loads;

/// <summary>
/// First load: COPY straight into the final table, its key after, in a transaction of its own; publishing then adopts the pair by catalogue rows, and
/// <see cref="FilterIndexes"/> completes it. Staging and copying again would take twice the time.
/// </summary>
public sealed class DirectLoad : RecordLoad
{
    private readonly ConflictingKeys conflicts = new();

    // Copies met while there was a map: a contradiction that comes after it rejects them too.
    private readonly Dictionary<UInt128, (byte[] KeyFields, int Copies)> copied = [];
    private readonly long memoryLimit;
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private readonly PairTables pair;
    private CopyTupleWriter writer = null!;
    private KeyMap? seen;

    private DirectLoad(LoadTarget target, NpgsqlConnection connection, NpgsqlTransaction transaction, long expected, long memoryLimit)
        : base(target)
    {
        this.connection = connection;
        this.transaction = transaction;
        this.memoryLimit = memoryLimit;
        pair = WorkTables.Pair(target);
        seen = KeyMap.MemoryFor(expected) <= memoryLimit ? new KeyMap(expected) : null;
    }

    /// <param name="expected">Records that the source estimates, or 0: room is made for them at once, or none at all where they are too many.</param>
    public static async Task<DirectLoad> BeginAsync(
        StoreConnections connections, LoadTarget target, long memoryLimit, CancellationToken cancellation, long expected = 0)
    {
        var connection = await connections.Merge.OpenConnectionAsync(cancellation);
        var load = new DirectLoad(target, connection, await connection.BeginTransactionAsync(cancellation), expected, memoryLimit);
        try
        {
            await ExecuteAsync(connection, FilterIndexes.Memory, cancellation);
            await ExecuteAsync(connection, load.Sql.CreateCurrent(load.pair.Current, target.FirstSeq), cancellation);
            load.writer = await CopyTupleWriter.BeginAsync(connection, load.Sql.CopyCurrent(load.pair.Current), cancellation);
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    public override ValueTask FlushAsync(CancellationToken cancellation)
    {
        // Beyond the limit the primary key finds duplicates instead, at the end. Growing would hold the old table and one of twice its size at once.
        if (seen?.MemoryWith(RecordBatch.DefaultCapacity) > memoryLimit)
        {
            seen = null;
        }

        return writer.FlushAsync(cancellation);
    }

    public override async Task<Candidate> CompleteAsync(QuarantineWriter quarantine, CancellationToken cancellation)
    {
        await writer.CompleteAsync(cancellation);
        await RemoveConflictsAsync(quarantine, cancellation);
        await AddKeyAsync(quarantine, cancellation);
        await ExecuteAsync(connection, Sql.CreateHistory(pair.History), cancellation);
        foreach (var index in Sql.CreateIndexes(pair, Target.FirstSeq))
        {
            await ExecuteAsync(connection, index, cancellation);
        }

        CheckCounts();
        await transaction.CommitAsync(cancellation);
        return Measured(new Candidate
        {
            DatasetId = Target.Layout.DatasetId, Major = Target.Layout.Major, BaseSeq = 0, Pair = pair, Records = New, Counts = Counts,
        });
    }

    /// <summary>The map has every hash: sorting them here spares the store a sort and the way of all of them.</summary>
    private Candidate Measured(Candidate candidate)
    {
        if (seen is null)
        {
            return candidate;
        }

        var hashes = seen.NewHashes();
        Array.Sort(hashes);
        using var measure = new ChangesMeasure(UInt128.Zero);
        foreach (var hash in hashes)
        {
            measure.AddNew(hash);
        }

        return measure.Of(candidate);
    }

    public override async ValueTask DisposeAsync()
    {
        await (writer?.DisposeAsync() ?? ValueTask.CompletedTask);
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private protected override bool Take(RecordEncoder encoder, RecordBatch batch, int row)
    {
        var hash = encoder.Record.Hash();
        if (seen is not null)
        {
            var arrived = seen.Arrive(encoder.Key, hash, batch.Positions[row]);
            switch (arrived.Verdict)
            {
                case Arrival.Duplicate:
                    Duplicate++;
                    NoteCopy(encoder, batch, row);
                    return true;
                case Arrival.FirstConflict:
                    New--;
                    copied.Remove(encoder.Key);
                    Duplicate -= arrived.Copies;
                    Rejected += 2 + arrived.Copies;
                    conflicts.Add(encoder.KeyFields(batch, row), arrived);
                    return false;
                case Arrival.Conflict:
                    Rejected++;
                    return false;
                default:
                    break;
            }
        }

        New++;
        writer.BeginTuple(Sql.ColumnCount + 1);
        writer.Raw(encoder.Record.Tuple);
        writer.Uuid(hash);
        return true;
    }

    private void NoteCopy(RecordEncoder encoder, RecordBatch batch, int row) => copied[encoder.Key] =
        copied.TryGetValue(encoder.Key, out var known) ? known with { Copies = known.Copies + 1 } : (encoder.KeyFields(batch, row).ToArray(), 1);

    private protected override bool See(UInt128 key, ReadOnlySpan<byte> keyFields, long position) => false;

    private async Task RemoveConflictsAsync(QuarantineWriter quarantine, CancellationToken cancellation)
    {
        if (conflicts.Count == 0)
        {
            return;
        }

        var table = WorkTables.Conflicts(Target);
        await conflicts.WriteAsync(connection, Sql, Target.Layout.Key.Count, table, cancellation);

        // The map told position and copies of a key's first record; later ones may stand behind it.
        await QuarantineAsync(connection, $"""
            SELECT record, CASE WHEN place = 1 THEN pos END, CASE WHEN place = 1 THEN copies ELSE 0 END
            FROM (SELECT {Sql.RecordAsJson("c")} AS record, x.pos, x.copies, row_number() OVER (PARTITION BY {Sql.KeyOf("c")} ORDER BY c.ctid) AS place
                FROM {pair.Current} c JOIN {table} x ON {Sql.KeysEqual("c", "x")}) r
            """, quarantine, cancellation);
        var deleted = await ExecuteAsync(connection,
            $"DELETE FROM {pair.Current} c USING {table} x WHERE {Sql.KeysEqual("c", "x")}", cancellation);
        await ExecuteAsync(connection, $"DROP TABLE {table}", cancellation);

        // Records of these keys that came after the map was given up were counted as new.
        New -= deleted - conflicts.Count;
        Rejected += deleted - conflicts.Count;
    }

    private async Task AddKeyAsync(QuarantineWriter quarantine, CancellationToken cancellation)
    {
        await transaction.SaveAsync("before_key", cancellation);
        try
        {
            await ExecuteAsync(connection, Sql.AddCurrentKey(pair.Current), cancellation);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation && seen is null)
        {
            await transaction.RollbackAsync("before_key", cancellation);
            await RemoveDuplicatesAsync(quarantine, cancellation);
            await ExecuteAsync(connection, Sql.AddCurrentKey(pair.Current), cancellation);
        }
    }

    private async Task RemoveDuplicatesAsync(QuarantineWriter quarantine, CancellationToken cancellation)
    {
        await ExecuteAsync(connection, $"""
            CREATE TEMP TABLE twice ON COMMIT DROP AS
            SELECT {Sql.Key}, min(ctid) AS keep, count(DISTINCT row_hash) AS images FROM {pair.Current} GROUP BY {Sql.Key} HAVING count(*) > 1
            """, cancellation);
        var copies = await ExecuteAsync(connection,
            $"DELETE FROM {pair.Current} c USING twice t WHERE {Sql.KeysEqual("c", "t")} AND t.images = 1 AND c.ctid <> t.keep", cancellation);
        var rejected = await QuarantineContradictedAsync(quarantine, cancellation);
        var conflicting = await ExecuteAsync(connection,
            $"DELETE FROM {pair.Current} c USING twice t WHERE {Sql.KeysEqual("c", "t")} AND t.images > 1", cancellation);
        New -= copies + conflicting;
        Duplicate += copies - (rejected - conflicting);
        Rejected += rejected;
    }

    /// <summary>Records of contradicted keys, with the copies that were counted as duplicates and never sent.</summary>
    private async Task<long> QuarantineContradictedAsync(QuarantineWriter quarantine, CancellationToken cancellation)
    {
        var earlier = new ConflictingKeys();
        foreach (var (fields, copies) in copied.Values)
        {
            earlier.Add(fields, new Arrived(Arrival.Duplicate, Copies: copies));
        }

        var table = WorkTables.Conflicts(Target);
        await earlier.WriteAsync(connection, Sql, Target.Layout.Key.Count, table, cancellation);
        var rejected = await QuarantineAsync(connection, $"""
            SELECT {Sql.RecordAsJson("c")}, NULL::bigint,
                CASE WHEN row_number() OVER (PARTITION BY {Sql.KeyOf("c")} ORDER BY c.ctid) = 1 THEN coalesce(e.copies, 0) ELSE 0 END
            FROM {pair.Current} c JOIN twice t ON {Sql.KeysEqual("c", "t")} LEFT JOIN {table} e ON {Sql.KeysEqual("c", "e")} WHERE t.images > 1
            """, quarantine, cancellation);
        await ExecuteAsync(connection, $"DROP TABLE {table}", cancellation);
        return rejected;
    }
}
