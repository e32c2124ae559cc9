using DataHub.Storage.Copy;
using DataHub.Storage.Queries;
using Npgsql;

namespace DataHub.Storage.Exports;

/// <summary>Takes the records of a version in key order.</summary>
public interface IExportTarget
{
    /// <summary>
    /// One record, valid during the call. Called once a record, in key order; waits only where bytes pile up beyond measure.
    /// </summary>
    ValueTask WriteAsync(IRecordRow row, CancellationToken cancellation);

    /// <summary>
    /// Between two ranges, with no transaction open: here a slow reader is waited for. Returns the bytes that the range made.
    /// </summary>
    ValueTask<long> EndRangeAsync(CancellationToken cancellation);
}

/// <summary>
/// Reads a whole version in key ranges, each one COPY in one snapshot: a version never changes, and the head test in the
/// statement makes version and rows consistent,
/// so that ranges of different snapshots fit together. No lock and no snapshot outlives a range (some ten milliseconds): a schema
/// change finds its gap, vacuum its horizon.
/// </summary>
internal sealed class VersionExport(NpgsqlConnection connection, RecordQuery query)
{
    /// <summary>
    /// Bytes that a range aims at: large enough that its statement costs nothing, small enough to wait in memory for a slow
    /// reader.
    /// </summary>
    private const int RangeBytes = 6 << 20;

    private const int FirstRange = 1_024;

    private readonly ExportSql sql = new(query);

    /// <summary>Most records of a range.</summary>
    public int LargestRange { get; init; } = 16_384;

    /// <summary>Streams every record.</summary>
    /// <exception cref="InvalidOperationException">The store does not hold the records that the version counts: a fault.</exception>
    public async Task RunAsync(IExportTarget target, CancellationToken cancellation)
    {
        var latest = query.MustBeHead || query.Line.Head == query.Version.Seq;
        var left = query.Version.Records;
        var size = Math.Min(FirstRange, LargestRange);
        string[]? after = null;
        while (left > 0)
        {
            var limit = (int)Math.Min(size, left);
            // The last range of the newest version asks for one more: at the end of the table that costs nothing, and a surplus
            // is as wrong as a lack.
            var asked = latest && limit == left ? limit + 1 : limit;
            var copy = latest ? sql.Latest(after is not null, asked) : sql.AsOf(after is not null, asked);
            var (count, last) = await ReadAsync(copy, after, limit, target, cancellation);
            if (count == 0 && latest)
            {
                // The head moved on: the same records, now through history.
                latest = false;
                continue;
            }

            if (count != limit)
            {
                throw new InvalidOperationException(
                    $"version {query.Version.Seq} of dataset {query.Line.Layout.DatasetId} gave {count} records "
                    + $"in a range where {limit} must be, {left} left");
            }

            left -= count;
            after = last;
            size = NextSize(await target.EndRangeAsync(cancellation), count);
        }
    }

    private async Task<(int Count, string[]? Last)> ReadAsync(
        string copy, string[]? after, int limit, IExportTarget target, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (after is not null)
        {
            await using var command = new NpgsqlCommand(sql.SetKey, connection, transaction);
            foreach (var value in after)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            await command.ExecuteNonQueryAsync(cancellation);
        }

        var (count, last) = (0, (string[]?)null);
        await using (var tuples = await CopyTupleReader.BeginAsync(connection, copy, cancellation))
        {
            var row = new CopyRow(tuples);
            while (await tuples.ReadAsync(cancellation))
            {
                if (++count > limit)
                {
                    continue;
                }

                if (count == limit)
                {
                    last = row.Key(query.Line.Layout, query.Columns.Count);
                }

                var writing = target.WriteAsync(row, cancellation);
                if (!writing.IsCompletedSuccessfully)
                {
                    await writing;
                }
            }
        }

        await transaction.CommitAsync(cancellation);
        return (count, last);
    }

    private int NextSize(long bytes, int records)
    {
        var fitting = RangeBytes / Math.Max(1, bytes / records);
        // Records grow at most fourfold from one range to the next guess: what follows may be larger than what was seen.
        return (int)Math.Clamp(Math.Min(fitting, records * 4L), 1, LargestRange);
    }
}
