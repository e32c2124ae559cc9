using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Validation;
using DataHub.Gateway.OpenApi;
using DataHub.Gateway.Problems;
using DataHub.Storage.Catalogue;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Quarantine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Runs;

/// <summary>One broken rule, in the caller's language.</summary>
internal sealed record ViolationView(string? Column, string Code, string Message);

/// <summary>A rejected record.</summary>
/// <param name="Position">Line of a file or ordinal of a pull.</param>
/// <param name="Key">Null when it is personal or could not be read.</param>
/// <param name="Stale">True when an older image of the key stays published.</param>
/// <param name="Occurrences">Equal records that this entry stands for.</param>
/// <param name="Record">Values as read, personal ones hidden.</param>
internal sealed record QuarantineView(
    long Id, long? Position, string? Key, bool Stale, int Occurrences, IReadOnlyList<ViolationView> Violations, JsonNode? Record);

/// <summary>A page of rejected records in the order they were met.</summary>
/// <param name="Rejected">All rejected records of the run, those beyond the storage limit included.</param>
internal sealed record QuarantineList(IReadOnlyList<QuarantineView> Value, string? Next, long Rejected);

/// <summary>GET /runs/{id}/quarantine: rejected records and why.</summary>
internal static class QuarantineEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    public static void MapQuarantine(this RouteGroupBuilder api) =>
        api.MapGet("/runs/{id:long}/quarantine", ListAsync).RequireAuthorization("admin").WithTags("runs").WithName("listQuarantine")
            .WithSummary("Bản ghi bị từ chối và lý do / Rejected records and why");

    private static async Task<Ok<QuarantineList>> ListAsync(
        long id, HubDb db, DatasetBook book, IDataProtectionProvider protection, HttpContext context, CancellationToken cancellation,
        [WholeNumber(1, MaxLimit)] string? limit = null, [WholeNumber(0, long.MaxValue)] string? after = null)
    {
        var size = WholeNumbers.ReadLimit(limit, DefaultLimit, MaxLimit);
        var above = WholeNumbers.Read(after, "after", long.MaxValue);
        var run = await db.Runs.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, cancellation)
            ?? throw HubErrors.RunNotFound(id.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToException();
        var contract = (await book.RevisionAsync(run.ContractRevisionId, cancellation)).Contract;
        var rows = await db.Quarantine.AsNoTracking().Where(q => q.RunId == id && (above == null || q.Id > above))
            .OrderBy(q => q.Id).Take(size + 1).ToListAsync(cancellation);
        var protector = protection.CreateProtector(QuarantineWriter.Purpose);
        var language = ProblemWriter.LanguageOf(context.Request);
        var page = rows.Take(size).Select(q => View(q, contract, protector, language)).ToList();
        var next = rows.Count > size ? $"{GatewayEndpoints.BasePath}/runs/{id}/quarantine?limit={size}&after={page[^1].Id}" : null;
        return TypedResults.Ok(new QuarantineList(page, next, run.Rejected));
    }

    private static QuarantineView View(QuarantinedRecord q, DataContract contract, IDataProtector protector, string language) => new(
        q.Id, q.Position, q.Key, q.Stale, q.Occurrences,
        [.. JsonSerializer.Deserialize<JsonElement>(q.Violations).EnumerateArray().Select(v => new ViolationView(
            v.GetProperty("column").GetString(), v.GetProperty("code").GetString()!, v.GetProperty(language).GetString()!))],
        Hide(JsonNode.Parse(protector.Unprotect(q.ProtectedRecord)), contract));

    // A raw line that could not be split may hold anything: where any column is personal, all of it is hidden.
    private static JsonNode? Hide(JsonNode? record, DataContract contract)
    {
        if (record is not JsonObject values)
        {
            return record;
        }

        foreach (var name in values.Select(v => v.Key).ToList())
        {
            var isPersonal = contract.Columns.Any(c => c.Personal && (c.Name == name || name == "raw"));
            values[name] = isPersonal && values[name] is not null ? RawRecord.Hidden : values[name]?.DeepClone();
        }

        return values;
    }
}
