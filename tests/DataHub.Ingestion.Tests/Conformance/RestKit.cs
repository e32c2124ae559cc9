using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DataHub.Core.Sources;
using DataHub.Ingestion.Tests.Sources.Rest;
using Microsoft.AspNetCore.Http;

namespace DataHub.Ingestion.Tests.Conformance;

/// <summary>A REST API on a real server that gives its tables as JSON by limit and offset.</summary>
public sealed class RestKit : ConformanceKit, IHoldsBadText, IConnectedKit
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> tables = new();
    private readonly ConcurrentDictionary<string, byte[]> bodies = new();
    private readonly ConcurrentDictionary<string, bool> denied = new();
    private RestServer server = null!;

    public override ISourceAdapter Adapter => server.Adapter;

    public override SourceSettings Source => server.With("paging=offset", "pageSize=50000", "maxRecordMegabytes=8", "retries=0");

    public override HugeValues Huge => new(4 << 20, 9 << 20, "source_value_too_large") { EndsThePull = true };

    public string BadTextCode => "json_encoding";

    public bool BadTextEndsThePull => false;

    public EndPoint Server => new IPEndPoint(IPAddress.Loopback, server.Address.Port);

    public SourceSettings Through(int port) => PostgresKit.With(
        Source, ("baseUrl", $"http://127.0.0.1:{port}/api"), ("silenceTimeout", "3600"), ("responseTimeout", "3600"), ("connectTimeout", "300"));

    public override string Target(string name) => $"hub.table={name}";

    public override async ValueTask InitializeAsync()
    {
        server = await RestServer.StartAsync();
        server.Answer = AnswerAsync;
    }

    public override Task PutAsync(string name, KitTable table)
    {
        tables[name] = [.. table.Rows.Select(r => Json(table, r))];
        return Task.CompletedTask;
    }

    public Task<SourceSettings> PutBadTextAsync(string name)
    {
        bodies[name] = [.. "[{\"ma\":1,\"ten\":\"a\"},{\"ma\":2,\"ten\":\"Tr"u8, 0xE0, .. "\"},{\"ma\":3,\"ten\":\"c\"}]"u8];
        return Task.FromResult(Source);
    }

    public override Task<IAsyncDisposable> TakePermissionAsync(string name)
    {
        denied[name] = true;
        return Task.FromResult<IAsyncDisposable>(new Undo(() => Task.FromResult(denied.TryRemove(name, out _))));
    }

    protected override ValueTask DisposeSourceAsync() => server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var name = context.Request.Path.Value!.Split('/')[^1];
        var offset = RestServer.Parameter(context, "offset", 0);
        if (denied.ContainsKey(name))
        {
            context.Response.StatusCode = 403;
        }
        else if (bodies.TryGetValue(name, out var body))
        {
            await RestServer.Bytes(context, offset == 0 ? body : "[]"u8.ToArray());
        }
        else
        {
            await WriteAsync(context, tables[name], offset, RestServer.Parameter(context, "limit", 1000));
        }
    }

    private static async Task WriteAsync(HttpContext context, IReadOnlyList<string> rows, int from, int limit)
    {
        context.Response.ContentType = "application/json";
        await using var writer = new StreamWriter(context.Response.Body, new UTF8Encoding(false), 1 << 16);
        await writer.WriteAsync('[');
        for (var i = from; i < Math.Min(rows.Count, from + limit); i++)
        {
            await writer.WriteAsync(i == from ? rows[i] : "," + rows[i]);
        }

        await writer.WriteAsync(']');
    }

    private static string Json(KitTable table, string?[] row) =>
        "{" + string.Join(',', row.Select((c, i) => $"\"{table.Columns[i].Name}\":{(c is null ? "null" : Json(table.Columns[i], c))}")) + "}";

    private static string Json(KitColumn column, string cell) => column.Kind switch
    {
        "int32" or "int64" or "decimal" or "float64" or "boolean" => cell,
        _ => JsonSerializer.Serialize(cell, Readable),
    };

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
