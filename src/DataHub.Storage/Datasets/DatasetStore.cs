using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Storage.ControlPlane;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace DataHub.Storage.Datasets;

/// <summary>Registers datasets and their contract revisions; each change with its ledger entry in one transaction.</summary>
public sealed class DatasetStore(IDbContextFactory<HubDb> databases, TimeProvider time)
{
    /// <summary>Registers a dataset by its first contract.</summary>
    /// <exception cref="HubErrorException">dataset_exists, source_not_found.</exception>
    public async Task<Dataset> RegisterAsync(DataContract contract, string actor, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (!await db.Sources.AnyAsync(s => s.Id == contract.Terms.Source, cancellation))
        {
            throw HubErrors.SourceNotFound(contract.Terms.Source).ToException();
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var dataset = new Dataset
        {
            Name = contract.Dataset, Title = "", Provider = "", SourceId = "", Access = "", CreatedAt = time.GetUtcNow(),
        };
        Describe(dataset, contract);
        db.Add(dataset);
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw HubErrors.DatasetExists(contract.Dataset).ToException(e);
        }

        await AddRevisionAsync(db, dataset, contract, "dataset.registered", actor, cancellation);
        await transaction.CommitAsync(cancellation);
        return dataset;
    }

    /// <summary>Adds a revision that was judged additive against <paramref name="basedOn"/>; refused when another one came in between.</summary>
    public async Task<Dataset> ReviseAsync(
        int datasetId, long basedOn, DataContract contract, string actor, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var dataset = await db.Datasets.FromSql($"SELECT * FROM hub.datasets WHERE id = {datasetId} FOR UPDATE").SingleAsync(cancellation);
        if (dataset.ContractRevisionId != basedOn)
        {
            throw HubErrors.ContractRevisedMeanwhile(dataset.Name).ToException();
        }

        Describe(dataset, contract);
        await AddRevisionAsync(db, dataset, contract, "contract.revised", actor, cancellation);
        await transaction.CommitAsync(cancellation);
        return dataset;
    }

    private async Task AddRevisionAsync(
        HubDb db, Dataset dataset, DataContract contract, string @event, string actor, CancellationToken cancellation)
    {
        var revision = new ContractRevision
        {
            DatasetId = dataset.Id, Major = contract.Version.Major, Minor = contract.Version.Minor, Patch = contract.Version.Patch,
            Document = contract.Document, CreatedBy = actor, CreatedAt = time.GetUtcNow(),
        };
        db.Add(revision);
        await db.SaveChangesAsync(cancellation);
        dataset.ContractRevisionId = revision.Id;
        db.Add(new LedgerEntry
        {
            At = time.GetUtcNow(), Event = @event, Actor = actor, Dataset = dataset.Name,
            Body = $$"""{"contract":"{{contract.Version}}","revision":{{revision.Id}}}""",
        });
        await db.SaveChangesAsync(cancellation);
    }

    private static void Describe(Dataset dataset, DataContract contract)
    {
        dataset.Title = contract.Title;
        dataset.Provider = contract.Terms.Provider;
        dataset.SourceId = contract.Terms.Source;
        dataset.Theme = contract.Theme;
        dataset.Access = contract.Terms.Access == AccessMode.Open ? "open" : "shared";
    }
}
