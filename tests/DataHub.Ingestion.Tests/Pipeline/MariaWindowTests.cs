using DataHub.Core.Sources;
using DataHub.TestKit;
using MySqlConnector;

namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>
/// Incremental pulls of MariaDB with transactions that really run beside them, by an account that may see the server's transactions and by one
/// that may not.
/// </summary>
public sealed class MariaWindowTests
{
    private static readonly string[] NoLag = ["hub.mode=incremental", "hub.watermark=sua_luc", "hub.lag=PT0S"];

    [Fact]
    public async Task A_transaction_that_commits_after_two_pulls_is_not_lost_where_the_account_may_see_it()
    {
        Assert.SkipUnless(MariaDatabase.Available, MariaDatabase.Missing);
        await using var sector = await StartAsync();
        await sector.ExecuteAsync($"GRANT PROCESS ON *.* TO {sector.Reader}@'%'");
        await using var lab = await PullLab.StartAsync(Source(sector), "t", NoLag);

        Assert.Equal("published window: 1 new, 0 changed, 0 removed", await LateAsync(sector, lab));
        Assert.Equal("1:a 2:muộn 3:c", await lab.RecordsAsync());
    }

    [Fact]
    public async Task A_transaction_longer_than_the_lag_of_an_account_that_may_not_see_it_is_found_by_the_next_full_pull()
    {
        Assert.SkipUnless(MariaDatabase.Available, MariaDatabase.Missing);
        await using var sector = await StartAsync();
        await using var lab = await PullLab.StartAsync(Source(sector), "t", NoLag);

        Assert.Equal("unchanged window: 0 new, 0 changed, 0 removed", await LateAsync(sector, lab));
        Assert.Equal("published full: 1 new, 0 changed, 0 removed", PullLab.Say(await lab.FullAsync()));
    }

    [Fact]
    public async Task Within_the_lag_nothing_is_lost_whatever_the_account_may_see()
    {
        Assert.SkipUnless(MariaDatabase.Available, MariaDatabase.Missing);
        await using var sector = await StartAsync();
        await using var lab = await PullLab.StartAsync(Source(sector), "t", "hub.mode=incremental", "hub.watermark=sua_luc");

        Assert.Equal("published window: 1 new, 0 changed, 0 removed", await LateAsync(sector, lab));
    }

    [Fact]
    public async Task Numbers_reconciliation_and_tombstones_work_as_elsewhere()
    {
        Assert.SkipUnless(MariaDatabase.Available, MariaDatabase.Missing);
        await using var sector = await StartAsync();
        await using var lab = await PullLab.StartAsync(
            Source(sector), "t", "hub.mode=incremental", "hub.watermark=so", "hub.lag=0", "hub.tombstone=xoa");
        await sector.ExecuteAsync("INSERT INTO t SELECT seq, 'a', NULL, 0, seq FROM seq_1_to_20");
        await lab.FullAsync();
        await sector.ExecuteAsync("UPDATE t SET ten = 'b', so = 21 WHERE id = 1; UPDATE t SET xoa = 1, so = 22 WHERE id = 2; DELETE FROM t WHERE id = 3");

        var window = await lab.RunAsync("incremental");
        Assert.Equal(("published window: 0 new, 1 changed, 1 removed", "20"), (PullLab.Say(window), window.WindowFrom));
        Assert.Equal("published keys: 0 new, 0 changed, 1 removed", PullLab.Say(await lab.RunAsync("reconcile")));
        Assert.Equal("unchanged full: 0 new, 0 changed, 0 removed", PullLab.Say(await lab.FullAsync()));
    }

    /// <summary>A transaction is open while a pull publishes, two of the server's seconds later, and ends before the next.</summary>
    private static async Task<string> LateAsync(MariaDatabase sector, PullLab lab)
    {
        await sector.ExecuteAsync("INSERT INTO t VALUES (1, 'a', UTC_TIMESTAMP() + INTERVAL 7 HOUR, 0, 1)");
        await lab.FullAsync();
        await using var slow = new MySqlConnection(sector.ConnectionString);
        await slow.OpenAsync();
        await using var transaction = await slow.BeginTransactionAsync();
        await using var insert = new MySqlCommand("INSERT INTO t VALUES (2, 'muộn', UTC_TIMESTAMP() + INTERVAL 7 HOUR, 0, 2)", slow, transaction);
        await insert.ExecuteNonQueryAsync();
        var begun = await sector.ScalarAsync<long>("SELECT UNIX_TIMESTAMP()");
        await Eventually.TrueAsync("the server's clock goes on", async () => await sector.ScalarAsync<long>("SELECT UNIX_TIMESTAMP()") > begun + 1);
        await sector.ExecuteAsync("INSERT INTO t VALUES (3, 'c', UTC_TIMESTAMP() + INTERVAL 7 HOUR, 0, 3)");
        Assert.Equal("published window: 1 new, 0 changed, 0 removed", await lab.WindowAsync());
        await transaction.CommitAsync();
        return await lab.WindowAsync();
    }

    private static async Task<MariaDatabase> StartAsync()
    {
        var sector = await MariaDatabase.CreateAsync();
        await sector.ExecuteAsync("CREATE TABLE t (id int PRIMARY KEY, ten varchar(50), sua_luc datetime, xoa tinyint(1), so int)");
        return sector;
    }

    private static SourceSettings Source(MariaDatabase sector) => new("kho", "mysql", sector.Settings, sector.Reader, MariaDatabase.Password);
}
