using System.Buffers.Binary;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Validation;
using DataHub.Core.Versioning;
using DataHub.Storage.Connections;
using DataHub.Storage.Copy;
using DataHub.Storage.Quarantine;
using DataHub.Storage.Versions;
using Npgsql;

namespace DataHub.Storage.Loads;

/// <summary>Thrown when a pull outgrows the memory for comparing; the pipeline starts the pull again with a <see cref="StagedLoad"/>.</summary>
public sealed class DiffMemoryExceededException() : Exception("the pull outgrew the memory for comparing in memory");

/// <summary>
/// A later load whose keys and hashes fit in memory: every record is decided at once and only changes are sent (a pull without changes
/// writes next to nothing).
/// </summary>
public sealed class ComparedLoad : RecordLoad
{
    private readonly ConflictingKeys conflicts = new();
    private readonly StoreConnections connections;
    private readonly long memoryLimit;
    private readonly NpgsqlConnection connection;
    private readonly KeyMap map;
    private readonly string delta;
    private readonly string current;
    private CopyTupleWriter writer = null!;

    private ComparedLoad(StoreConnections connections, LoadTarget target, NpgsqlConnection connection, long memoryLimit)
        : base(target)
    {
        this.connections = connections;
        this.connection = connection;
        this.memoryLimit = memoryLimit;
        map = new KeyMap(target.Records);
        delta = WorkTables.Delta(target);
        current = target.Pair!.Current;
    }

    /// <summary>Delta table of a load.</summary>
    public static string DeltaOf(LoadTarget target) => WorkTables.Delta(target);

