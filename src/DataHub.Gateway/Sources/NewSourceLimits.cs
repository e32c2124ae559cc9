using DataHub.Core.Errors;
using DataHub.Core.Schedules;
using DataHub.Core.Sources;
using DataHub.Gateway.Problems;
using DataHub.Storage.Sources;
using FluentValidation;

namespace DataHub.Gateway.Sources;

/// <summary>Hours of some weekdays in which no run of a source begins.</summary>
/// <param name="Days">mon, tue, wed, thu, fri, sat, sun: days on which it begins.</param>
/// <param name="From">HH:mm on the wall clock of the zone.</param>
/// <param name="Until">HH:mm, up to 24:00; at or before <c>from</c> it is on the next day.</param>
/// <param name="TimeZone">IANA name; Asia/Ho_Chi_Minh when left out.</param>
internal sealed record NewBlackout(IReadOnlyList<string?>? Days = null, string? From = null, string? Until = null, string? TimeZone = null);

/// <summary>Limits of a source; what is left out has none. They take the place of the former ones.</summary>
/// <param name="MaxConcurrentRuns">Runs of the source under way at a time, over all workers.</param>
/// <param name="RunsPerHour">Runs of the source begun within an hour, over all workers.</param>
/// <param name="Blackouts">Hours in which none begins; a run under way goes on.</param>
/// <param name="Pacing">What each node keeps to by itself.</param>
internal sealed record NewSourceLimits(
    int? MaxConcurrentRuns = null, int? RunsPerHour = null, IReadOnlyList<NewBlackout?>? Blackouts = null, SourcePacing? Pacing = null)
{
    /// <summary>As the store keeps them; call it when they are valid.</summary>
    public SourceLimits ToLimits() => new()
    {
        MaxRuns = MaxConcurrentRuns, RunsPerHour = RunsPerHour, Pacing = Pacing ?? SourcePacing.Default,
        Blackouts = [.. (Blackouts ?? []).Select(b => NewSourceLimitsValidator.ToWindow(b!))],
    };
}

/// <summary>Judges limits: every number in its bounds, every window with days, hours and a zone, and some time left in the week.</summary>
internal sealed class NewSourceLimitsValidator : AbstractValidator<NewSourceLimits>
{
    private const int MostWindows = 50;

    private static readonly string[] Week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    public NewSourceLimitsValidator(SourceLimitStore store)
    {
        RuleFor(l => l.MaxConcurrentRuns).Custom((value, context) => CheckNumber(value, 1, 100, "", context));
        RuleFor(l => l.RunsPerHour).Custom((value, context) => CheckNumber(value, 1, 10_000, "", context));
        RuleFor(l => l.Pacing).Custom(CheckPacing);
        RuleFor(l => l.Blackouts).CustomAsync(async (windows, context, cancellation) =>
        {
            if (windows?.Count > MostWindows)
            {
                context.Report(RequestCodes.TooManyItems, arguments: MostWindows);
                return;
            }

            var problems = 0;
            for (var i = 0; i < windows?.Count; i++)
            {
                problems += await CheckAsync(windows[i], $"/{i}", context, store, cancellation);
            }

            if (problems == 0 && windows?.Count > 0 && LeavesNoTime([.. windows.Select(w => ToWindow(w!))]))
            {
                context.Report(RequestCodes.BlackoutsLeaveNoTime);
            }
        });
    }

    internal static BlackoutWindow ToWindow(NewBlackout window) => new(
        window.TimeZone ?? RunSchedule.DefaultTimeZone, [.. window.Days!.Select(d => Array.IndexOf(Week, d) + 1).Distinct().Order()],
        BlackoutWindow.ReadTime(window.From)!.Value, BlackoutWindow.ReadTime(window.Until)!.Value);

    private static void CheckNumber(int? value, int least, int most, string below, ValidationContext<NewSourceLimits> context)
    {
        if (value < least || value > most)
        {
            context.Report(RequestCodes.NumberInvalid, below, null, least, most);
        }
    }

    private static void CheckPacing(SourcePacing? pacing, ValidationContext<NewSourceLimits> context)
    {
        CheckNumber(pacing?.MaxReaders, 1, 32, "/maxReaders", context);
        CheckNumber(pacing?.CallsPerMinute, 1, 6_000, "/callsPerMinute", context);
        CheckNumber(pacing?.CallTimeoutSeconds, 5, 600, "/callTimeoutSeconds", context);
        CheckNumber(pacing?.OpenRetries, 0, 10, "/openRetries", context);
        CheckNumber(pacing?.CircuitMinimumAttempts, 2, 100, "/circuitMinimumAttempts", context);
        CheckNumber(pacing?.CircuitBreakSeconds, 1, 3_600, "/circuitBreakSeconds", context);
    }

    private static async Task<int> CheckAsync(
        NewBlackout? window, string below, ValidationContext<NewSourceLimits> context, SourceLimitStore store, CancellationToken cancellation)
    {
        var problems = 0;
        void Report(RequestCode code, string place, IReadOnlyList<string>? allowed = null, params object?[] arguments)
        {
            problems++;
            context.Report(code, below + place, allowed, arguments);
        }

        if (window?.Days is not { Count: > 0 } days)
        {
            Report(RequestCodes.Required, "/days");
        }
        else
        {
            for (var i = 0; i < days.Count; i++)
            {
                if (!Week.Contains(days[i]))
                {
                    Report(RequestCodes.WeekdayInvalid, $"/days/{i}", Week);
                }
            }
        }

        var (from, until) = (BlackoutWindow.ReadTime(window?.From), BlackoutWindow.ReadTime(window?.Until));
        if (from is null or 1_440)
        {
            Report(window?.From is null ? RequestCodes.Required : RequestCodes.TimeOfDayInvalid, "/from");
        }

        if (until is null or 0)
        {
            Report(window?.Until is null ? RequestCodes.Required : RequestCodes.TimeOfDayInvalid, "/until");
        }

        if (from == until && from is not null)
        {
            Report(RequestCodes.BlackoutEmpty, "/until");
        }

        if (window?.TimeZone is { } zone && (!RunSchedule.IsTimeZone(zone) || !await store.KnowsTimeZoneAsync(zone, cancellation)))
        {
            Report(RequestCodes.TimeZoneUnknown, "/timeZone");
        }

        return problems;
    }

    // A week that begins on some Monday without a change of the clock in it, minute by minute from end to end.
    private static bool LeavesNoTime(IReadOnlyList<BlackoutWindow> windows)
    {
        var at = new DateTimeOffset(2026, 1, 12, 0, 0, 0, TimeSpan.Zero);
        var end = at.AddDays(8);
        while (at < end && BlackoutWindow.EndsAfter(windows, at) is { } next)
        {
            at = next;
        }

        return at >= end;
    }
}
