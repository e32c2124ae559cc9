using CsCheck;
using DataHub.Core.Schedules;
using DataHub.Storage.Runs;
using DataHub.Storage.Sources;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using DataHub.Storage.Connections;
using Xunit;
using static DataHub.Ingestion.Tests.Scheduling.ScheduleLab;

namespace DataHub.Ingestion.Tests.Scheduling;

/// <summary>Claims under the limits of a source, by workers that know nothing of each other; and the windows' SQL against the rule of Core.</summary>
public sealed class ClaimLimitTests : IAsyncLifetime
{
    private static readonly string[] Zones = ["Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York"];

    private ScheduleLab lab = null!;

    public async ValueTask InitializeAsync() => lab = await StartAsync();

    public ValueTask DisposeAsync() => lab.DisposeAsync();

    [Fact]
    public async Task Eight_claims_at_a_time_never_take_more_runs_of_a_source_than_it_bears()
    {
        await QueueAsync(8);
        await LimitAsync(new SourceLimits { MaxRuns = 3 });

        Assert.Equal(3, await ClaimAsync(8));
        Assert.Equal(0, await ClaimAsync(8));
        await lab.Hub.Database.ExecuteAsync("UPDATE hub.runs SET state = 'unchanged' WHERE id = (SELECT min(id) FROM hub.runs WHERE state = 'running')");
        Assert.Equal(1, await ClaimAsync(8));
        Assert.Equal("source_runs_limit", await WaitAsync());

        // A worker that died holds no place beyond its lease.
        await lab.Hub.Database.ExecuteAsync("UPDATE hub.runs SET lease_until = now() - interval '1 second' WHERE state = 'running'");
        Assert.Equal(3, await ClaimAsync(8));
    }

    [Fact]
    public async Task Claims_keep_to_the_runs_of_an_hour_and_go_on_with_the_next()
    {
        await QueueAsync(6);
        await LimitAsync(new SourceLimits { RunsPerHour = 2 });

        Assert.Equal(2, await ClaimAsync(6));
        Assert.Equal("source_hourly_limit", await WaitAsync());
        await lab.Hub.Database.ExecuteAsync("UPDATE hub.source_limits SET hour_began = hour_began - interval '1 hour'");
        Assert.Equal(2, await ClaimAsync(6));
        await LimitAsync(SourceLimits.None);
        Assert.Equal(2, await ClaimAsync(6));
    }

    [Fact]
    public async Task The_windows_of_the_store_are_those_of_the_rule_through_changes_of_the_clock()
    {
        var window =
            from place in Gen.Int[0, 2]
            from days in Gen.Int[1, 7].HashSet[1, 4]
            from begin in Gen.Int[0, 95]
            from length in Gen.Int[1, 95]
            let until = (begin + length) % 96
            select new BlackoutWindow(Zones[place], [.. days.Order()], begin * 15, until == 0 ? 1_440 : until * 15);
        var cases = new List<(BlackoutWindow Window, DateTimeOffset At)>();
        // Two days around each change of 2026 in Berlin and New York, and an ordinary week.
        string[] around = ["2026-03-28T00:00Z", "2026-10-24T00:00Z", "2026-03-07T00:00Z", "2026-10-31T00:00Z", "2026-06-01T00:00Z"];
        window.Select(Gen.Int[0, 4], Gen.Int[0, 60 * 24 * 3]).Array[400].Sample(
            samples => cases.AddRange(samples.Select(s => (s.Item1, Time(around[s.Item2]).AddMinutes(s.Item3)))), iter: 1, threads: 1);

        foreach (var (limits, at) in cases)
        {
            await LimitAsync(new SourceLimits { Blackouts = [limits] });
            await using var command = lab.Hub.Services.GetRequiredService<StoreConnections>().Control.CreateCommand("SELECT hub.blackout_until('kho', $1)");
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = at });
            var told = await command.ExecuteScalarAsync() is DateTime end ? new DateTimeOffset(end) : (DateTimeOffset?)null;
            Assert.True(limits.EndsAfter(at) == told, $"{limits} at {at:u}: {limits.EndsAfter(at):u} by the rule, {told:u} by the store");
        }

        Assert.Contains(cases, c => c.Window.EndsAfter(c.At) is not null);
    }

    private async Task QueueAsync(int runs)
    {
        for (var i = 0; i < runs; i++)
        {
            await lab.Hub.QueueAsync(await lab.AddAsync($"d-{i}"));
        }
    }

    private Task LimitAsync(SourceLimits limits) =>
        lab.Hub.Services.GetRequiredService<SourceLimitStore>().ReplaceAsync("kho", limits, "test", CancellationToken.None);

    private async Task<int> ClaimAsync(int workers)
    {
        var store = lab.Hub.Services.GetRequiredService<RunStore>();
        var claimed = await Task.WhenAll(Enumerable.Range(0, workers).Select(i => store.ClaimAsync($"w{i}", CancellationToken.None)));
        return claimed.Count(c => c is not null);
    }

    private async Task<string?> WaitAsync()
    {
        var queued = await lab.Hub.Database.ScalarAsync<long>("SELECT min(id) FROM hub.runs WHERE state = 'queued'");
        return (await lab.Hub.Services.GetRequiredService<RunWaits>().FindAsync([queued], CancellationToken.None))[queued].Code;
    }
}
