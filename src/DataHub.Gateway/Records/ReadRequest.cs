using DataHub.Core.Access;
using DataHub.Core.Errors;
using DataHub.Core.Versioning;
using DataHub.Gateway.Access;
using DataHub.Storage.Catalogue;
using Microsoft.AspNetCore.Http;

namespace DataHub.Gateway.Records;

/// <summary>A read that is authorised and whose version is known: what every read of versions and records starts from.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Permission">What the caller may read of it.</param>
/// <param name="Reference">The version as the caller named it.</param>
/// <param name="Version">The version it means.</param>
/// <param name="IsMoving">True when a later publication changes what the reference means.</param>
internal sealed record ReadRequest(
    DatasetEntry Dataset, ReadPermission Permission, VersionReference Reference, VersionEntry Version, bool IsMoving)
{
    /// <summary>True when the answer must be the head's at the moment of reading.</summary>
    public bool MustBeHead => Reference.Kind == VersionReferenceKind.Latest;
}

/// <summary>Steps Parse and Authorize that all reads share, and the resolving of the version.</summary>
internal sealed class ReadRequests(DatasetBook datasets, AccessBook access, TimeProvider time)
{
    // No column, no open data: what an administrator sees of versions without an agreement.
    private static readonly ReadPermission MetadataOnly = new([], AgreementId: 0, Revision: 0, Purpose: null);

    /// <summary>The dataset and the caller's permission; refusals as exceptions.</summary>
    /// <param name="metadata">True for versions without records: administrators, who run them, see those too.</param>
    public async Task<(DatasetEntry Dataset, ReadPermission Permission)> AuthorizeAsync(
        string name, HttpContext context, bool metadata, CancellationToken cancellation)
    {
        var dataset = await datasets.FindAsync(name, cancellation);
        if (metadata && context.FindCaller()?.Scopes.Contains(ReadDecision.AdminScope) == true)
        {
            return (dataset, MetadataOnly);
        }

        return (dataset, access.Decide(context.FindCaller(), dataset.Id, dataset.Newest.Contract, context.DataPurpose()));
    }

    /// <summary>Authorises and resolves a version reference.</summary>
    /// <param name="pinned">A cursor's version, which wins over a moving reference.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="metadata">See <see cref="AuthorizeAsync"/>.</param>
    public async Task<ReadRequest> OpenAsync(
        string name, string reference, int? pinned, HttpContext context, CancellationToken cancellation, bool metadata = false)
    {
        if (!VersionReference.TryParse(reference, out var parsed))
        {
            throw HubErrors.VersionMalformed(reference).ToException();
        }

        var (dataset, permission) = await AuthorizeAsync(name, context, metadata, cancellation);
        var effective = pinned is { } seq && parsed.IsMoving(time.GetUtcNow())
            ? new VersionReference(VersionReferenceKind.Seq) { Seq = seq }
            : parsed;
        var version = await ResolveAsync(dataset, effective, reference, effective != parsed, cancellation);
        return new ReadRequest(dataset, permission, effective, version, effective.IsMoving(time.GetUtcNow()));
    }

    private async ValueTask<VersionEntry> ResolveAsync(
        DatasetEntry dataset, VersionReference effective, string reference, bool pinned, CancellationToken cancellation)
    {
        try
        {
            return await datasets.ResolveAsync(dataset, effective, reference, cancellation);
        }
        catch (HubErrorException e) when (pinned && e.Error.Kind.Status == StatusCodes.Status404NotFound)
        {
            // A version that only the cursor names: it comes from another dataset.
            throw HubErrors.CursorMismatch().ToException(e);
        }
    }

    /// <summary>The same request after its head moved.</summary>
    public async Task<ReadRequest> ReopenAsync(ReadRequest request, CancellationToken cancellation)
    {
        datasets.Forget(request.Dataset);
        var dataset = await datasets.FindAsync(request.Dataset.Name, cancellation);
        var version = await datasets.ResolveAsync(dataset, request.Reference, "latest", cancellation);
        return request with { Dataset = dataset, Version = version };
    }
}
