using CsCheck;
using DataHub.Core.Contracts;
using DataHub.Core.Sources;

namespace DataHub.Core.Tests.Sources;

/// <summary>Where windows begin: the cases one by one, and no record lost on random timetables of transactions.</summary>
public sealed class WatermarkPlannerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, 500, TimeSpan.Zero);

    [Fact]
    public void Without_a_position_everything_is_read() => Assert.Null(WatermarkPlanner.From(Pull(ColumnKind.Timestamp), []));

    [Fact]
    public void Positions_of_another_column_do_not_count() =>
        Assert.Null(WatermarkPlanner.From(Pull(ColumnKind.Timestamp), [new KeptPosition(new SourcePosition(Noon), "khac")]));

    [Fact]
    public void The_window_begins_at_the_last_pull_less_the_lag_in_whole_seconds() =>
        Assert.Equal("2026-03-01T11:55:00Z", From(Pull(ColumnKind.Timestamp), new SourcePosition(Noon)));

    [Fact]
    public void A_day_reaches_into_the_day_before() => Assert.Equal("2026-02-28", From(Pull(ColumnKind.Date), new SourcePosition(Noon)));

    [Fact]
    public void A_number_begins_below_the_highest_that_was_met() =>
        Assert.Equal("4000", From(Pull(ColumnKind.Int64), new SourcePosition(Noon) { High = "5000" }));

    [Fact]
    public void A_number_that_the_source_counts_itself_begins_where_nothing_lower_can_still_come() => Assert.Equal(
        "2001", From(Pull(ColumnKind.Int64), new SourcePosition(Noon) { High = "900000", Horizon = "2001" }, At(-1, 1, 1)));

    [Fact]
    public void What_an_administrator_set_goes_before_the_sources_own_count() => Assert.Equal("7", WatermarkPlanner.From(
        Pull(ColumnKind.Int64), [new KeptPosition(new SourcePosition(Noon) { Horizon = "2001" }, "w", "7")]));

    [Fact]
    public void An_open_transaction_that_the_account_sees_bounds_the_window() =>
        Assert.Equal("2026-03-01T10:55:00Z", From(Pull(ColumnKind.Timestamp), new SourcePosition(Noon) { OldestBegin = Noon.AddHours(-1) }));

    [Fact]
    public void The_window_goes_back_to_the_pull_that_ended_before_the_oldest_open_transaction_began() => Assert.Equal(
        "2026-03-01T09:55:00Z",
        From(Pull(ColumnKind.Timestamp), At(0, 105, 130), At(-1, 105, 120), At(-2, 105, 105), At(-3, 90, 100)));

    [Fact]
    public void Where_no_pull_is_old_enough_everything_is_read() =>
        Assert.Null(From(Pull(ColumnKind.Timestamp), At(0, 105, 130), At(-1, 105, 120)));

    [Fact]
    public void Behind_a_clock_that_was_set_back_no_position_is_good_enough() =>
        Assert.Null(From(Pull(ColumnKind.Timestamp), At(0, 105, 130), At(2, 50, 100), At(-3, 40, 50)));

    [Fact]
    public void What_an_administrator_set_is_taken_as_it_is_and_nothing_behind_it() => Assert.Equal(
        "2026-01-01T00:00:00Z",
        WatermarkPlanner.From(Pull(ColumnKind.Timestamp),
        [
            new KeptPosition(At(0, 105, 130), "w"), new KeptPosition(At(-1, 1, 1), "w", "2026-01-01T00:00:00Z"), new KeptPosition(At(-2, 1, 1), "w"),
        ]));

    // A transaction takes its number and its time at its begin and is seen by the pulls after its commit. Whatever the order of begins,
    // commits and pulls: each is in the first pull that sees it.
    [Fact]
    public void No_transaction_is_lost_on_any_timetable() =>
        Gen.Int[0, 40].SelectMany(length => Gen.Int[0, 2].Array[length]).Sample(steps =>
        {
            var pull = Pull(ColumnKind.Timestamp) with { Lag = TimeSpan.Zero };
            var open = new List<(ulong Id, DateTimeOffset Begin)>();
            var committed = new List<(ulong Id, DateTimeOffset Begin)>();
            var taken = new HashSet<ulong>();
            var kept = new List<KeptPosition>();
            var (clock, next) = (Noon, 10UL);
            foreach (var (index, step) in steps.Append(1).Append(2).Index())
            {
                clock = clock.AddSeconds(1);
                switch (step)
                {
                    case 0:
                        open.Add((next++, clock));
                        break;
                    case 1 when open.Count > 0:
                        committed.Add(open[index % open.Count]);
                        open.RemoveAt(index % open.Count);
                        break;
                    case 2:
                        var from = WatermarkPlanner.From(pull, kept);
                        _ = WatermarkText.TryParse(from ?? "", pull.Watermark!.Type, out var bound);
                        taken.UnionWith(committed.Where(c => from is null || c.Begin >= WatermarkText.Moment(bound)).Select(c => c.Id));
                        kept.Insert(0, new KeptPosition(
                            new SourcePosition(clock) { OldestOpen = open.Select(o => o.Id).Append(next).Min(), NextToBegin = next }, "w"));
                        Assert.Equal(committed.Count, taken.Count);
                        break;
                }
            }
        });

    private static SourcePosition At(int hours, ulong oldestOpen, ulong nextToBegin) =>
        new(Noon.AddHours(hours)) { OldestOpen = oldestOpen, NextToBegin = nextToBegin };

    private static string? From(PullTerms pull, params SourcePosition[] positions) =>
        WatermarkPlanner.From(pull, [.. positions.Select(p => new KeptPosition(p, "w"))]);

    private static PullTerms Pull(ColumnKind kind) => new()
    {
        Mode = PullMode.Incremental, Watermark = new ContractColumn { Name = "w", SourceName = "w", Type = new ColumnType(kind) },
    };
}
