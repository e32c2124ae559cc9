using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Schedules;
using DataHub.Gateway.Answers;
using DataHub.Gateway.OpenApi;
using DataHub.Gateway.Problems;
using DataHub.Gateway.Runs;
using DataHub.Storage.Catalogue;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Schedules;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Schedules;

/// <summary>When a dataset is pulled without anybody asking. It takes the place of the former schedule.</summary>
/// <param name="Cron">Five fields: minute hour day month weekday, read in the time zone.</param>
/// <param name="Interval">In its place an ISO 8601 duration, PT1M (PT10S with hub.mode log) to P366D.</param>
/// <param name="From">From when the interval is counted; now when left out.</param>
/// <param name="TimeZone">IANA name; Asia/Ho_Chi_Minh when left out.</param>
/// <param name="Mode">full, incremental or reconcile; what the contract says when left out.</param>
/// <param name="After">Datasets after each of whose publications it runs.</param>
/// <param name="Enabled">False keeps it without anything being due.</param>
/// <param name="LateAfterMinutes">Minutes from a due time after which a run that has not begun is noticed; 10 when left out.</param>
internal sealed record NewSchedule(
    string? Cron = null, string? Interval = null, [property: Format("date-time")] string? From = null, string? TimeZone = null, string? Mode = null,
    IReadOnlyList<string?>? After = null, bool Enabled = true, int? LateAfterMinutes = null)
{
    /// <summary>As the store keeps it; call it when it is valid.</summary>
    public DatasetSchedule ToSchedule(DateTimeOffset now) => new(TimeZone ?? RunSchedule.DefaultTimeZone, Mode, Enabled)
    {
        Cron = Cron?.Trim(),
        Every = Interval is null ? null : RunSchedule.ReadInterval(Interval),
        Anchor = Interval is null ? null : UtcTimeConverter.TryRead(From, out var from) ? from : now,
        After = [.. (After ?? []).Select(a => a!).Distinct(StringComparer.Ordinal)],
        LateAfterMinutes = LateAfterMinutes ?? DatasetSchedule.DefaultLateAfterMinutes,
    };
}

/// <summary>Judges a schedule: something must ever be due, names must be known, and nobody may wait for himself by way of others.</summary>
internal sealed class NewScheduleValidator : AbstractValidator<NewSchedule>
{
    private const int MostDependencies = 20;
    private const int LongestCron = 200;
    private const int LatestAfter = 10_080;

    private readonly DatasetEntry dataset;
    private readonly HubDb db;
    private readonly ScheduleStore store;

    public NewScheduleValidator(DatasetEntry dataset, HubDb db, ScheduleStore store)
    {
        (this.dataset, this.db, this.store) = (dataset, db, store);
        RuleFor(s => s.Cron).Custom(CheckCron);
        RuleFor(s => s.Interval).Custom(CheckInterval);
        RuleFor(s => s.From).Custom((text, context) => ReportIf(
            text is not null && (!text.EndsWith('Z') || !UtcTimeConverter.TryRead(text, out _)), RequestCodes.TimeInvalid, context));
        RuleFor(s => s.TimeZone).Custom((zone, context) => ReportIf(
            zone is not null && !RunSchedule.IsTimeZone(zone), RequestCodes.TimeZoneUnknown, context));
        RuleFor(s => s.Mode).Custom(CheckMode);
        RuleFor(s => s.LateAfterMinutes).Custom((minutes, context) =>
        {
            if (minutes is < 1 or > LatestAfter)
            {
                context.Report(RequestCodes.NumberInvalid, arguments: [1, LatestAfter]);
            }
        });
        RuleFor(s => s.After).CustomAsync(CheckAfterAsync);
    }

    private static void CheckCron(string? cron, ValidationContext<NewSchedule> context)
    {
        var request = context.InstanceToValidate;
        ReportIf(cron is null && request.Interval is null && request.After is not { Count: > 0 }, RequestCodes.ScheduleEmpty, context);
        ReportIf(cron is not null && request.Interval is not null, RequestCodes.ScheduleAmbiguous, context);
        ReportIf(cron is not null && (cron.Length > LongestCron || !RunSchedule.IsCron(cron)), RequestCodes.CronInvalid, context);
    }

    private void CheckInterval(string? interval, ValidationContext<NewSchedule> context)
    {
        var shortest = dataset.Newest.Contract.Pull.Mode == PullMode.Log ? RunSchedule.ShortestLogInterval : RunSchedule.ShortestInterval;
        var read = interval is null ? shortest : RunSchedule.ReadInterval(interval);
        ReportIf(read is null || read < shortest || read > RunSchedule.LongestInterval
            || read.Value.Ticks % TimeSpan.TicksPerSecond != 0, RequestCodes.IntervalInvalid, context);
    }

    private void CheckMode(string? mode, ValidationContext<NewSchedule> context)
    {
        var contract = dataset.Newest.Contract;
        var allowed = RunRequests.Modes(contract.Pull, contract.Key.Count > 0).Where(m => m != "backfill").ToList();
        if (mode is not null && !allowed.Contains(mode))
        {
            context.Report(RequestCodes.ModeUnknown, allowed: allowed);
        }
    }

    private async Task CheckAfterAsync(IReadOnlyList<string?>? after, ValidationContext<NewSchedule> context, CancellationToken cancellation)
    {
        if (after?.Count > MostDependencies)
        {
            context.Report(RequestCodes.TooManyItems, arguments: MostDependencies);
            return;
        }

        var known = new List<string>();
        for (var i = 0; i < after?.Count; i++)
        {
            var name = after[i] ?? "";
            if (await db.Datasets.AnyAsync(d => d.Name == name, cancellation))
            {
                known.Add(name);
            }
            else
            {
                var all = await db.Datasets.OrderBy(d => d.Name).Select(d => d.Name).Take(10_000).ToListAsync(cancellation);
                context.Report(RequestCodes.DatasetUnknown, $"/{i}", null, DidYouMean.Clause(name, all));
            }
        }

        if (await store.FindCycleAsync(dataset.Name, known, cancellation) is { } cycle)
        {
            context.Report(RequestCodes.ScheduleCycle, arguments: string.Join(" → ", cycle));
        }
    }

    private static void ReportIf(bool wrong, RequestCode code, ValidationContext<NewSchedule> context)
    {
        if (wrong)
        {
            context.Report(code);
        }
    }
}
