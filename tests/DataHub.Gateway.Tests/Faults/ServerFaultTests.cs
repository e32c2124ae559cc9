using System.Net;
using DataHub.TestKit;
using Npgsql;

namespace DataHub.Gateway.Tests.Faults;

/// <summary>
/// Database servers that crash, come back or run full beside a real worker: nothing half is seen, the run says what happened, and the next one gives the right version.
/// </summary>
public sealed class ServerFaultTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_sources_server_crashes_in_mid_read(int seq)
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var stage = await FaultStage.StartAsync(sector: await TestDatabase.CreateOnAsync(cluster, migrated: false));
        await stage.StartWorkerAsync();
        var before = await PrepareAsync(stage, seq);
        var gate = await stage.CloseGateAsync();
        var run = await stage.Admin.StartAsync(FaultStage.Dataset);
        await stage.BlockedAsync(run, "validate", stage.Sector);
        await Eventually.TrueAsync("records were read", async () => (await stage.Admin.RunAsync(run)).GetProperty("read").GetInt64() > 0);

        await cluster.CrashAsync();
        var end = await stage.Admin.EndAsync(run);
        Assert.Equal("failed", end.State());
        var error = end.GetProperty("error");
        Assert.Equal("source", error.GetProperty("origin").GetString());
        Assert.Matches("^source_(busy|connection_lost|unreachable)$", error.GetProperty("code").GetString());
        Assert.Equal(before, await stage.ReadAsync());
        Assert.Equal(seq - 1, await stage.VersionsAsync());

        await cluster.ContinueAsync();
        await gate.DisposeAsync();
        await stage.AssertPublishedAsync(await stage.Admin.StartAsync(FaultStage.Dataset), seq);
    }

    [Theory]
    [InlineData("publish")]
    [InlineData("validate")]
    public async Task The_stores_server_crashes_in_mid_run(string step)
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var stage = await FaultStage.StartAsync(store: await TestDatabase.CreateOnAsync(cluster, migrated: true));
        await stage.StartWorkerAsync();
        var before = await PrepareAsync(stage, 2);
        var (gate, publishing) = (await stage.CloseGateAsync(), await stage.LockPublishingAsync());
        var run = await stage.Admin.StartAsync(FaultStage.Dataset);
        await stage.BlockedAsync(run, "validate", stage.Sector);
        if (step == "publish")
        {
            await gate.DisposeAsync();
            await stage.BlockedAsync(run, "publish", stage.Hub.Database);
        }

        await cluster.CrashAsync();
        NpgsqlConnection.ClearAllPools();
        await cluster.ContinueAsync();

        // A reader's first call may meet a dead connection of the pool: 503, to be asked again.
        await Eventually.TrueAsync("the store answers", async () => (await stage.Admin.GetAsync($"{HubCalls.Api}datasets/{FaultStage.Dataset}/versions/latest/records?limit=1")).IsSuccessStatusCode);
        Assert.Equal(before, await stage.ReadAsync());
        if (step != "publish")
        {
            await gate.DisposeAsync();
        }

        await publishing.DisposeAsync();
        await stage.AssertPublishedAsync(run, 2);
    }

    [Fact]
    public async Task The_stores_disk_is_full()
    {
        await using var cluster = await TestCluster.StartAsync();
        var disk = await cluster.MakeFolderAsync("disk");
        Assert.SkipUnless(await TestCluster.TryAsync("mount", "-t", "tmpfs", "-o", "size=256m,mode=700,uid=postgres", "tmpfs", disk),
            "only an administrator of the machine may mount a small disk");
        try
        {
            var store = await TestDatabase.CreateOnAsync(cluster, migrated: true);
            await OnServerAsync(cluster, $"CREATE TABLESPACE small LOCATION '{disk}'");
            await OnServerAsync(cluster, $"ALTER DATABASE {store.Name} SET TABLESPACE small");
            await using var stage = await FaultStage.StartAsync(store: store);
            var worker = await stage.StartWorkerAsync();
            var before = await PrepareAsync(stage, 2);
            await stage.Sector.ExecuteAsync("UPDATE people SET amount = amount + 1; INSERT INTO people SELECT i, repeat('dài ', 60), i FROM generate_series(10001, 40000) i");
            var used = await store.ScalarAsync<long>("SELECT pg_tablespace_size('small')");
            Assert.True(await TestCluster.TryAsync("mount", "-o", $"remount,size={(used / 1024) + 1_500}k", disk));

            var end = await stage.Admin.EndAsync(await stage.Admin.StartAsync(FaultStage.Dataset));
            Assert.True(end.State() == "failed", end.GetRawText());
            Assert.True(end.GetProperty("error").GetProperty("code").GetString() == "store_full", end.GetRawText() + worker.Output);
            Assert.Equal("hub", end.GetProperty("error").GetProperty("origin").GetString());
            Assert.Equal(before, await stage.ReadAsync());
            Assert.Equal(1, await stage.VersionsAsync());

            Assert.True(await TestCluster.TryAsync("mount", "-o", "remount,size=256m", disk));
            await stage.AssertPublishedAsync(await stage.Admin.StartAsync(FaultStage.Dataset), 2);
        }
        finally
        {
            await cluster.DisposeAsync();
            await TestCluster.TryAsync("umount", disk);
        }
    }

    [Fact]
    public async Task A_contract_revised_while_a_run_is_under_way_is_the_next_runs()
    {
        await using var stage = await FaultStage.StartAsync();
        await stage.StartWorkerAsync();
        long run;
        await using (await stage.CloseGateAsync())
        {
            run = await stage.Admin.StartAsync(FaultStage.Dataset);
            await stage.BlockedAsync(run, "validate", stage.Sector);
            await HubCalls.ReadAsync(await stage.Admin.PutAsync($"{HubCalls.Api}datasets/{FaultStage.Dataset}/contract", HubCalls.Yaml(TestContracts.Yaml(
                FaultStage.Dataset, "sector", "query=SELECT id, name, amount, 1 AS more FROM people WHERE gate(id)", "open 1.1.0",
                "id int32 key", "name text required", "amount decimal(12,2)", "more int32"))), HttpStatusCode.OK);
        }

        await stage.AssertPublishedAsync(run, 1);
        Assert.Equal("v1.0.0", (await stage.Admin.RunAsync(run)).GetProperty("version").GetProperty("label").GetString());
        var next = await stage.Admin.EndAsync(await stage.Admin.StartAsync(FaultStage.Dataset));
        Assert.Equal("v1.1.0", next.GetProperty("version").GetProperty("label").GetString());
        Assert.All(await stage.Admin.WalkAsync(FaultStage.Dataset, "latest"), r => Assert.EndsWith("\"more\":1}", r, StringComparison.Ordinal));
    }

    /// <summary>Publishes versions until <paramref name="seq"/> is the next, and returns what readers see.</summary>
    private static async Task<IReadOnlyList<string>?> PrepareAsync(FaultStage stage, int seq)
    {
        if (seq > 1)
        {
            await stage.AssertPublishedAsync(await stage.Admin.StartAsync(FaultStage.Dataset), 1);
            await stage.ChangeSectorAsync();
        }

        return await stage.ReadAsync();
    }

    private static async Task OnServerAsync(TestCluster cluster, string sql)
    {
        NpgsqlConnection.ClearAllPools();
        await using var data = NpgsqlDataSource.Create(cluster.Server + ";Database=postgres;Pooling=false");
        await using var command = data.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
