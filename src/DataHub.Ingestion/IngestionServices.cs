using DataHub.Ingestion.Pipeline;
using DataHub.Ingestion.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace DataHub.Ingestion;

/// <summary>Registers pulling: sources, pipeline and, where the node has that role, the worker.</summary>
public static class IngestionServices
{
    public static IServiceCollection AddIngestion(this IServiceCollection services, FileSourceOptions files, bool worker)
    {
        services.AddSourceAdapters(files);
        services.AddSingleton<SourceRegistry>();
        services.AddSingleton<RunTables>();
        services.AddSingleton<SourceDrifts>();
        services.AddSingleton<ReplayRuns>();
        services.AddSingleton<PullPlanner>();
        services.AddSingleton<HeldRuns>();
        services.AddSingleton<LoadPipeline>();
        services.AddSingleton<ContractTrial>();
        if (worker)
        {
            services.AddMetrics();
            services.AddSingleton<RunMeters>();
            services.AddHostedService(p => p.GetRequiredService<RunMeters>());
            services.AddHostedService<RunWorker>();
        }

        return services;
    }
}