    public static async Task<ComparedLoad> BeginAsync(
        StoreConnections connections, LoadTarget target, long memoryLimit, CancellationToken cancellation)
    {
        var connection = await connections.Merge.OpenConnectionAsync(cancellation);
        var load = new ComparedLoad(connections, target, connection, memoryLimit);
        try
        {
            await load.ReadCurrentAsync(cancellation);
            await ExecuteAsync(connection, load.Sql.CreateDelta(load.delta), cancellation);
            load.writer = await CopyTupleWriter.BeginAsync(connection, load.Sql.CopyDelta(load.delta), cancellation);
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    public override ValueTask FlushAsync(CancellationToken cancellation) =>
        map.Memory > memoryLimit ? throw new DiffMemoryExceededException() : writer.FlushAsync(cancellation);

    public override async Task<Candidate> CompleteAsync(QuarantineWriter quarantine, CancellationToken cancellation)
    {
        await writer.CompleteAsync(cancellation);
        if (map.Unseen > 0)
        {
            await AddRemovedAsync(cancellation);
        }

        await TakeBackConflictsAsync(quarantine, cancellation);
        await ExecuteAsync(connection, $"ANALYZE {delta}", cancellation);
        Stale = map.CountStale();
        CheckCounts();
        return new Candidate
        {
            DatasetId = Target.Layout.DatasetId, Major = Target.Layout.Major, BaseSeq = Target.BaseSeq, Pair = Target.Pair!, Delta = delta,
            Records = Target.Records + New - Removed, Counts = Counts,
        };
    }

    public override async ValueTask DisposeAsync()
    {
        if (writer is not null)
        {
            await writer.DisposeAsync();
        }

        await connection.DisposeAsync();
    }

    private protected override bool Take(RecordEncoder encoder, RecordBatch batch, int row)
    {
        var hash = encoder.Record.Hash();
        var arrived = map.Arrive(encoder.Key, hash, batch.Positions[row]);
        switch (arrived.Verdict)
        {
            case Arrival.New:
                New++;
                Send((byte)'i', encoder.Record, hash, batch.Positions[row]);
                return true;
            case Arrival.Changed:
                Changed++;
                Send((byte)'u', encoder.Record, hash, batch.Positions[row]);
                return true;
            case Arrival.Unchanged:
                Unchanged++;
                return true;
            case Arrival.Duplicate:
                Duplicate++;
                return true;
            case Arrival.Conflict:
                Rejected++;
                return false;
            default:
                TakeBack(arrived);
                conflicts.Add(encoder.KeyFields(batch, row), arrived);
                return false;
        }
    }

    private protected override bool See(UInt128 key, ReadOnlySpan<byte> keyFields, long position)
    {
        map.Reject(key);
        return map[key] is KeyState.Stale;
    }

    private void Send(byte op, RecordBuffer record, UInt128 hash, long position)
    {
        writer.BeginTuple(Sql.ColumnCount + 3);
        writer.Byte(op);
        writer.Int64(position);
        writer.Raw(record.Tuple);
        writer.Uuid(hash);
    }

    private void TakeBack(Arrived arrived)
    {
        New -= arrived.First == KeyState.New ? 1 : 0;
        Changed -= arrived.First == KeyState.Changed ? 1 : 0;
        Unchanged -= arrived.First == KeyState.Unchanged ? 1 : 0;
        Duplicate -= arrived.Copies;
        Rejected += 2 + arrived.Copies;
    }

    private async Task ReadCurrentAsync(CancellationToken cancellation)
    {
        await using var reader = await OpenKeysAsync(cancellation);
        while (await reader.Tuples.ReadAsync(cancellation))
        {
            var key = reader.Key(Target.Layout, out _);
            map.AddCurrent(key, reader.Hash());
        }
    }

    /// <summary>Second look at current, for the keys of what is gone: only they are sent.</summary>
    private async Task AddRemovedAsync(CancellationToken cancellation)
    {
        await using var reader = await OpenKeysAsync(cancellation);
        await using var removed = await CopyTupleWriter.BeginAsync(connection, Sql.CopyDeltaKeys(delta), cancellation);
        while (await reader.Tuples.ReadAsync(cancellation))
        {
            if (map[reader.Key(Target.Layout, out var fields)] == KeyState.Current)
            {
                Removed++;
                removed.BeginTuple(Target.Layout.Key.Count + 1);
                removed.Byte((byte)'d');
                removed.Raw(fields);
                await removed.FlushAsync(cancellation);
            }
        }

        await removed.CompleteAsync(cancellation);
    }

    private async Task<CurrentKeys> OpenKeysAsync(CancellationToken cancellation)
    {
        var keys = await CurrentKeys.OpenAsync(connections, Sql, current, Target, cancellation);
        if (keys.Head == Target.BaseSeq)
        {
            return keys;
        }

        await keys.DisposeAsync();
        throw HubErrors.CandidateOutdated(Target.RunId).ToException();
    }

    private async Task TakeBackConflictsAsync(QuarantineWriter quarantine, CancellationToken cancellation)
    {
        if (conflicts.Count == 0)
        {
            return;
        }

        var table = WorkTables.Conflicts(Target);
        await conflicts.WriteAsync(connection, Sql, Target.Layout.Key.Count, table, cancellation);

        // The earlier record stands in the delta, or, when it changed nothing, in current.
        await QuarantineAsync(connection, $"""
            SELECT {Sql.RecordAsJson("d")}, x.pos, x.copies FROM {delta} d JOIN {table} x ON {Sql.KeysEqual("d", "x")}
            UNION ALL
            SELECT {Sql.RecordAsJson("c")}, x.pos, x.copies FROM {current} c JOIN {table} x ON {Sql.KeysEqual("c", "x")}
            WHERE NOT EXISTS (SELECT 1 FROM {delta} d WHERE {Sql.KeysEqual("d", "x")})
            """, quarantine, cancellation);
        await ExecuteAsync(connection, $"DELETE FROM {delta} d USING {table} x WHERE {Sql.KeysEqual("d", "x")}", cancellation);
        await ExecuteAsync(connection, $"DROP TABLE {table}", cancellation);
    }
}
