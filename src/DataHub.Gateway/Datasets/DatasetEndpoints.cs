using System.Text.Json;
using System.Text.Json.Nodes;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Access;
using DataHub.Gateway.Access;
using DataHub.Gateway.Runs;
using DataHub.Ingestion.Sources;
using DataHub.Storage.Catalogue;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Datasets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Datasets;

/// <summary>A registered dataset or accepted revision.</summary>
/// <param name="Warnings">What the contract says that has no effect here.</param>
internal sealed record DatasetView(string Dataset, string ContractVersion, string Access, IReadOnlyList<ContractNote> Warnings);

/// <summary>A remark on a contract, in the caller's language.</summary>
internal sealed record ContractNote(string Code, string? Pointer, string Message);

/// <summary>What a revision would mean for readers.</summary>
/// <param name="Bump">none, patch, minor or major: the least step that the contract's version must take.</param>
internal sealed record RevisionPreview(bool Acceptable, string Bump, IReadOnlyList<ContractNote> Breaking, string? VersionProblem);

/// <summary>Datasets by contract: register, read and revise.</summary>
internal static class DatasetEndpoints
{
    public static void MapDatasets(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/datasets").WithTags("datasets");
        group.MapPost("", RegisterAsync).RequireAuthorization("admin").WithName("registerDataset").Accepts<string>("application/yaml", "application/json")
            .WithSummary("Đăng ký tập dữ liệu bằng hợp đồng ODCS / Register a dataset by an ODCS contract");
        group.MapGet("/{dataset}/contract", ReadAsync).WithName("getContract").Produces<string>(200, "application/yaml", "application/json")
            .WithSummary("Hợp đồng dữ liệu / The data contract");
        group.MapPut("/{dataset}/contract", ReviseAsync).RequireAuthorization("admin").WithName("reviseContract")
            .Accepts<string>("application/yaml", "application/json").WithSummary("Gửi bản sửa hợp đồng / Send a revision of the contract");
        group.MapPost("/{dataset}/contract/check", PreviewAsync).RequireAuthorization("admin").WithName("previewContract")
            .Accepts<string>("application/yaml", "application/json").WithSummary("Xem trước một bản sửa / Preview a revision");
    }

    private static async Task<Created<DatasetView>> RegisterAsync(
        DatasetStore store, SourceRegistry sources, HttpContext context, CancellationToken cancellation)
    {
        var reading = await ContractAnswer.ReadAsync(context, cancellation);
        _ = await sources.FindAsync(reading.Contract!.Terms.Source, cancellation);
        var dataset = await store.RegisterAsync(reading.Contract, context.Caller().ClientId, cancellation);
        return TypedResults.Created($"{GatewayEndpoints.BasePath}/catalog/datasets/{dataset.Name}", View(reading, context));
    }

    private static async Task<IResult> ReadAsync(
        string dataset, DatasetBook book, HubDb db, HttpContext context, CancellationToken cancellation, string? version = null)
    {
        var entry = await book.FindAsync(dataset, cancellation);
        var contract = version is null ? entry.Newest.Contract : await FindRevisionAsync(entry, version, book, db, cancellation);
        context.Response.Headers["Contract-Version"] = contract.Version.ToString();
        var isAdmin = context.FindCaller()?.Scopes.Contains(ReadDecision.AdminScope) == true;
        return ContractAnswer.WriteDocument(context, isAdmin ? contract.Document : PublicDocument(contract.Document));
    }

    private static async Task<Ok<DatasetView>> ReviseAsync(
        string dataset, DatasetBook book, DatasetStore store, HubDb db, HttpContext context, CancellationToken cancellation)
    {
        var (entry, reading) = await ReadRevisionAsync(dataset, book, context, cancellation);
        var proposed = await RunProposals.ChangeOfAsync(db, entry, cancellation);
        if (ContractChange.Between(entry.Newest.Contract, reading.Contract!).Refusal(proposed) is { } refusal)
        {
            throw refusal.ToException();
        }

        await store.ReviseAsync(entry.Id, entry.Newest.Id, reading.Contract!, context.Caller().ClientId, cancellation);
        book.Forget(entry);
        return TypedResults.Ok(View(reading, context));
    }

    private static async Task<Ok<RevisionPreview>> PreviewAsync(
        string dataset, DatasetBook book, HubDb db, HttpContext context, CancellationToken cancellation)
    {
        var (entry, reading) = await ReadRevisionAsync(dataset, book, context, cancellation);
        var proposed = await RunProposals.ChangeOfAsync(db, entry, cancellation);
        var change = ContractChange.Between(entry.Newest.Contract, reading.Contract!);
        var language = Problems.ProblemWriter.LanguageOf(context.Request);
        return TypedResults.Ok(new RevisionPreview(change.Refusal(proposed) is null, change.Bump.ToString().ToLowerInvariant(), Notes(change.Breaking, context),
            change.VersionError?.Message.In(language)));
    }

    private static async Task<(DatasetEntry Entry, ContractReading Reading)> ReadRevisionAsync(
        string dataset, DatasetBook book, HttpContext context, CancellationToken cancellation)
    {
        var reading = await ContractAnswer.ReadAsync(context, cancellation);
        book.Forget(await book.FindAsync(dataset, cancellation));
        var entry = await book.FindAsync(dataset, cancellation);
        return reading.Contract!.Dataset == dataset
            ? (entry, reading)
            : throw HubErrors.DatasetNameDiffers(dataset, reading.Contract.Dataset).ToException();
    }

    private static async Task<DataContract> FindRevisionAsync(
        DatasetEntry entry, string version, DatasetBook book, HubDb db, CancellationToken cancellation)
    {
        _ = ContractVersion.TryParse(version, out var wanted);
        var id = await db.ContractRevisions.Where(r => r.DatasetId == entry.Id && r.Major == wanted.Major && r.Minor == wanted.Minor && r.Patch == wanted.Patch)
            .Select(r => (long?)r.Id).FirstOrDefaultAsync(cancellation);
        return id is { } found
            ? (await book.RevisionAsync(found, cancellation)).Contract
            : throw HubErrors.ContractVersionNotFound(entry.Name, version).ToException();
    }

    /// <summary>The contract without what says how a sector system is reached: that is between the provider and the hub's administrators.</summary>
    private static string PublicDocument(string document)
    {
        var root = JsonNode.Parse(document)!.AsObject();
        root.Remove("servers");
        foreach (var part in new[] { root, root["schema"]?[0] as JsonObject })
        {
            if (part?["customProperties"] is JsonArray properties)
            {
                string[] hidden = ["hub.source", "hub.table", "hub.query", "hub.file"];
                part["customProperties"] = new JsonArray(
                    [.. properties.Where(p => !hidden.Contains((string?)p?["property"])).Select(p => p?.DeepClone())]);
            }
        }

        return root.ToJsonString();
    }

    private static DatasetView View(ContractReading reading, HttpContext context) => new(
        reading.Contract!.Dataset, reading.Contract.Version.ToString(), reading.Contract.Terms.Access == AccessMode.Open ? "open" : "shared",
        Notes(reading.Warnings, context));

    private static IReadOnlyList<ContractNote> Notes(IEnumerable<ErrorDetail> details, HttpContext context)
    {
        var language = Problems.ProblemWriter.LanguageOf(context.Request);
        return [.. details.Select(d => new ContractNote(d.Code, d.Pointer, d.Message.In(language)))];
    }
}
