using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using DataHub.Gateway.Access;
using DataHub.Gateway.Datasets;
using DataHub.Gateway.Problems;
using DataHub.Ingestion.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataHub.Gateway.Sources;

/// <summary>A column of a source's table.</summary>
/// <param name="Proposed">The type that a proposed contract gives it; null when it cannot be published.</param>
/// <param name="Note">What to check, in the caller's language.</param>
internal sealed record SourceColumnView(string Name, string NativeType, bool Nullable, string? Proposed, int? MaxLength, string? Note, string? Comment);

/// <summary>A table, view or file; <c>id</c> is what the address of its proposed contract takes.</summary>
internal sealed record SourceTableView(
    string Id, string Name, string Kind, IReadOnlyList<SourceColumnView> Columns, IReadOnlyList<string> Key, long? EstimatedRows, string? Comment);

/// <summary>Tables of a source in name order.</summary>
internal sealed record SourceTableList(IReadOnlyList<SourceTableView> Value);

/// <summary>What a source offers, and a complete contract proposed for one of its tables.</summary>
internal static class SourceTableEndpoints
{
    public static void MapSourceTables(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/sources/{id}/tables").RequireAuthorization("admin").WithTags("sources");
        group.MapGet("", ListAsync).WithName("listSourceTables").WithSummary("Các bảng hoặc tệp của nguồn / Tables or files of a source");
        group.MapGet("/{table}/contract", ProposeAsync).WithName("proposeContract").Produces<string>(200, "application/yaml", "application/json")
            .WithSummary("Hợp đồng đề xuất cho một bảng / A proposed contract for a table");
    }

    private static async Task<Ok<SourceTableList>> ListAsync(
        string id, SourceGateway gateway, SourceRegistry registry, HttpContext context, CancellationToken cancellation)
    {
        var language = ProblemWriter.LanguageOf(context.Request);
        var tables = await gateway.ListTablesAsync(await registry.FindAsync(id, cancellation), cancellation);
        return TypedResults.Ok(new SourceTableList([.. tables.Select(t => new SourceTableView(
            t.Id, t.Name, t.EntityKind, [.. t.Columns.Select(c => new SourceColumnView(
                c.Name, c.NativeType, c.Nullable, c.Proposed?.ToString(), c.MaxLength, c.Note?.In(language), c.Comment))],
            t.Key, t.EstimatedRows, t.Comment))]));
    }

    private static async Task<IResult> ProposeAsync(
        string id, string table, SourceGateway gateway, SourceRegistry registry, HttpContext context, CancellationToken cancellation,
        string? provider = null, string? dataset = null)
    {
        var tables = await gateway.ListTablesAsync(await registry.FindAsync(id, cancellation), cancellation);
        var found = tables.FirstOrDefault(t => t.Id == table)
            ?? throw HubErrors.SourceTableMissing(id, SourceTableId.TryDecode(table, out var name) ? name : table, []).ToException();
        var contract = ContractProposal.For(found, id, provider ?? context.Caller().AgencyCode ?? "000.00", dataset ?? ContractProposal.DatasetId(found));
        return ContractAnswer.Write(context, contract);
    }
}
