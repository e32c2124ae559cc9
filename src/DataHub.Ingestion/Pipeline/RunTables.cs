using DataHub.Core.Contracts;
using DataHub.Storage.Connections;
using DataHub.Storage.Loads;
using DataHub.Storage.Runs;
using DataHub.Storage.Versions;

namespace DataHub.Ingestion.Pipeline;

/// <summary>What the pipeline asks of the store around a load.</summary>
public sealed class RunTables(StoreConnections connections, Janitor janitor)
{
    public async Task<StoreLine> ReadLineAsync(ClaimedRun run, DataContract contract, CancellationToken cancellation)
    {
        await using var connection = await connections.Merge.OpenConnectionAsync(cancellation);
        return await StoreCatalogue.ReadLineAsync(connection, run.DatasetId, contract.Version.Major, cancellation);
    }

    /// <summary>Whether no version of the contract's MAJOR.MINOR exists yet: its first run publishes even without a change.</summary>
    public async Task<bool> IsFirstOfContractAsync(ClaimedRun run, CancellationToken cancellation)
    {
        await using var command = connections.Merge.CreateCommand("""
            SELECT NOT EXISTS (SELECT 1 FROM hub.contract_revisions r JOIN hub.versions v
                ON v.dataset_id = r.dataset_id AND v.major = r.major AND v.minor = r.minor WHERE r.id = $1)
            """);
        command.Parameters.Add(new() { Value = run.ContractRevisionId });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    public async Task DropDeltaAsync(LoadTarget target, CancellationToken cancellation)
    {
        await using var drop = connections.Merge.CreateCommand($"DROP TABLE IF EXISTS {ComparedLoad.DeltaOf(target)}");
        await drop.ExecuteNonQueryAsync(cancellation);
    }

    public Task SweepAsync(CancellationToken cancellation) => janitor.SweepAsync(cancellation);
}
