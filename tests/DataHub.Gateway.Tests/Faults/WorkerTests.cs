using System.Net;
using System.Net.Sockets;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Faults;

/// <summary>Workers that are stopped in order, freeze, lose the store, share it, or are asked to give up.</summary>
public sealed class WorkerTests
{
    [Fact]
    public async Task Stopped_in_order_gives_its_run_back_to_the_queue()
    {
        await using var stage = await FaultStage.StartAsync();
        var worker = await stage.StartWorkerAsync();
        long run;
        await using (await stage.CloseGateAsync())
        {
            run = await stage.Admin.StartAsync(FaultStage.Dataset);
            await stage.BlockedAsync(run, "validate", stage.Sector);
            Assert.Equal(0, await worker.TerminateAsync());
            Assert.Equal("queued", (await stage.Admin.RunAsync(run)).State());
        }

        await stage.StartWorkerAsync();
        await stage.AssertPublishedAsync(run, 1);
    }

    [Fact]
    public async Task Losing_every_connection_of_the_store_in_mid_pull_only_delays_the_run()
    {
        await using var stage = await FaultStage.StartAsync();
        await stage.StartWorkerAsync();
        long run;
        await using (await stage.CloseGateAsync())
        {
            run = await stage.Admin.StartAsync(FaultStage.Dataset);
            await stage.BlockedAsync(run, "validate", stage.Sector);
            await stage.Hub.Database.ExecuteAsync(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }

        await stage.AssertPublishedAsync(run, 1);
    }

    [Fact]
    public async Task A_worker_that_froze_beyond_its_lease_publishes_nothing_when_it_comes_back()
    {
        await using var stage = await FaultStage.StartAsync();
        var frozen = await stage.StartWorkerAsync();
        long run;
        await using (await stage.LockAsync("hub.stored_columns"))
        {
            run = await stage.Admin.StartAsync(FaultStage.Dataset);
            await stage.BlockedAsync(run, "extract", stage.Hub.Database);
            frozen.Send(HubProcess.Stop);
        }

        var second = await stage.StartWorkerAsync();
        await stage.AssertPublishedAsync(run, 1);
        frozen.Send(HubProcess.Continue);
        await second.KillAsync();

        // The one that came back has dropped the old run before it takes this one.
        await stage.ChangeSectorAsync();
        await stage.AssertPublishedAsync(await stage.Admin.StartAsync(FaultStage.Dataset), 2);
    }

    [Fact]
    public async Task A_node_that_froze_with_the_schedulers_lock_keeps_no_other_from_starting()
    {
        await using var stage = await FaultStage.StartAsync();
        var frozen = await stage.StartWorkerAsync();
        await using (await Lock.TakeAsync(stage.Hub.Database, "SELECT 1 FROM quartz.qrtz_locks FOR UPDATE"))
        {
            await Eventually.TrueAsync("its scheduler waits", async () => await SchedulersAsync(stage, "wait_event_type = 'Lock'") > 0);
            frozen.Send(HubProcess.Stop);
        }

        await Eventually.TrueAsync("it has the lock", async () => await SchedulersAsync(stage, "state = 'idle in transaction'") > 0);

        await stage.StartWorkerAsync();
        await stage.AssertPublishedAsync(await stage.Admin.StartAsync(FaultStage.Dataset), 1);
    }

    [Fact]
    public async Task Two_workers_on_one_store_do_each_run_once()
    {
        await using var stage = await FaultStage.StartAsync();
        string[] datasets = ["people-1", "people-2", "people-3", "people-4"];
        foreach (var dataset in datasets)
        {
            await stage.AddDatasetAsync(dataset);
        }

        await Task.WhenAll(stage.StartWorkerAsync(), stage.StartWorkerAsync());
        var runs = new List<long>();
        foreach (var dataset in datasets)
        {
            runs.Add(await stage.Admin.StartAsync(dataset));
        }

        for (var i = 0; i < datasets.Length; i++)
        {
            await stage.AssertPublishedAsync(runs[i], 1, datasets[i]);
            Assert.Equal(1, await stage.Hub.Database.ScalarAsync<int>($"SELECT lease_number FROM hub.runs WHERE id = {runs[i]}"));
        }
    }

    [Fact]
    public async Task Cancelling_ends_a_run_that_waits_for_a_silent_source()
    {
        await using var stage = await FaultStage.StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = $"{((IPEndPoint)listener.LocalEndpoint).Port}";
        await stage.Admin.AddSourceAsync(new
        {
            id = "silent", kind = "postgres", settings = new { host = "127.0.0.1", port, database = "x", connectTimeout = "300", silenceTimeout = "3600" },
        });
        await stage.Admin.AddDatasetAsync(TestContracts.Yaml("silent", "silent", "table=public.t", "open", "id int32 key"));
        await stage.StartWorkerAsync();
        var run = await stage.Admin.StartAsync("silent");
        using var caller = await listener.AcceptTcpClientAsync();

        using var answer = await stage.Admin.PostAsync($"{HubCalls.Api}runs/{run}/cancel", null);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("cancelled", (await stage.Admin.EndAsync(run).WaitAsync(CancelTests.GiveUp)).State());
        await stage.AssertPublishedAsync(await stage.Admin.StartAsync(FaultStage.Dataset), 1);
    }

    private static Task<long> SchedulersAsync(FaultStage stage, string state) => stage.Hub.Database.ScalarAsync<long>(
        $"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'datahub-scheduler' AND {state}");
}
