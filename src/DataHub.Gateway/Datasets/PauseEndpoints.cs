using DataHub.Core.Errors;
using DataHub.Gateway.Access;
using DataHub.Gateway.Problems;
using DataHub.Storage.Catalogue;
using DataHub.Storage.Datasets;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataHub.Gateway.Datasets;

/// <summary>Why a dataset is to be paused, in the words of whoever asks; kept in the ledger and shown to whoever starts a run.</summary>
internal sealed record NewPause(string? Reason = null);

/// <summary>A pause in force, in the caller's language.</summary>
/// <param name="Code">requested where a person asked for it, else the hub's reason.</param>
/// <param name="By">Client, or hub.</param>
internal sealed record PauseView(string Code, string Reason, string By, DateTimeOffset At)
{
    public static PauseView? From(DatasetPause? pause, string language) =>
        pause is null ? null : new PauseView(pause.Code, pause.Reason.In(language), pause.By, pause.At);
}

/// <summary>Whether a dataset starts runs.</summary>
internal sealed record DatasetStateView(string Dataset, PauseView? Paused);

/// <summary>A reason is a must: whoever finds the dataset paused has to know what to mend.</summary>
internal sealed class NewPauseValidator : AbstractValidator<NewPause>
{
    public NewPauseValidator() => RuleFor(p => p.Reason).Filled(longest: 1_000);
}

/// <summary>Pause and resume a dataset, and see which it is.</summary>
internal static class PauseEndpoints
{
    public static void MapPauses(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/datasets/{dataset}").RequireAuthorization("admin").WithTags("datasets");
        group.MapGet("/pause", GetAsync).WithName("getPause").WithSummary("Tập dữ liệu có đang tạm dừng không / Whether the dataset is paused");
        group.MapPost("/pause", PauseAsync).WithName("pauseDataset")
            .WithSummary("Tạm dừng: không nhận lần chạy mới / Pause: no further run is started");
        group.MapPost("/resume", ResumeAsync).WithName("resumeDataset").WithSummary("Tiếp tục / Resume");
    }

    private static async Task<Ok<DatasetStateView>> GetAsync(
        string dataset, DatasetBook book, DatasetPauses pauses, HttpContext context, CancellationToken cancellation)
    {
        var entry = await book.FindAsync(dataset, cancellation);
        return TypedResults.Ok(View(entry, await pauses.FindAsync(entry.Id, cancellation), context));
    }

    private static async Task<Ok<DatasetStateView>> PauseAsync(
        string dataset, NewPause request, DatasetBook book, DatasetPauses pauses, HttpContext context, CancellationToken cancellation)
    {
        await new NewPauseValidator().RequireAsync(request, cancellation);
        var entry = await book.FindAsync(dataset, cancellation);
        var reason = request.Reason!.Trim();
        var done = await pauses.PauseAsync(entry.Id, DatasetPauses.Requested, reason, reason, context.Caller().ClientId, cancellation);
        var pause = await pauses.FindAsync(entry.Id, cancellation);
        return done || pause is null
            ? TypedResults.Ok(View(entry, pause, context))
            : throw HubErrors.DatasetPaused(dataset, pause.Reason).ToException();
    }

    private static async Task<Ok<DatasetStateView>> ResumeAsync(
        string dataset, DatasetBook book, DatasetPauses pauses, HttpContext context, CancellationToken cancellation)
    {
        var entry = await book.FindAsync(dataset, cancellation);
        return await pauses.ResumeAsync(entry.Id, context.Caller().ClientId, cancellation)
            ? TypedResults.Ok(View(entry, null, context))
            : throw HubErrors.DatasetNotPaused(dataset).ToException();
    }

    private static DatasetStateView View(DatasetEntry entry, DatasetPause? pause, HttpContext context) =>
        new(entry.Name, PauseView.From(pause, ProblemWriter.LanguageOf(context.Request)));
}
