using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Versioning;
using DataHub.Storage.Connections;
using Npgsql;

namespace DataHub.Storage.Versions;

/// <summary>
/// Completes a pair with its filter indexes and statistics after its first version was published: they are half of PostgreSQL's work for a first load, and only
/// questions by column are slower without them. What is there already is left alone, so that anybody may call it at any time.
/// An index that the contract asks for no more is dropped: its column's values may be longer than an index takes by now, and could not be published.
/// </summary>
public sealed class FilterIndexes(StoreConnections connections)
{
    /// <summary>Sorting a million records needs about 100 MB; 64 MB would send it to disk.</summary>
    internal const string Memory = "SET LOCAL maintenance_work_mem = '256MB'";

    // Behind a long reader a DROP would stop all readers that queue after it; the next run tries again.
    private const string ShortLock = "SET LOCAL lock_timeout = '100ms'";

    // Class of the advisory locks that keep two makers of one dataset's indexes apart.
    private const int LockClass = 0x44485549;

    /// <summary>Columns of the layout that the contract declares indexed.</summary>
    public static IReadOnlyList<StoreColumn> Of(StoreLayout layout, DataContract contract) =>
        [.. layout.Columns.Where(c => contract.Columns.Any(k => k.Name == c.Name && k.Indexed))];

    /// <summary>Completes the pair of a dataset's contract major, where it has one.</summary>
    public async Task CompleteAsync(int datasetId, DataContract contract, CancellationToken cancellation)
    {
        StoreLine line;
        await using (var connection = await connections.Merge.OpenConnectionAsync(cancellation))
        {
            line = await StoreCatalogue.ReadLineAsync(connection, datasetId, contract.Version.Major, cancellation);
        }

        if (line.Pair is { } pair)
        {
            await CompleteAsync(pair, line.Layout, Of(line.Layout, contract), cancellation);
        }
    }

    /// <summary>Completes pairs whose worker died between publishing and this: statistics come last, so that their absence tells.</summary>
    public async Task CompleteUnfinishedAsync(CancellationToken cancellation)
    {
        var unfinished = new List<(int Dataset, string Document)>();
        await using (var command = connections.Merge.CreateCommand("""
            SELECT p.dataset_id, r.document::text FROM hub.store_pairs p
            JOIN LATERAL (SELECT document FROM hub.contract_revisions c WHERE c.dataset_id = p.dataset_id AND c.major = p.major
                ORDER BY minor DESC, patch DESC LIMIT 1) r ON true
            WHERE NOT EXISTS (SELECT 1 FROM pg_stats s WHERE s.schemaname || '.' || s.tablename = p.current_table)
            """))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                unfinished.Add((reader.GetInt32(0), reader.GetString(1)));
            }
        }

        foreach (var (dataset, document) in unfinished)
        {
            if (ContractReader.Read(document).Contract is { } contract)
            {
                await CompleteAsync(dataset, contract, cancellation);
            }
        }
    }

    /// <summary>Makes what the pair lacks, all or nothing, then drops what it should not have.</summary>
    public async Task CompleteAsync(
        PairTables pair, StoreLayout layout, IReadOnlyList<StoreColumn> indexed, CancellationToken cancellation)
    {
        await using var connection = await connections.Merge.OpenConnectionAsync(cancellation);
        if (!await IsCompleteAsync(connection, pair, indexed, cancellation))
        {
            await MakeAsync(connection, pair, layout, indexed, cancellation);
        }

        foreach (var name in await FindNeedlessAsync(connection, pair, indexed, cancellation))
        {
            await DropAsync(connection, name, layout, cancellation);
        }
    }

    private static async Task MakeAsync(
        NpgsqlConnection connection, PairTables pair, StoreLayout layout, IReadOnlyList<StoreColumn> indexed, CancellationToken cancellation)
    {
        // One transaction: reads go on meanwhile, and a publication of this dataset waits instead of coming between two sorts.
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync(connection, Memory, cancellation);
        await ExecuteAsync(connection, string.Create(
            CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({LockClass}, {layout.DatasetId})"), cancellation);
        var sql = new StoreSql(layout);
        foreach (var table in new[] { pair.Current, pair.History })
        {
            foreach (var column in indexed)
            {
                await ExecuteAsync(connection, sql.FilterIndex(table, column), cancellation);
            }
        }

        await ExecuteAsync(connection, $"ANALYZE {pair.Current}", cancellation);
        await NotifyAsync(connection, layout, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static async Task DropAsync(NpgsqlConnection connection, string name, StoreLayout layout, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        try
        {
            await ExecuteAsync(connection, ShortLock, cancellation);
            await ExecuteAsync(connection, $"DROP INDEX IF EXISTS store.{name}", cancellation);
            await NotifyAsync(connection, layout, cancellation);
            await transaction.CommitAsync(cancellation);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
        {
            // Somebody still reads by it.
        }
    }

    // Readers keep in memory what is indexed.
    private static Task NotifyAsync(NpgsqlConnection connection, StoreLayout layout, CancellationToken cancellation) => ExecuteAsync(connection,
        string.Create(CultureInfo.InvariantCulture, $"SELECT pg_notify('hub_changes', 'dataset:{layout.DatasetId}')"), cancellation);

    // Filter indexes by their names, those of earlier programs (without _low) too; the names of all others end otherwise.
    private static async Task<List<string>> FindNeedlessAsync(
        NpgsqlConnection connection, PairTables pair, IReadOnlyList<StoreColumn> indexed, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
            WHERE i.indrelid IN ($1::regclass, $2::regclass) AND starts_with(c.relname, t.relname || '_c')
                AND substr(c.relname, length(t.relname) + 1) ~ '^_c[0-9]+(_low)?$' AND c.relname <> ALL ($3)
            """, connection)
        {
            Parameters = { new() { Value = pair.Current }, new() { Value = pair.History }, new() { Value = Names(pair, indexed) } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellation))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static string[] Names(PairTables pair, IReadOnlyList<StoreColumn> indexed) =>
        [.. indexed.SelectMany(c => new[] { StoreSql.FilterIndexName(pair.Current, c), StoreSql.FilterIndexName(pair.History, c) })];

    private static async Task<bool> IsCompleteAsync(
        NpgsqlConnection connection, PairTables pair, IReadOnlyList<StoreColumn> indexed, CancellationToken cancellation)
    {
        var names = Names(pair, indexed);
        await using var command = new NpgsqlCommand("""
            SELECT (SELECT count(*) FROM pg_class WHERE relkind = 'i' AND relnamespace = 'store'::regnamespace AND relname = ANY ($1)) = $2
                AND EXISTS (SELECT 1 FROM pg_stats WHERE schemaname || '.' || tablename = $3)
            """, connection)
        {
            Parameters = { new() { Value = names }, new() { Value = (long)names.Length }, new() { Value = pair.Current } },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string text, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
