using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Versioning;
using DataHub.Storage.Connections;
using DataHub.Storage.Loads;
using Npgsql;

namespace DataHub.Storage.Versions;

/// <summary>
/// Before a load: gives the contract's new columns their ids and, where a pair exists, adds them to both tables. An added column is nullable, so that only the catalogue
/// changes and old versions need no rewrite.
/// </summary>
public sealed class StorePreparation(StoreConnections connections, FilterIndexes indexes, TimeProvider time)
{
    // Behind a long reader an ALTER would stop all readers that queue after it: rather give up at once and try again.
    private const string ShortLock = "SET LOCAL lock_timeout = '100ms'";
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>What the run with this id and lease will load into.</summary>
    public async Task<LoadTarget> PrepareAsync(
        int datasetId, DataContract contract, long runId, int lease, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await TryPrepareAsync(datasetId, contract, runId, lease, cancellation);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable && time.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(RetryDelay, time, cancellation);
            }
        }
    }

    private async Task<LoadTarget> TryPrepareAsync(int datasetId, DataContract contract, long runId, int lease, CancellationToken cancellation)
    {
        await using var connection = await connections.Merge.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var line = await StoreCatalogue.ReadLineAsync(connection, datasetId, contract.Version.Major, cancellation);
        var known = line.Layout.Columns.Count;
        var layout = line.Layout.With(contract);
        await AddColumnsAsync(connection, layout, known, line.Pair, cancellation);
        await transaction.CommitAsync(cancellation);

        // Apart from the columns: their lock stops readers, and building an index takes long.
        var indexed = FilterIndexes.Of(layout, contract);
        if (line.Pair is { } pair)
        {
            await indexes.CompleteAsync(pair, layout, indexed, cancellation);
        }

        return new LoadTarget(runId, lease, layout, line.Pair, line.Head, line.Records, line.LastSeq + 1) { Indexed = indexed };
    }

    private static async Task AddColumnsAsync(
        NpgsqlConnection connection, StoreLayout layout, int known, PairTables? pair, CancellationToken cancellation)
    {
        foreach (var column in layout.Columns.Skip(known))
        {
            await using var insert = new NpgsqlCommand("""
                INSERT INTO hub.stored_columns (dataset_id, major, column_id, name, type, key_position) VALUES ($1, $2, $3, $4, $5, $6)
                """, connection)
            {
                Parameters =
                {
                    new() { Value = layout.DatasetId }, new() { Value = layout.Major }, new() { Value = column.Id }, new() { Value = column.Name },
                    new() { Value = column.Type.ToString() }, new() { Value = (object?)column.KeyPosition ?? DBNull.Value },
                },
            };
            await insert.ExecuteNonQueryAsync(cancellation);
        }

        if (pair is null)
        {
            return;
        }

        // What the table lacks, not what was registered just now: a held first load can be approved after a later run registered more columns.
        var present = await StoreCatalogue.ReadColumnNamesAsync(connection, pair.Current, cancellation);
        var missing = layout.Columns.Where(c => !present.Contains(StoreSql.Name(c))).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        // Current before history, as readers lock them.
        var added = string.Join(", ", missing.Select(c => $"ADD COLUMN {StoreSql.Name(c)} {StoreSql.TypeOf(c.Type)}"));
        foreach (var text in new[] { ShortLock, $"ALTER TABLE {pair.Current} {added}", $"ALTER TABLE {pair.History} {added}" })
        {
            await using var alter = new NpgsqlCommand(text, connection);
            await alter.ExecuteNonQueryAsync(cancellation);
        }
    }
}

