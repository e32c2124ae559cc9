using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OData.Query;
using Microsoft.AspNetCore.OData.Results;
using Microsoft.AspNetCore.OData.Routing.Controllers;

namespace DataHub.Benchmarks.Peer;

/// <summary>The entity set: pages by $filter, $orderby and $top, and one by its key.</summary>
public sealed class DossiersController(DossierDb db) : ODataController
{
    [EnableQuery(EnsureStableOrdering = false)]
    public IQueryable<Dossier> Get() => db.Dossiers;

    [EnableQuery]
    public SingleResult<Dossier> Get(long key) => SingleResult.Create(db.Dossiers.Where(d => d.dossier_id == key));
}
