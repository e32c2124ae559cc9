using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Gateway.OpenApi;
using DataHub.Gateway.Problems;
using DataHub.Gateway.Records;
using DataHub.Storage.Catalogue;
using DataHub.Storage.ControlPlane;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Versions;

/// <summary>One immutable version, as readers of the dataset see it.</summary>
/// <param name="Kind">refresh, or correction for records that were replayed out of quarantine.</param>
/// <param name="Checksum">Sum of record hashes modulo 2^128, hex; for mirrors. Only to readers of all columns.</param>
/// <param name="Digest">SHA-256 of the chain of changes, hex; evidence. Only to readers of all columns.</param>
internal sealed record VersionView(
    int Seq, string Label, long Records, long New, long Changed, long Removed, DateTimeOffset AsOf, DateTimeOffset PublishedAt, long Run,
    string Contract, string Kind, string? Checksum = null, string? Digest = null);

/// <summary>A page of versions, newest first.</summary>
/// <param name="Next">Address of the next page, or null.</param>
internal sealed record VersionList(IReadOnlyList<VersionView> Value, string? Next = null);

/// <summary>Versions of a dataset: list, one, and the cheap staleness check by HEAD.</summary>
internal static class VersionEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    public static void MapVersions(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/datasets/{dataset}/versions").WithTags("versions").AnswersJson();
        group.MapGet("", ListAsync).WithName("listVersions").WithSummary("Các phiên bản, mới nhất trước / Versions, newest first");
        group.MapMethods("/{reference}", [HttpMethods.Get, HttpMethods.Head], OneAsync).WithName("getVersion")
            .WithSummary("Một phiên bản; HEAD chỉ trả tiêu đề / One version; HEAD gives the headers alone");
    }

    private static async Task<Ok<VersionList>> ListAsync(
        string dataset, ReadRequests requests, HubDb db, HttpContext context,
        [WholeNumber(1, MaxLimit)] string? limit = null, [WholeNumber(0, int.MaxValue)] string? before = null)
    {
        var size = WholeNumbers.ReadLimit(limit, DefaultLimit, MaxLimit);
        var below = WholeNumbers.Read(before, "before", int.MaxValue);
        var (entry, permission) = await requests.AuthorizeAsync(dataset, context, metadata: true, context.RequestAborted);
        var whole = permission.Columns.Count == entry.Newest.Contract.Columns.Count;
        var versions = await db.Versions.AsNoTracking().Where(v => v.DatasetId == entry.Id && (below == null || v.Seq < below))
            .OrderByDescending(v => v.Seq).Take(size + 1)
            .Join(db.ContractRevisions, v => v.ContractRevisionId, r => r.Id, (v, r) => new { v, r.Major, r.Minor, r.Patch })
            .ToListAsync(context.RequestAborted);
        var page = versions.OrderByDescending(x => x.v.Seq).Take(size)
            .Select(x => View(x.v, $"{x.Major}.{x.Minor}.{x.Patch}", whole)).ToList();
        var next = versions.Count > size
            ? $"{GatewayEndpoints.BasePath}/datasets/{dataset}/versions?limit={size}&before={page[^1].Seq}" : null;
        return TypedResults.Ok(new VersionList(page, next));
    }

    private static async Task<Results<Ok<VersionView>, StatusCodeHttpResult>> OneAsync(
        string dataset, string reference, ReadRequests requests, DatasetBook book, HubDb db, HttpContext context)
    {
        var cancellation = context.RequestAborted;
        var request = await requests.OpenAsync(dataset, reference, null, context, cancellation, metadata: true);
        if (request.MustBeHead && !await book.IsLatestAsync(request.Dataset, request.Version, cancellation))
        {
            request = await requests.ReopenAsync(request, cancellation);
        }

        var contract = (await book.RevisionAsync(request.Version.ContractRevisionId, cancellation)).Contract;
        if (VersionHeaders.Write(context, request, contract, "version"))
        {
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }

        var whole = request.Permission.Columns.Count == request.Dataset.Newest.Contract.Columns.Count;
        var version = await db.Versions.AsNoTracking()
            .SingleAsync(v => v.DatasetId == request.Dataset.Id && v.Seq == request.Version.Seq, cancellation);
        return TypedResults.Ok(View(version, contract.Version.ToString(), whole));
    }

    private static VersionView View(DatasetVersion v, string contract, bool whole) => new(
        v.Seq, $"v{v.Major}.{v.Minor}.{v.Release}", v.Records, v.New, v.Changed, v.Removed, v.AsOf, v.PublishedAt, v.RunId, contract, v.Kind,
        whole ? Convert.ToHexStringLower(v.Checksum) : null, whole ? Convert.ToHexStringLower(v.Digest) : null);
}
