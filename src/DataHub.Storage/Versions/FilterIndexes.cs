using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Versioning;
using DataHub.Storage.Connections;
using Npgsql;

namespace DataHub.Storage.Versions;

/// <summary>
/// Completes a pair with its filter indexes and statistics after its first version was published: they are half of PostgreSQL's work for a first load, and only
/// questions by column are slower without them. What is there already is left alone, so that anybody may call it at any time.
/// </summary>
public sealed class FilterIndexes(StoreConnections connections)
{
    /// <summary>Sorting a million records needs about 100 MB; 64 MB would send it to disk.</summary>
    internal const string Memory = "SET LOCAL maintenance_work_mem = '256MB'";

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

    /// <summary>Makes what the pair lacks, all or nothing.</summary>
    public async Task CompleteAsync(
        PairTables pair, StoreLayout layout, IReadOnlyList<StoreColumn> indexed, CancellationToken cancellation)
    {
        await using var connection = await connections.Merge.OpenConnectionAsync(cancellation);
        if (await IsCompleteAsync(connection, pair, indexed, cancellation))
        {
            return;
        }

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
        // Readers keep in memory what is indexed.
        await ExecuteAsync(connection, string.Create(
            CultureInfo.InvariantCulture, $"SELECT pg_notify('hub_changes', 'dataset:{layout.DatasetId}')"), cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static async Task<bool> IsCompleteAsync(
        NpgsqlConnection connection, PairTables pair, IReadOnlyList<StoreColumn> indexed, CancellationToken cancellation)
    {
        string[] names = [.. indexed.SelectMany(c => new[] { StoreSql.FilterIndexName(pair.Current, c), StoreSql.FilterIndexName(pair.History, c) })];
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
