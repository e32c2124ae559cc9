using System.Net;
using System.Net.Http.Json;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Runs;

/// <summary>Runs of many datasets, started at once on a node that has read none of them yet.</summary>
public sealed class ManyStartsTests
{
    private const int Datasets = 32;

    // A start takes milliseconds.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_start_is_answered_and_each_dataset_gets_one_run(bool onPort)
    {
        await using var hub = await HubServer.StartAsync(new HubServerOptions
        {
            OnPort = onPort, Settings = new Dictionary<string, string> { ["DATAHUB_ROLES"] = "gateway" },
        });
        await SmallDataset.AddAsync(hub, "small");
        await hub.Database.ExecuteAsync($"""
            INSERT INTO hub.datasets (name, title, provider, source_id, access, contract_revision_id, created_at)
                SELECT 'copy-' || i, title, provider, source_id, access, 0, now() FROM hub.datasets, generate_series(1, {Datasets}) i;
            INSERT INTO hub.contract_revisions (dataset_id, major, minor, patch, document, created_by, created_at)
                SELECT d.id, 1, 0, 0, r.document, 'test', now() FROM hub.datasets d, hub.contract_revisions r WHERE d.name LIKE 'copy-%';
            UPDATE hub.datasets d SET contract_revision_id = r.id FROM hub.contract_revisions r WHERE r.dataset_id = d.id;
            """);
        using var admin = await hub.AdminClientAsync();

        var calls = Enumerable.Range(0, 2 * Datasets).Select(i => Task.Run(async () =>
        {
            using var answer = await admin.PostAsJsonAsync($"{HubCalls.Api}datasets/copy-{(i % Datasets) + 1}/runs", new { mode = "full" });
            return answer.StatusCode;
        }));
        var answers = await Task.WhenAll(calls).WaitAsync(Deadline);

        Assert.Equal(Datasets, answers.Count(a => a == HttpStatusCode.Accepted));
        Assert.Equal(Datasets, answers.Count(a => a == HttpStatusCode.Conflict));
        Assert.Equal((long)Datasets, await hub.Database.ScalarAsync<long>("SELECT count(DISTINCT dataset_id) FROM hub.runs WHERE state = 'queued'"));
    }
}
