using DataHub.Storage.Changes;
using DataHub.Storage.Connections;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Runs;
using DataHub.Storage.Versions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DataHub.Storage;

/// <summary>Registers the store: pools, control plane, change notices.</summary>
public static class StorageServices
{
    public static IServiceCollection AddStorage(this IServiceCollection services, StorageOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<StoreConnections>();
        services.AddPooledDbContextFactory<HubDb>((provider, context) =>
        {
            HubDbDesign.Configure(context.UseNpgsql(provider.GetRequiredService<StoreConnections>().Control));
            FailureLog.Install(context, provider.GetRequiredService<ILogger<HubDb>>());
        });
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<HubDb>>().CreateDbContext());
        services.AddSingleton<HubChanges>();
        services.AddSingleton<Datasets.DatasetStore>();
        services.AddSingleton<Datasets.SourceColumnStore>();
        services.AddSingleton<Datasets.DatasetPauses>();
        services.AddSingleton<Catalogue.DatasetBook>();
        services.AddSingleton<Catalogue.CatalogueSearch>();
        services.AddSingleton<Catalogue.DatasetTitles>();
        services.AddSingleton<Queries.RecordQueries>();
        services.AddSingleton<FilterIndexes>();
        services.AddSingleton<Queries.RecordCounts>();
        services.AddSingleton<Exports.VersionExports>();
        services.AddSingleton<StorePreparation>();
        services.AddSingleton<CandidateCheck>();
        services.AddSingleton<Publisher>();
        services.AddSingleton<Schedules.ScheduleStore>();
        services.AddSingleton<Schedules.DueRuns>();
        services.AddSingleton<RunStore>();
        services.AddSingleton<RunWaits>();
        services.AddSingleton<RunProgressReader>();
        services.AddSingleton<Notices.NoticeStore>();
        services.AddSingleton<Sources.SourceLimitStore>();
        services.AddSingleton<WatermarkStore>();
        services.AddSingleton<Janitor>();
        services.AddSingleton<Quarantine.QuarantineSettlement>();
        services.AddSingleton<Quarantine.ReplayItems>();
        services.AddSingleton<Quarantine.QuarantineStore>();
        services.AddSingleton<Quarantine.QuarantineKeeper>();
        services.AddHostedService(provider => provider.GetRequiredService<Quarantine.QuarantineKeeper>());
        services.AddHostedService(provider => provider.GetRequiredService<HubChanges>());
        return services;
    }
}
