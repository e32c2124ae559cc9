using DataHub.Storage.Connections;
using DataHub.Storage.Runs;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;
using static DataHub.Ingestion.Tests.Scheduling.ScheduleLab;

namespace DataHub.Ingestion.Tests.Scheduling;

/// <summary>
/// Ten thousand datasets: what a look at the schedules and a claim cost the store does not grow with the runs that lie behind, and no statement of theirs walks a table
/// that grows. Cost is what PostgreSQL counts (blocks and statements of the hub's own sessions), not time.
/// </summary>
public sealed class SchedulerCostTests
{
    private const int Datasets = 10_000;

    [Fact]
    public async Task A_tick_and_a_claim_cost_the_same_whether_thirty_or_two_hundred_thousand_runs_lie_behind_them()
    {
        await using var lab = await StartAsync();
        await AddDatasetsAsync(lab);

        await AddHistoryAsync(lab, 1, 3);
        var young = await MeasureAsync(lab);
        await AddHistoryAsync(lab, 4, 20);
        var old = await MeasureAsync(lab);

        // Twenty are due and all are claimed; with seven times the runs an index may have become one block deeper.
        Assert.Equal((20, 20), (young.Queued, old.Queued));
        Assert.InRange(old.TickBlocks, 1, young.TickBlocks * 3 / 2);
        Assert.InRange(old.ClaimBlocks, 1, young.ClaimBlocks * 3 / 2);
        Assert.InRange(old.IdleBlocks, 0, 200);
        TestContext.Current.TestOutputHelper?.WriteLine($"young {young}, old {old}");
    }

    private static async Task AddDatasetsAsync(ScheduleLab lab)
    {
        var first = await lab.AddAsync("first");
        await lab.Hub.Database.ExecuteAsync($"""
            INSERT INTO hub.datasets (name, title, provider, source_id, access, contract_revision_id, created_at)
            SELECT 'd-' || i, 't', 'H08.12', 'kho', 'open', {first.ContractRevisionId}, now() FROM generate_series(1, {Datasets}) i;
            INSERT INTO hub.schedules (dataset_id, cron, time_zone, enabled, late_after_minutes, next_due, updated_by, updated_at)
            SELECT id, (id % 60) || ' ' || (id % 24) || ' * * *', 'Asia/Ho_Chi_Minh', true, 10,
                '2030-01-01', 'test', now() FROM hub.datasets;
            ANALYZE;
            """);
    }

    private static Task AddHistoryAsync(ScheduleLab lab, int from, int to) => lab.Hub.Database.ExecuteAsync($"""
        ALTER TABLE hub.runs DISABLE TRIGGER USER;
        INSERT INTO hub.runs (dataset_id, mode, state, requested_by, requested_at, contract_revision_id, due_at, late_at, lease_number, cancel_requested, started_at,
            finished_at, read, "new", changed, unchanged, rejected, duplicate, tombstones, removed, stale)
        SELECT d.id, 'full', (ARRAY['published', 'unchanged', 'failed'])[1 + n % 3], 'schedule', now(), d.contract_revision_id, '2020-01-01'::timestamptz + n * interval '1 hour',
            '2020-01-01', 1, false, now(), now(), 0, 0, 0, 0, 0, 0, 0, 0, 0
        FROM generate_series({from}, {to}) n, hub.datasets d;
        ALTER TABLE hub.runs ENABLE TRIGGER USER;
        UPDATE hub.schedules SET cron = '0 0 1 1 *', next_due = '2026-03-01T00:00Z'::timestamptz + {to} * interval '1 day' WHERE dataset_id % 500 = 0;
        ANALYZE;
        """);

    private static async Task<Cost> MeasureAsync(ScheduleLab lab)
    {
        var at = new DateTimeOffset(await lab.Hub.Database.ScalarAsync<DateTime>("SELECT min(next_due) FROM hub.schedules"));
        var claims = lab.Hub.Services.GetRequiredService<RunStore>();
        var (queued, tick) = await BlocksAsync(lab, async () => (await lab.TickAsync(at)).Queued);
        var (_, claim) = await BlocksAsync(lab, async () =>
        {
            var claimed = 0;
            while (await claims.ClaimAsync("test", CancellationToken.None) is not null)
            {
                claimed++;
            }

            return claimed;
        });
        var (_, idle) = await BlocksAsync(lab, async () => (await lab.TickAsync(at)).Queued);
        await lab.EndRunsAsync();
        return new Cost(queued, tick, claim, idle);
    }

    // Everything runs on the one control pool; its sessions send their counts when asked.
    private static async Task<(T Result, long Blocks)> BlocksAsync<T>(ScheduleLab lab, Func<Task<T>> work)
    {
        var before = await CountAsync(lab);
        var result = await work();
        return (result, await CountAsync(lab) - before);
    }

    private static async Task<long> CountAsync(ScheduleLab lab)
    {
        var source = lab.Hub.Services.GetRequiredService<StoreConnections>().Control;
        var open = new List<NpgsqlConnection>();
        // Each idle session of the pool is asked once, so that none keeps counts back.
        for (var i = 0; i < 4; i++)
        {
            var connection = await source.OpenConnectionAsync();
            open.Add(connection);
            await using var flush = new NpgsqlCommand("SELECT pg_stat_force_next_flush()", connection);
            await flush.ExecuteNonQueryAsync();
        }

        foreach (var connection in open)
        {
            await connection.DisposeAsync();
        }

        return await lab.Hub.Database.ScalarAsync<long>("""
            SELECT sum(heap_blks_read + heap_blks_hit + coalesce(idx_blks_read, 0) + coalesce(idx_blks_hit, 0))::bigint FROM pg_statio_user_tables
            WHERE schemaname = 'hub' AND relname IN ('runs', 'schedules', 'schedule_dependencies', 'notices')
            """);
    }

    private sealed record Cost(int Queued, long TickBlocks, long ClaimBlocks, long IdleBlocks);
}
