using System.Globalization;
using DataHub.Storage;
using DataHub.Storage.Connections;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Quartz;

namespace DataHub.Ingestion.Scheduling;

/// <summary>
/// Registers Quartz, clustered on the store in the schema <c>quartz</c>: of all nodes with the worker role one looks at the schedules at each tick, and another one
/// does when it dies. Which runs are due is the hub's own business (<c>DueRuns</c> of Storage); Quartz holds one trigger.
/// </summary>
public static class SchedulingServices
{
    private const string Name = "datahub";

    public static IServiceCollection AddScheduling(this IServiceCollection services, StorageOptions storage, SchedulingOptions options)
    {
        services.AddQuartz(quartz =>
        {
            quartz.UseTimeProvider(TimeProvider.System);
            quartz.ConfigureScheduler(s =>
            {
                s.InstanceName = Name;
                s.InstanceId = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}");
                s.IdleWaitTime = TimeSpan.FromSeconds(5);
            });
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(NpgsqlFactory.Instance, Connection(storage));
                store.UseClustering(c => (c.CheckinInterval, c.CheckinMisfireThreshold) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)));
                store.ProvisionSchema();
            });
            // A tick that is missed is made good by the next one: the schedules say what was due.
            quartz.AddJob<DueRunsJob>(j => j.WithIdentity("due-runs").StoreDurably());
            quartz.AddTrigger(t => t.ForJob("due-runs").WithIdentity("tick").WithCronSchedule(
                $"0/{options.TickSeconds} * * * * ?", c => c.InTimeZone(TimeZoneInfo.Utc).WithMisfireInstruction(CronTriggerMisfireInstruction.DoNothing)));
        });
        return services.AddQuartzHostedService(q => q.WaitForJobsToComplete = true);
    }

    // Quartz waits 30 seconds for a lock of the cluster's and then gives up, at a start for good: a node that froze with it must have lost it by then.
    private static string Connection(StorageOptions storage) => new NpgsqlConnectionStringBuilder(storage.Database)
    {
        ApplicationName = "datahub-scheduler", SearchPath = "quartz", MaxPoolSize = 5, Timezone = "UTC", Options = StoreConnections.FrozenNodeTimeout,
    }.ConnectionString;
}
