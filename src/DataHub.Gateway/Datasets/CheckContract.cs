using System.Text.Json;
using DataHub.Gateway.Problems;
using DataHub.Ingestion.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataHub.Gateway.Datasets;

/// <summary>A rule that records broke in the dry run.</summary>
/// <param name="FirstPosition">Line of a file or ordinal of a pull.</param>
internal sealed record TrialRule(string? Column, string Code, string Message, int Records, long FirstPosition);

/// <summary>What would happen to the first 1,000 records of the source.</summary>
/// <param name="Sample">The first valid records as the source has them; personal values are hidden.</param>
internal sealed record TrialView(
    string Dataset, long Read, long Valid, long Rejected, long Duplicate, IReadOnlyList<TrialRule> Rules, IReadOnlyList<JsonElement> Sample,
    IReadOnlyList<ContractNote> Warnings);

/// <summary>POST /datasets/check: a dry run that stores nothing.</summary>
internal static class CheckContract
{
    public static void MapCheckContract(this RouteGroupBuilder api) =>
        api.MapPost("/datasets/check", CheckAsync).RequireAuthorization("admin").WithTags("datasets").WithName("checkContract")
            .Accepts<string>("application/yaml", "application/json")
            .WithSummary("Thử hợp đồng với 1.000 bản ghi đầu, không lưu gì / Try a contract on the first 1,000 records, storing nothing");

    private static async Task<Ok<TrialView>> CheckAsync(ContractTrial trial, HttpContext context, CancellationToken cancellation)
    {
        var reading = await ContractAnswer.ReadAsync(context, cancellation);
        var result = await trial.RunAsync(reading.Contract!, cancellation);
        var language = ProblemWriter.LanguageOf(context.Request);
        return TypedResults.Ok(new TrialView(
            reading.Contract!.Dataset, result.Counts.Read, result.Counts.New, result.Counts.Rejected, result.Counts.Duplicate,
            [.. result.Rules.Select(r => new TrialRule(r.First.Column, r.First.Code, r.First.Message.In(language), r.Count, r.FirstPosition))],
            [.. result.Sample.Select(s => JsonSerializer.Deserialize<JsonElement>(s))],
            [.. reading.Warnings.Select(w => new ContractNote(w.Code, w.Pointer, w.Message.In(language)))]));
    }
}
