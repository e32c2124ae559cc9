using DataHub.Storage.Runs;
using DataHub.Storage.Tests.Kit;
using Xunit;

namespace DataHub.Storage.Tests.Versions;

/// <summary>The janitor drops what nobody needs any more and nothing else.</summary>
public sealed class JanitorTests : IAsyncLifetime
{
    private StoreLab lab = null!;
    private LabDataset dataset = null!;

    public async ValueTask InitializeAsync()
    {
        lab = await StoreLab.StartAsync();
        dataset = await lab.AddAsync(StoreLab.Contract("1.0.0", "{name: k, logicalType: string, primaryKey: true}"));
    }

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Fact]
    public async Task Tables_of_a_dead_lease_go_and_those_of_the_running_one_stay()
    {
        var run = await lab.NewRunAsync(dataset);
        await lab.ExecuteAsync($"UPDATE hub.runs SET lease_number = 2 WHERE id = {run}");
        await lab.ExecuteAsync($"""
            CREATE TABLE work.delta_r{run}_1 (a int); CREATE TABLE work.stage_r{run}_1 (a int); CREATE TABLE work.conflicts_r{run}_1 (a int);
            CREATE TABLE store.d{dataset.Id}_1_r{run}_1_cur (a int); CREATE TABLE store.d{dataset.Id}_1_r{run}_1_hist (a int);
            CREATE TABLE work.delta_r{run}_2 (a int); CREATE TABLE store.d{dataset.Id}_1_r{run}_2_cur (a int); CREATE TABLE work.delta_r999999_1 (a int)
            """);
        Assert.Equal(6, (await SweepAsync()).Count);
        Assert.Equal([$"d{dataset.Id}_1_r{run}_2_cur", $"delta_r{run}_2"],
            await lab.TextsAsync("SELECT tablename FROM pg_tables WHERE schemaname IN ('work', 'store') ORDER BY 1"));
        await lab.ExecuteAsync($"UPDATE hub.runs SET state = 'failed' WHERE id = {run}");
        Assert.Equal(2, (await SweepAsync()).Count);
    }

    [Fact]
    public async Task Tables_of_a_pair_and_of_a_held_candidate_stay()
    {
        await lab.PublishAsync(dataset, [["a"]]);
        var held = await lab.LoadAsync(dataset, Way.Compared, [["b"]]);
        await lab.ExecuteAsync($"""
            UPDATE hub.runs SET state = 'held', candidate = '{System.Text.Json.JsonSerializer.Serialize(held.Candidate)}' WHERE id = {held.Run};
            CREATE TABLE work.stage_r{held.Run}_1 (a int)
            """);
        Assert.Equal([$"work.stage_r{held.Run}_1"], await SweepAsync());
        Assert.Equal(3, await lab.ScalarAsync<long>("SELECT count(*) FROM pg_tables WHERE schemaname IN ('work', 'store')"));
        await lab.ExecuteAsync($"UPDATE hub.runs SET state = 'discarded' WHERE id = {held.Run}");
        Assert.Equal([held.Candidate.Delta!], await SweepAsync());
    }

    [Fact]
    public async Task Tables_of_a_held_first_load_stay()
    {
        var held = await lab.LoadAsync(dataset, Way.Direct, [["b"]]);
        await lab.ExecuteAsync($"UPDATE hub.runs SET state = 'held', candidate = '{System.Text.Json.JsonSerializer.Serialize(held.Candidate)}' WHERE id = {held.Run}");
        Assert.Empty(await SweepAsync());
        await lab.ExecuteAsync($"UPDATE hub.runs SET state = 'superseded' WHERE id = {held.Run}");
        Assert.Equal(2, (await SweepAsync()).Count);
    }

    [Fact]
    public async Task A_table_that_somebody_holds_is_left_for_the_next_sweep()
    {
        await lab.ExecuteAsync("CREATE TABLE work.delta_r999998_1 (a int); CREATE TABLE work.delta_r999999_1 (a int)");
        await using (var connection = await lab.Connections.Control.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await new Npgsql.NpgsqlCommand("INSERT INTO work.delta_r999998_1 VALUES (1)", connection).ExecuteNonQueryAsync();
            var sweep = SweepAsync();
            Assert.Same(sweep, await Task.WhenAny(sweep, Task.Delay(TimeSpan.FromMinutes(1))));
            Assert.Equal(["work.delta_r999999_1"], await sweep);
        }

        Assert.Equal(["work.delta_r999998_1"], await SweepAsync());
    }

    private Task<IReadOnlyList<string>> SweepAsync() => new Janitor(lab.Connections).SweepAsync(CancellationToken.None);
}
