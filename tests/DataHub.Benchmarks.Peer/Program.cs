using DataHub.Benchmarks.Peer;
using Microsoft.AspNetCore.OData;
using Microsoft.EntityFrameworkCore;
using Microsoft.OData.ModelBuilder;
using Npgsql;

// What a capable team would write with the usual packages: OData on EF Core, pooled contexts, no tracking, statements prepared.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var database = new NpgsqlConnectionStringBuilder(
    builder.Configuration["PEER_DATABASE"] ?? throw new InvalidOperationException("PEER_DATABASE is missing"))
{
    MaxPoolSize = 16, MaxAutoPrepare = 200, AutoPrepareMinUsages = 2,
};
builder.Services.AddDbContextPool<DossierDb>(db =>
    db.UseNpgsql(database.ConnectionString).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking));
var model = new ODataConventionModelBuilder();
model.EntitySet<Dossier>("Dossiers").EntityType.HasKey(d => d.dossier_id);
builder.Services.AddControllers().AddOData(o => o.AddRouteComponents("odata", model.GetEdmModel()).Filter().OrderBy().SetMaxTop(50_000));

var app = builder.Build();
app.MapControllers();
app.Run();
