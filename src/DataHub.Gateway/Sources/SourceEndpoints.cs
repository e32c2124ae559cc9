using System.Text.Json;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using DataHub.Gateway.Access;
using DataHub.Ingestion.Pipeline;
using DataHub.Ingestion.Sources;
using DataHub.Storage.ControlPlane;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Sources;

/// <summary>A source as administrators see it: whether it has a password, never the password.</summary>
internal sealed record SourceView(
    string Id, string Kind, string Name, IReadOnlyDictionary<string, string> Settings, string? Username, bool HasPassword,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>All sources in id order.</summary>
internal sealed record SourceList(IReadOnlyList<SourceView> Value);

/// <summary>What a test of the connection found.</summary>
internal sealed record SourceTestView(string Product, bool? ReadOnly, DateTimeOffset Clock);

/// <summary>/sources: sector systems. Credentials are write-only.</summary>
internal static class SourceEndpoints
{
    // Settings that say which database it is.
    private static readonly string[] Place = ["host", "port", "database"];

    public static void MapSources(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/sources").RequireAuthorization("admin").WithTags("sources");
        group.MapGet("", ListAsync).WithName("listSources").WithSummary("Danh sách nguồn / List sources");
        group.MapPost("", CreateAsync).WithName("createSource").WithSummary("Đăng ký nguồn / Register a source");
        group.MapGet("/{id}", GetAsync).WithName("getSource").WithSummary("Một nguồn / One source");
        group.MapPut("/{id}", UpdateAsync).WithName("updateSource").WithSummary("Sửa thiết lập của nguồn / Change a source's settings");
        group.MapDelete("/{id}", DeleteAsync).WithName("deleteSource").WithSummary("Xóa nguồn chưa dùng / Delete an unused source");
        group.MapPut("/{id}/credential", ReplaceCredentialAsync).WithName("replaceSourceCredential")
            .WithSummary("Thay tài khoản / Replace the credential");
        group.MapPost("/{id}/test", TestAsync).WithName("testSource").WithSummary("Thử kết nối / Test the connection");
    }

    private static async Task<Ok<SourceList>> ListAsync(HubDb db, CancellationToken cancellation)
    {
        var sources = await db.Sources.AsNoTracking().OrderBy(s => s.Id).ToListAsync(cancellation);
        return TypedResults.Ok(new SourceList([.. sources.Select(View)]));
    }

    private static async Task<Ok<SourceView>> GetAsync(string id, HubDb db, CancellationToken cancellation) =>
        TypedResults.Ok(View(await FindAsync(db, id, cancellation)));

    private static async Task<Created<SourceView>> CreateAsync(
        NewSource request, SourceGateway gateway, SourceRegistry registry, HubDb db, AccessChange change, HttpContext context,
        CancellationToken cancellation)
    {
        NewSourceValidator.Check(request, gateway);
        if (await db.Sources.AnyAsync(s => s.Id == request.Id, cancellation))
        {
            throw HubErrors.SourceExists(request.Id!).ToException();
        }

        var source = new Source
        {
            Id = request.Id!, Kind = request.Kind!, Name = request.Name ?? request.Id!, Settings = new(request.Settings ?? []),
            Username = request.Username, ProtectedPassword = registry.Protect(request.Password), CreatedAt = change.Now, UpdatedAt = change.Now,
        };
        db.Add(source);
        await change.CommitAsync("source.created", context, new { source.Id, source.Kind, source.Settings, source.Username }, null, cancellation);
        return TypedResults.Created($"{GatewayEndpoints.BasePath}/sources/{source.Id}", View(source));
    }

    private static async Task<Ok<SourceView>> UpdateAsync(
        string id, ChangedSource request, SourceGateway gateway, SourceRegistry registry, CaptureSweep captures, HubDb db, AccessChange change,
        HttpContext context, CancellationToken cancellation)
    {
        var source = await FindAsync(db, id, cancellation);
        var settings = request.Settings ?? source.Settings;
        NewSourceValidator.Check(new NewSource(id, source.Kind, request.Name ?? source.Name, settings), gateway);
        var former = Place.Any(name => source.Settings.GetValueOrDefault(name) != settings.GetValueOrDefault(name))
            ? await registry.FindAsync(id, cancellation) : null;
        source.Name = request.Name ?? source.Name;
        source.Settings = new(settings);
        source.UpdatedAt = change.Now;
        await change.CommitAsync("source.changed", context, new { source.Id, source.Settings }, null, cancellation);
        gateway.Forget(id);
        if (former is not null)
        {
            await captures.ForsakeAsync(former, cancellation);
        }

        return TypedResults.Ok(View(source));
    }

    private static async Task<NoContent> ReplaceCredentialAsync(
        string id, SourceCredential request, SourceGateway gateway, SourceRegistry registry, HubDb db, AccessChange change, HttpContext context,
        CancellationToken cancellation)
    {
        var source = await FindAsync(db, id, cancellation);
        source.Username = request.Username;
        source.ProtectedPassword = registry.Protect(request.Password);
        source.UpdatedAt = change.Now;
        await change.CommitAsync("source.credential_replaced", context, new { source.Id, source.Username }, null, cancellation);
        gateway.Forget(id);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> DeleteAsync(
        string id, SourceGateway gateway, SourceRegistry registry, CaptureSweep captures, HubDb db, AccessChange change, HttpContext context,
        CancellationToken cancellation)
    {
        var source = await FindAsync(db, id, cancellation);
        var users = await db.Datasets.Where(d => d.SourceId == id).OrderBy(d => d.Name).Select(d => d.Name).Take(10).ToListAsync(cancellation);
        if (users.Count > 0)
        {
            throw HubErrors.SourceInUse(id, users).ToException();
        }

        var former = await registry.FindAsync(id, cancellation);
        db.Remove(source);
        await change.CommitAsync("source.deleted", context, new { source.Id }, null, cancellation);
        gateway.Forget(id);
        await captures.ForsakeAsync(former, cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<SourceTestView>> TestAsync(
        string id, SourceGateway gateway, SourceRegistry registry, CancellationToken cancellation)
    {
        var probe = await gateway.TestAsync(await registry.FindAsync(id, cancellation), cancellation);
        return TypedResults.Ok(new SourceTestView(probe.Product, probe.ReadOnly, probe.Clock));
    }

    private static async Task<Source> FindAsync(HubDb db, string id, CancellationToken cancellation) =>
        await db.Sources.FirstOrDefaultAsync(s => s.Id == id, cancellation) ?? throw HubErrors.SourceNotFound(id).ToException();

    private static SourceView View(Source s) =>
        new(s.Id, s.Kind, s.Name, s.Settings, s.Username, s.ProtectedPassword is not null, s.CreatedAt, s.UpdatedAt);
}
