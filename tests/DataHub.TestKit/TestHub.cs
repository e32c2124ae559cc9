using DataHub.Core.Contracts;
using DataHub.Ingestion;
using DataHub.Ingestion.Scheduling;
using DataHub.Ingestion.Sources;
using DataHub.Storage;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Datasets;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DataHub.TestKit;

/// <summary>Storage and ingestion of a hub without its gateway, on a database of its own, with a worker that works off runs.</summary>
public sealed class TestHub : IAsyncDisposable
{
    private readonly IHost host;
    private readonly bool ownsFiles;
    private bool stopped;

    private TestHub(TestDatabase database, string files, bool ownsFiles, IHost host) =>
        (Database, Files, this.ownsFiles, this.host) = (database, files, ownsFiles, host);

    public TestDatabase Database { get; }

    /// <summary>Root of the file sources.</summary>
    public string Files { get; }

    public IServiceProvider Services => host.Services;

    /// <param name="worker">False leaves runs in the queue.</param>
    /// <param name="scheduling">Starts Quartz as the server does.</param>
    /// <param name="files">Limits and place of file sources; by default a folder of the hub's own, removed with it.</param>
    public static async Task<TestHub> StartAsync(
        Action<StorageOptions>? adjust = null, TestDatabase? database = null, bool worker = true, SchedulingOptions? scheduling = null,
        FileSourceOptions? files = null)
    {
        database ??= await TestDatabase.CreateAsync();
        var ownsFiles = files is null;
        files ??= new FileSourceOptions { Root = Directory.CreateTempSubdirectory("hub-files-").FullName };
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var options = new StorageOptions { Database = database.ConnectionString };
        adjust?.Invoke(options);
        builder.Logging.AddSimpleConsole(o => o.SingleLine = false).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddStorage(options);
        builder.Services.AddIngestion(files, worker);
        _ = scheduling is null ? builder.Services : builder.Services.AddScheduling(options, scheduling);
        var host = builder.Build();
        await host.StartAsync();
        return new TestHub(database, files.Root!, ownsFiles, host);
    }

    public async Task<HubDb> OpenAsync() => await Services.GetRequiredService<IDbContextFactory<HubDb>>().CreateDbContextAsync();

    /// <summary>Registers a source; settings are name=value.</summary>
    public async Task AddSourceAsync(string id, string kind, string? user, string? password, params string[] settings)
    {
        await using var db = await OpenAsync();
        db.Add(new Source
        {
            Id = id, Kind = kind, Name = id, Username = user,
            ProtectedPassword = Services.GetRequiredService<SourceRegistry>().Protect(password),
            Settings = settings.Select(s => s.Split('=', 2)).ToDictionary(s => s[0], s => s[1]),
            CreatedAt = DateTimeOffset.UtcNow, UpdatedAt = DateTimeOffset.UtcNow,
        });
        await db.SaveChangesAsync();
    }

    /// <summary>Registers a dataset by its contract.</summary>
    public Task<Dataset> AddDatasetAsync(string yaml)
    {
        var reading = ContractReader.Read(yaml);
        return reading.Contract is { } contract
            ? Services.GetRequiredService<DatasetStore>().RegisterAsync(contract, "test", CancellationToken.None)
            : throw new InvalidOperationException(string.Join("\n", reading.Errors.Select(e => $"{e.Pointer} {e.Code} {e.Message.En}")));
    }

    /// <summary>Queues a full run and waits for its end.</summary>
    public async Task<Run> RunAsync(Dataset dataset, Action<Run>? adjust = null) => await WaitAsync(await QueueAsync(dataset, adjust));

    /// <summary>Queues a run, a full one unless <paramref name="adjust"/> says otherwise.</summary>
    public async Task<long> QueueAsync(Dataset dataset, Action<Run>? adjust = null)
    {
        await using var db = await OpenAsync();
        var revision = await db.Datasets.Where(d => d.Id == dataset.Id).Select(d => d.ContractRevisionId).SingleAsync();
        var run = new Run
        {
            DatasetId = dataset.Id, Mode = "full", State = "queued", RequestedBy = "test", RequestedAt = DateTimeOffset.UtcNow,
            ContractRevisionId = revision,
        };
        adjust?.Invoke(run);
        db.Add(run);
        await db.SaveChangesAsync();
        return run.Id;
    }

    /// <summary>Waits until a run has ended, at most three times a minute.</summary>
    public async Task<Run> WaitAsync(long id)
    {
        Run? run = null;
        await Eventually.TrueAsync($"run {id} ends", async () =>
        {
            await using var db = await OpenAsync();
            run = await db.Runs.AsNoTracking().SingleAsync(r => r.Id == id);
            return run.State is not ("queued" or "running");
        });
        return run!;
    }

    /// <summary>Ends this node and leaves the database to others; disposing does it where it was not done.</summary>
    public async Task StopAsync()
    {
        if (stopped)
        {
            return;
        }

        stopped = true;
        await host.StopAsync();
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }

        if (ownsFiles)
        {
            Directory.Delete(Files, recursive: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Database.DisposeAsync();
    }
}

/// <summary>Waits for an event and gives up loudly at a deadline that is a failure, not a measurement.</summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    public static async Task TrueAsync(string what, Func<Task<bool>> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(Interval);
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Deadline)
            {
                throw new TimeoutException($"waited {Deadline} in vain: {what}");
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
