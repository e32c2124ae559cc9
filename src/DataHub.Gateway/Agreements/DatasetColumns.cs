using DataHub.Core.Contracts;
using DataHub.Storage.ControlPlane;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Agreements;

/// <summary>The columns that an agreement can name: those of a dataset's newest contract.</summary>
internal sealed class DatasetColumns(HubDb db)
{
    /// <summary>Null when there is no such dataset.</summary>
    public async Task<IReadOnlyList<ContractColumn>?> FindAsync(string? dataset, CancellationToken cancellation)
    {
        var document = await (
            from d in db.Datasets
            join r in db.ContractRevisions on d.ContractRevisionId equals r.Id
            where d.Name == dataset
            select r.Document).SingleOrDefaultAsync(cancellation);
        return document is null ? null : ContractReader.Read(document, ContractFormat.Json).Contract?.Columns ?? [];
    }
}
