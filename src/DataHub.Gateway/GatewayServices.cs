using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using DataHub.Gateway.Access;
using DataHub.Gateway.Answers;
using DataHub.Gateway.Catalogue;
using DataHub.Gateway.Files;
using DataHub.Gateway.OpenApi;
using DataHub.Gateway.Records;
using DataHub.Gateway.Runs;
using DataHub.Gateway.Versions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DataHub.Gateway;

/// <summary>Registers the HTTP role.</summary>
public static class GatewayServices
{
    public static IServiceCollection AddGateway(this IServiceCollection services, GatewayOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddKeys(options);
        services.AddAccess(options);
        services.AddSingleton<PageCursor>();
        services.AddSingleton<CatalogueCursor>();
        services.AddSingleton<SearchCatalogue>();
        services.AddSingleton<DatasetReads>();
        services.AddSingleton<ReadPlans>();
        services.AddSingleton<QuestionPages>();
        services.AddSingleton<ReadRequests>();
        services.AddSingleton<ConditionalReads>();
        services.AddSingleton<QueryRecords>();
        services.AddSingleton<DownloadVersion>();
        services.AddSingleton<RunFeed>();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.Converters.Add(new UtcTimeConverter());
            json.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddGatewayDocument(options);
        return services;
    }

    /// <summary>What a node without the HTTP role needs of it: the shared keys. No token server, so that none can answer.</summary>
    public static IServiceCollection AddGatewayKeys(this IServiceCollection services, GatewayOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddKeys(options);
        return services;
    }

    /// <summary>After migration, before listening: the access book is read, the first administrator exists.</summary>
    public static async Task PrepareGatewayAsync(this IServiceProvider services, CancellationToken cancellation)
    {
        await using var scope = services.CreateAsyncScope();
        var made = await scope.ServiceProvider.GetRequiredService<FirstAdministrator>().EnsureAsync(cancellation);
        await services.GetRequiredService<AccessBook>().RefreshAsync(cancellation);
        if (made is var (id, secret))
        {
            Console.WriteLine($"Ứng dụng quản trị đầu tiên (chỉ hiện một lần) / First administrator client (shown once):\n"
                + $"  client_id: {id}\n  client_secret: {secret}");
        }
    }
}
