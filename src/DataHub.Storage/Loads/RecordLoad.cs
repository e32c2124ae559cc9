using DataHub.Core.Records;
using DataHub.Core.Validation;
using DataHub.Core.Versioning;
using DataHub.Storage.Quarantine;
using DataHub.Storage.Versions;
using Npgsql;

namespace DataHub.Storage.Loads;

/// <summary>What a load works on.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Lease">Its lease number: part of every working table's name, so that a worker that lost the run cannot touch its successor's.</param>
/// <param name="Layout">Columns of the pair, those of the run's contract included.</param>
/// <param name="Pair">The pair, or null before the first version.</param>
/// <param name="BaseSeq">Head of the pair, 0 before the first version.</param>
/// <param name="Records">Records of the head.</param>
/// <param name="FirstSeq">For a first load: the number its version will have.</param>
public sealed record LoadTarget(
    long RunId, int Lease, StoreLayout Layout, PairTables? Pair, int BaseSeq, long Records, int FirstSeq)
{
    /// <summary>Columns with a filter index.</summary>
    public IReadOnlyList<StoreColumn> Indexed { get; init; } = [];

    /// <summary>What the records that come are, of all that the source has.</summary>
    public LoadScope Scope { get; init; } = LoadScope.Whole;
}

/// <summary>What a load's records are, of all that the source has.</summary>
public enum LoadScope
{
    /// <summary>All: what is absent is gone.</summary>
    Whole,

    /// <summary>Some: absence says nothing, only a tombstone removes.</summary>
    Part,

    /// <summary>Some, and none of them may change a published one.</summary>
    Addition,

    /// <summary>All, but of each only its key: what is absent is gone, the rest stays as it is.</summary>
    Keys,
}

/// <summary>
/// Step 3 of the load: takes records one by one, in any order, and ends as a <see cref="Candidate"/>. Three ways exist: straight into a new pair,
/// compared in memory, staged whole. <see cref="ChangePlanner"/> states what all of them must do.
/// </summary>
public abstract class RecordLoad : IAsyncDisposable
{
    private protected RecordLoad(LoadTarget target)
    {
        Target = target;
        Sql = new StoreSql(target.Layout);
    }

    public LoadTarget Target { get; }

    /// <summary>Records met so far, by what became of them.</summary>
    public RunCounts Counts => new()
    {
        Read = Read, New = New, Changed = Changed, Unchanged = Unchanged, Rejected = Rejected, Duplicate = Duplicate,
        Tombstones = Tombstones, Removed = Removed, Stale = Stale,
    };

    private protected StoreSql Sql { get; }

    private protected long Read { get; set; }

    private protected long New { get; set; }

    private protected long Changed { get; set; }

    private protected long Unchanged { get; set; }

    private protected long Rejected { get; set; }

    private protected long Duplicate { get; set; }

    private protected long Tombstones { get; set; }

    private protected long Removed { get; set; }

    private protected long Stale { get; set; }

    /// <summary>Takes the valid record that <paramref name="encoder"/> holds; false when it is rejected because its key is in conflict.</summary>
    public bool Add(RecordEncoder encoder, RecordBatch batch, int row)
    {
        Read++;
        return Take(encoder, batch, row);
    }

    /// <summary>Counts a rejected record; its key, where it can be read, counts as seen. 
    /// True when a published image of the key is known to stay; a staged load knows it only at its end, and marks the entry then.</summary>
    public bool Reject(RecordEncoder encoder, RecordBatch batch, int row)
    {
        Read++;
        Rejected++;
        return encoder.TryKeyOfRejected(batch, row, out var key, out var fields) && See(key, fields, batch.Positions[row]);
    }

    /// <summary>
    /// Counts a record that the source has deleted. Among all records that is the same as its absence; a live record of its key stands.
    /// False when its key cannot be read.
    /// </summary>
    public bool Bury(RecordEncoder encoder, RecordBatch batch, int row)
    {
        if (!encoder.TryKeyOfRejected(batch, row, out _, out var fields))
        {
            return false;
        }

        Read++;
        Tombstones++;
        Gone(fields, batch.Positions[row]);
        return true;
    }

    /// <summary>Counts a key of a source whose other values were not read; false when it cannot be read.</summary>
    public bool Meet(RecordEncoder encoder, RecordBatch batch, int row)
    {
        if (!encoder.TryKeyOfRejected(batch, row, out var key, out var fields))
        {
            return false;
        }

        Read++;
        Unchanged++;
        See(key, fields, batch.Positions[row]);
        return true;
    }

    /// <summary>Counts a record that could not even be split into columns.</summary>
    public void RejectBroken()
    {
        Read++;
        Rejected++;
    }

    /// <summary>Lets full buffers go to the server; call it after every batch.</summary>
    public abstract ValueTask FlushAsync(CancellationToken cancellation);

    /// <summary>Ends the load: resolves conflicting keys, finds what is gone, and leaves the candidate's tables behind.</summary>
    public abstract Task<Candidate> CompleteAsync(QuarantineWriter quarantine, CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();

    private protected abstract bool Take(RecordEncoder encoder, RecordBatch batch, int row);

    private protected abstract bool See(UInt128 key, ReadOnlySpan<byte> keyFields, long position);

    /// <summary>A key that the source has deleted; only a load of a part must remember it.</summary>
    private protected virtual void Gone(ReadOnlySpan<byte> keyFields, long position)
    {
    }

    private protected static async Task<long> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Quarantines records of tables: (json, position, copies) a row.</summary>
    private protected static async Task<long> QuarantineAsync(
        NpgsqlConnection connection, string select, QuarantineWriter quarantine, CancellationToken cancellation, Violation? why = null)
    {
        await using var command = new NpgsqlCommand(select, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        long records = 0;
        while (await reader.ReadAsync(cancellation))
        {
            long? position = reader.IsDBNull(1) ? null : reader.GetInt64(1);
            var occurrences = 1 + reader.GetInt32(2);
            await quarantine.AddStoredAsync(position, reader.GetString(0), occurrences, why ?? Violation.DuplicateKey, cancellation);
            records += occurrences;
        }

        return records;
    }

    private protected void CheckCounts()
    {
        if (!Counts.AddUp)
        {
            throw new InvalidOperationException($"the counts of run {Target.RunId} do not add up: {Counts}");
        }
    }
}
