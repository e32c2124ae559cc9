using System.Globalization;
using DataHub.Core.Schedules;

namespace DataHub.Core.Tests.Schedules;

/// <summary>Due times, above all where the wall clock jumps.</summary>
public sealed class RunScheduleTests
{
    [Theory]
    // Viet Nam has no summer time: 01:30 there is 18:30 UTC of the day before.
    [InlineData("30 1 * * *", "Asia/Ho_Chi_Minh", "2026-03-28T00:00:00Z", "2026-03-28T18:30:00Z", "2026-03-29T18:30:00Z")]
    // Spring: 02:30 does not exist on 29 March and is due when the clocks have changed.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")]
    // Autumn: 02:30 happens twice on 25 October and is due once.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    // Every half hour goes on through both: nothing is left out, nothing doubled.
    [InlineData("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:10:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z")]
    [InlineData("0 6 * * MON-FRI", "Asia/Ho_Chi_Minh", "2026-11-20T00:00:00Z", "2026-11-22T23:00:00Z", "2026-11-23T23:00:00Z")]
    [InlineData("0 0 29 2 *", "Asia/Ho_Chi_Minh", "2026-01-01T00:00:00Z", "2028-02-28T17:00:00Z", "2032-02-28T17:00:00Z")]
    [InlineData("0 0 L * *", "Asia/Ho_Chi_Minh", "2026-02-01T00:00:00Z", "2026-02-27T17:00:00Z", "2026-03-30T17:00:00Z")]
    public void Cron_follows_the_wall_clock_of_its_zone(string cron, string zone, string after, params string[] expected) =>
        Assert.Equal(expected.Select(Time), RunSchedule.ByCron(cron, zone).Next(Time(after), expected.Length));

    [Fact]
    public void An_interval_is_counted_from_its_anchor_whatever_the_zone_does()
    {
        var schedule = RunSchedule.Every(TimeSpan.FromHours(6), Time("2026-03-28T05:00:00Z"));

        Assert.Equal([Time("2026-03-29T05:00:00Z"), Time("2026-03-29T11:00:00Z")], schedule.Next(Time("2026-03-28T23:00:00Z"), 2));
        Assert.Equal(Time("2026-03-28T05:00:00Z"), schedule.Next(Time("2020-01-01T00:00:00Z")));
    }

    [Fact]
    public void What_was_missed_is_one_run_for_the_newest_due_time_and_a_count()
    {
        var hourly = RunSchedule.ByCron("0 * * * *", "Asia/Ho_Chi_Minh");

        Assert.Equal((Time("2026-01-01T00:00:00Z"), 0), hourly.CatchUp(Time("2026-01-01T00:00:00Z"), Time("2026-01-01T00:59:59Z")));
        Assert.Equal((Time("2026-01-01T05:00:00Z"), 5), hourly.CatchUp(Time("2026-01-01T00:00:00Z"), Time("2026-01-01T05:00:00Z")));
        Assert.Equal((Time("2027-01-01T05:00:00Z"), 1_000), hourly.CatchUp(Time("2026-01-01T00:00:00Z"), Time("2027-01-01T05:10:00Z")));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("* * * *", false)]
    [InlineData("* * * * * *", false)]
    [InlineData("61 * * * *", false)]
    [InlineData("0 0 30 2 *", false)]
    [InlineData("0 24 * * *", false)]
    [InlineData("rm -rf", false)]
    [InlineData("0 6,18 * * MON-FRI", true)]
    [InlineData("@daily", true)]
    public void Takes_five_fields_that_are_ever_due(string text, bool valid) => Assert.Equal(valid, RunSchedule.IsCron(text));

    [Theory]
    [InlineData("PT6H", 360.0)]
    [InlineData("P1D", 1_440.0)]
    [InlineData("P1DT30M", 1_470.0)]
    [InlineData("PT90S", 1.5)]
    [InlineData("P1M", null)]
    [InlineData("P1Y", null)]
    [InlineData("6h", null)]
    [InlineData("", null)]
    [InlineData("P", null)]
    [InlineData("P99999999999999999999D", null)]
    public void Reads_intervals_of_fixed_length(string text, double? minutes) => Assert.Equal(minutes, RunSchedule.ReadInterval(text)?.TotalMinutes);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
