using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.Csv;
using DataHub.Ingestion.Sources.Excel;
using DataHub.Ingestion.Sources.Files;
using DataHub.Ingestion.Sources.MySql;
using DataHub.Ingestion.Sources.Parquet;
using DataHub.Ingestion.Sources.Postgres;
using DataHub.Ingestion.Sources.Rest;
using DataHub.Ingestion.Sources.Sqlite;
using DataHub.Ingestion.Sources.SqlServer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DataHub.Ingestion.Sources;

/// <summary>Registers the source adapters and the gateway before them.</summary>
public static class SourceServices
{
    /// <summary>
    /// Adds <see cref="SourceAdapters"/> and <see cref="SourceGateway"/>. A further kind is one more
    /// <see cref="ISourceAdapter"/> registration.
    /// </summary>
    public static IServiceCollection AddSourceAdapters(
        this IServiceCollection services,
        FileSourceOptions files,
        SourceNetworkPolicy? network = null,
        SourceResilienceOptions? resilience = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(files);
        services.AddSingleton(network ?? new SourceNetworkPolicy());
        services.AddSingleton(resilience ?? new SourceResilienceOptions());
        services.AddSingleton<FileStores>();
        services.AddSingleton<ISourceAdapter, PostgresSourceAdapter>();
        services.AddSingleton<ISourceAdapter, MySqlSourceAdapter>();
        services.AddSingleton<ISourceAdapter, SqlServerSourceAdapter>();
        services.AddSingleton<ISourceAdapter, CsvSourceAdapter>();
        services.AddSingleton<ISourceAdapter, SqliteSourceAdapter>();
        services.AddSingleton<ISourceAdapter, ExcelSourceAdapter>();
        services.AddSingleton<ISourceAdapter, ParquetSourceAdapter>();
        services.AddSingleton<ISourceAdapter, RestSourceAdapter>();
        services.AddSingleton<SourceAdapters>();
        services.AddSingleton<SourceGateway>();
        return services;
    }
}
