using System.Globalization;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Schedules;
using DataHub.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace DataHub.Ingestion.Tests.Scheduling;

/// <summary>A hub without a worker, with datasets over files that nobody reads: what schedules make of them stays in the queue.</summary>
internal sealed class ScheduleLab : IAsyncDisposable
{
    private ScheduleLab(TestHub hub) => Hub = hub;

    public TestHub Hub { get; }

    public static async Task<ScheduleLab> StartAsync()
    {
        var lab = new ScheduleLab(await TestHub.StartAsync(worker: false));
        await lab.Hub.AddSourceAsync("kho", "csv", null, null, "folder=.");
        return lab;
    }

    /// <param name="name">Of the dataset.</param>
    /// <param name="terms">Beside the source; a file of it where nothing else is said.</param>
    public Task<Dataset> AddAsync(string name, params string[] terms) => Hub.AddDatasetAsync(LabContract.Yaml(
        name, ["name: id, logicalType: integer, primaryKey: true"], ["hub.source=kho", .. terms.Length > 0 ? terms : ["hub.file=t.csv"]]));

    /// <summary>Sets a schedule and the time at which it is due next.</summary>
    public async Task ScheduleAsync(Dataset dataset, string? cron, string? due, params string[] after)
    {
        await Hub.Services.GetRequiredService<ScheduleStore>().ReplaceAsync(dataset.Id, dataset.Name,
            new DatasetSchedule("Asia/Ho_Chi_Minh", null, true) { Cron = cron, After = after }, "test", CancellationToken.None);
        if (due is not null)
        {
            await Hub.Database.ExecuteAsync($"UPDATE hub.schedules SET next_due = '{due}' WHERE dataset_id = {dataset.Id}");
        }
    }

    public Task<TickResult> TickAsync(string at) => TickAsync(Time(at));

    public Task<TickResult> TickAsync(DateTimeOffset at) => Hub.Services.GetRequiredService<DueRuns>().TickAsync(at, CancellationToken.None);

    public async Task<ScheduleOutcome?> LastAsync(Dataset dataset) =>
        (await Hub.Services.GetRequiredService<ScheduleStore>().FindAsync(dataset.Id, CancellationToken.None))!.Last;

    /// <summary>Runs of a dataset as "due cause", oldest first.</summary>
    public Task<string?> RunsAsync(Dataset dataset) => Hub.Database.ScalarAsync<string>($"""
        SELECT coalesce(string_agg(concat_ws(' ', to_char(due_at AT TIME ZONE 'UTC', 'DD HH24:MI'), cause ->> 'kind', cause ->> 'missed', cause ->> 'dataset', cause ->> 'seq'),
            ', ' ORDER BY id), '') FROM hub.runs WHERE dataset_id = {dataset.Id}
        """);

    public Task<string?> NoticesAsync() => Hub.Database.ScalarAsync<string>(
        "SELECT coalesce(string_agg(n.kind || ' ' || d.name, ', ' ORDER BY n.id), '') FROM hub.notices n JOIN hub.datasets d ON d.id = n.dataset_id");

    /// <summary>Every open run ends, as if a worker had found nothing new.</summary>
    public Task EndRunsAsync() => Hub.Database.ExecuteAsync(
        "UPDATE hub.runs SET state = 'unchanged', started_at = now(), finished_at = now() WHERE state IN ('queued', 'running')");

    /// <summary>A version of a dataset appears, as publishing writes it.</summary>
    public Task PublishAsync(Dataset dataset) => Hub.Database.ExecuteAsync($"""
        INSERT INTO hub.versions (dataset_id, seq, major, minor, release, contract_revision_id, run_id, records, "new", changed, removed, checksum, digest, as_of, published_at)
        SELECT {dataset.Id}, n, 1, 0, n, {dataset.ContractRevisionId}, 1, 0, 0, 0, 0, '', '', now(), clock_timestamp()
        FROM (SELECT coalesce(max(seq), 0) + 1 AS n FROM hub.versions WHERE dataset_id = {dataset.Id}) v
        """);

    public ValueTask DisposeAsync() => Hub.DisposeAsync();

    public static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
