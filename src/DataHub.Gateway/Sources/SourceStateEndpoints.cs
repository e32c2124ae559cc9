using DataHub.Core.Errors;
using DataHub.Ingestion.Sources;
using DataHub.Storage.ControlPlane;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Sources;

/// <summary>How the node that answers gets on with a source.</summary>
/// <param name="Node">The node that answers; a worker elsewhere has a circuit and readers of its own.</param>
/// <param name="State">Null while this node has not called the source since it began or the source's settings changed.</param>
internal sealed record SourceStateView(string Source, string Node, SourceState? State);

/// <summary>GET /sources/{id}/state: circuit, readers, retries and the newest error, of the node that answers.</summary>
internal static class SourceStateEndpoints
{
    public static void MapSourceState(this RouteGroupBuilder api) =>
        api.MapGet("/sources/{id}/state", GetAsync).RequireAuthorization("admin").WithTags("sources").WithName("getSourceState")
            .WithSummary("Tình trạng gọi nguồn của nút trả lời / How the answering node gets on with the source");

    private static async Task<Ok<SourceStateView>> GetAsync(string id, HubDb db, SourceGateway gateway, CancellationToken cancellation) =>
        await db.Sources.AnyAsync(s => s.Id == id, cancellation)
            ? TypedResults.Ok(new SourceStateView(id, Environment.MachineName, gateway.StateOf(id)))
            : throw HubErrors.SourceNotFound(id).ToException();
}