/// <summary>What the catalogue says of one (dataset, major).</summary>
/// <param name="Layout">Columns so far; none before the first load was prepared.</param>
/// <param name="Pair">Its tables, or null before the first version.</param>
/// <param name="FirstSeq">First version of the pair; 0 before it.</param>
/// <param name="Head">Newest version of the pair; 0 before the first.</param>
/// <param name="Records">Records of the head.</param>
/// <param name="Checksum">Checksum of the head, zeros before the first.</param>
/// <param name="LastSeq">Newest version of the dataset over all majors.</param>
public sealed record StoreLine(StoreLayout Layout, PairTables? Pair, int FirstSeq, int Head, long Records, byte[] Checksum, int LastSeq)
{
    /// <summary>Ids of columns whose index exists on both tables: a contract may ask for one that the next run has yet to make.</summary>
    public IReadOnlySet<int> Indexed { get; init; } = new HashSet<int>();
}

/// <summary>Reads where a dataset's line stands.</summary>
public static class StoreCatalogue
{
    public static async Task<StoreLine> ReadLineAsync(NpgsqlConnection connection, int datasetId, int major, CancellationToken cancellation)
    {
        var columns = new List<StoreColumn>();
        await using (var command = Command(connection, datasetId, major,
            "SELECT column_id, name, type, key_position FROM hub.stored_columns WHERE dataset_id = $1 AND major = $2 ORDER BY column_id"))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                _ = ColumnType.TryParse(reader.GetString(2), out var type);
                columns.Add(new StoreColumn(reader.GetInt32(0), reader.GetString(1), type, reader.IsDBNull(3) ? null : reader.GetInt32(3)));
            }
        }

        await using var line = Command(connection, datasetId, major, """
            SELECT p.current_table, p.history_table, coalesce(p.first_seq, 0), coalesce(h.seq, 0), coalesce(v.records, 0),
                coalesce(v.checksum, decode(repeat('00', 16), 'hex')), coalesce((SELECT max(seq) FROM hub.versions WHERE dataset_id = $1), 0)
            FROM (SELECT 1) one
            LEFT JOIN hub.store_pairs p ON p.dataset_id = $1 AND p.major = $2
            LEFT JOIN hub.heads h ON h.dataset_id = $1 AND h.major = $2
            LEFT JOIN hub.versions v ON v.dataset_id = $1 AND v.seq = h.seq
            """);
        await using var row = await line.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        var pair = row.IsDBNull(0) ? null : new PairTables(row.GetString(0), row.GetString(1));
        var found = new StoreLine(new StoreLayout(datasetId, major, columns), pair, row.GetInt32(2), row.GetInt32(3), row.GetInt64(4),
            row.GetFieldValue<byte[]>(5), row.GetInt32(6));
        await row.DisposeAsync();
        return pair is null ? found : found with { Indexed = await ReadIndexedAsync(connection, pair, columns, cancellation) };
    }

    private static async Task<IReadOnlySet<int>> ReadIndexedAsync(
        NpgsqlConnection connection, PairTables pair, IReadOnlyList<StoreColumn> columns, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid IN ($1::regclass, $2::regclass) AND i.indisvalid
            """, connection)
        {
            Parameters = { new() { Value = pair.Current }, new() { Value = pair.History } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
        {
            names.Add(reader.GetString(0));
        }

        return columns.Where(c => names.Contains(StoreSql.FilterIndexName(pair.Current, c)) && names.Contains(StoreSql.FilterIndexName(pair.History, c)))
            .Select(c => c.Id).ToHashSet();
    }

    /// <summary>The columns of <paramref name="layout"/> that a candidate has: a run that came after it may have registered more.</summary>
    public static async Task<StoreLayout> LayoutOfAsync(
        NpgsqlConnection connection, StoreLayout layout, Candidate candidate, CancellationToken cancellation)
    {
        var present = await ReadColumnNamesAsync(connection, candidate.Delta ?? candidate.Pair.Current, cancellation);
        return layout with { Columns = [.. layout.Columns.Where(c => present.Contains(StoreSql.Name(c)))] };
    }

    internal static async Task<HashSet<string>> ReadColumnNamesAsync(NpgsqlConnection connection, string table, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped", connection)
        {
            Parameters = { new() { Value = table } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, int datasetId, int major, string text) =>
        new(text, connection) { Parameters = { new() { Value = datasetId }, new() { Value = major } } };
}
