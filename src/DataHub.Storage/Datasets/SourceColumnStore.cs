using DataHub.Storage.Connections;
using Npgsql;

namespace DataHub.Storage.Datasets;

/// <summary>The columns that a dataset's source had at earlier pulls.</summary>
/// <param name="ContractRevisionId">Revision of the pull that saw them last.</param>
/// <param name="Known">Every column ever seen.</param>
/// <param name="Absent">Those of the contract that were gone at the last pull.</param>
public sealed record KnownSourceColumns(long ContractRevisionId, IReadOnlySet<string> Known, IReadOnlySet<string> Absent);

/// <summary>Keeps what a source's columns were, so that a difference is told when it comes and not at every pull.</summary>
public sealed class SourceColumnStore(StoreConnections connections)
{
    /// <summary>Null before the first pull that ended.</summary>
    public async Task<KnownSourceColumns?> FindAsync(int datasetId, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand(
            "SELECT contract_revision_id, known, absent FROM hub.source_columns WHERE dataset_id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = datasetId });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new KnownSourceColumns(reader.GetInt64(0), reader.GetFieldValue<string[]>(1).ToHashSet(StringComparer.Ordinal),
                reader.GetFieldValue<string[]>(2).ToHashSet(StringComparer.Ordinal))
            : null;
    }

    /// <summary>Keeps what a run saw.</summary>
    public async Task KeepAsync(int datasetId, long runId, KnownSourceColumns seen, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand("""
            INSERT INTO hub.source_columns (dataset_id, run_id, contract_revision_id, known, absent)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (dataset_id) DO UPDATE SET run_id = $2, contract_revision_id = $3, known = $4, absent = $5
            WHERE (source_columns.contract_revision_id, source_columns.known, source_columns.absent)
                IS DISTINCT FROM (EXCLUDED.contract_revision_id, EXCLUDED.known, EXCLUDED.absent)
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = datasetId });
        command.Parameters.Add(new NpgsqlParameter { Value = runId });
        command.Parameters.Add(new NpgsqlParameter { Value = seen.ContractRevisionId });
        command.Parameters.Add(new NpgsqlParameter { Value = seen.Known.Order(StringComparer.Ordinal).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = seen.Absent.Order(StringComparer.Ordinal).ToArray() });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
