using DataHub.Storage.ControlPlane;
using DataHub.TestKit;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace DataHub.Ingestion.Tests.Sources.Rest;

/// <summary>From a REST interface to published versions, through the worker.</summary>
public sealed class RestPublishingTests : IAsyncLifetime
{
    private const string Contract = """
        apiVersion: v3.1.0
        kind: DataContract
        id: H08.12.xa
        name: xa
        version: 1.0.0
        status: active
        schema:
          - name: xa
            properties:
              - {name: ma, physicalName: code, logicalType: string, primaryKey: true, primaryKeyPosition: 1, required: true, customProperties: [{property: hub.type, value: text}]}
              - {name: ten, physicalName: /name/vi, logicalType: string, customProperties: [{property: hub.type, value: text}]}
              - {name: dan_so, physicalName: population, logicalType: integer, customProperties: [{property: hub.type, value: int64}]}
              - {name: dien_tich, physicalName: area, logicalType: number, customProperties: [{property: hub.type, value: "decimal(28,10)"}]}
              - {name: tags, logicalType: string, customProperties: [{property: hub.type, value: text}]}
        customProperties:
          - {property: hub.provider, value: H08.12}
          - {property: hub.source, value: cong}
          - {property: hub.table, value: v1/xa}
          - {property: hub.mode, value: full}
          - {property: hub.access, value: open}
        """;

    private readonly Dictionary<int, string> rows = [];
    private RestServer server = null!;
    private TestHub hub = null!;

    public async ValueTask InitializeAsync()
    {
        server = await RestServer.StartAsync();
        hub = await TestHub.StartAsync();
        for (var i = 1; i <= 25; i++)
        {
            rows[i] = $$$"""{"code":"{{{i:D5}}}","name":{"vi":"Xã {{{i}}}"},"population":{{{i}}}e3,"area":{{{i}}}.0123456789,"tags":[ {"a": 1} ]}""";
        }

        server.Answer = async c =>
        {
            if (c.Request.Headers.Authorization != "Bearer s3cret")
            {
                c.Response.StatusCode = 401;
                return;
            }

            var from = RestServer.Parameter(c, "offset", 0);
            await RestServer.Json(c, $"{{\"total\":{rows.Count},\"items\":[{string.Join(',', rows.Values.Skip(from).Take(10))}]}}");
        };
    }

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Pages_become_versions_and_what_moved_publishes_nothing()
    {
        await AddSourceAsync("s3cret");
        var dataset = await hub.AddDatasetAsync(Contract);

        var first = await hub.RunAsync(dataset);
        Assert.Equal(("published", 25L, 25L, 0L), (first.State, first.Read, first.New, first.Rejected));
        Assert.Equal("00025|Xã 25|25000|25.0123456789|[{\"a\":1}]", await LastAsync(dataset));

        Assert.Equal("unchanged", (await hub.RunAsync(dataset)).State);

        rows[25] = rows[25].Replace("25e3", "25001", StringComparison.Ordinal);
        rows[26] = """{"code":"00026","name":null,"population":"x","area":1e-30}""";
        var changed = await hub.RunAsync(dataset);
        Assert.True(changed.State == "held", changed.State + changed.Error);
        Assert.Equal((26L, 1L, 1L), (changed.Read, changed.Changed, changed.Rejected));

        // One record less than the API announces: nothing may be published, and nothing taken for removed.
        var whole = server.Answer;
        server.Answer = async c => await RestServer.Json(c, RestServer.Parameter(c, "offset", 0) > 0
            ? "{\"total\":26,\"items\":[]}" : $"{{\"total\":26,\"items\":[{rows[1]}]}}");
        var moved = await hub.RunAsync(dataset);
        Assert.Equal("failed", moved.State);
        Assert.Contains("source_pages_moved", moved.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_token_fails_the_run_and_shows_nothing_of_itself()
    {
        await AddSourceAsync("wrong-t0ken");
        var run = await hub.RunAsync(await hub.AddDatasetAsync(Contract));

        Assert.Equal("failed", run.State);
        Assert.Contains("source_credentials_rejected", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("t0ken", run.Error, StringComparison.Ordinal);
        Assert.Single(server.Seen);
    }

    private Task AddSourceAsync(string token) => hub.AddSourceAsync("cong", "rest", null, token,
        $"baseUrl={new Uri(server.Address, "/api")}", "paging=offset", "auth=bearer", "records=/items", "totalPath=/total");

    private async Task<string> LastAsync(Dataset dataset)
    {
        await using var db = await hub.OpenAsync();
        var pair = await db.StorePairs.SingleAsync(p => p.DatasetId == dataset.Id);
        await using var source = NpgsqlDataSource.Create(hub.Database.ConnectionString + ";Pooling=false");
        await using var command = source.CreateCommand(
            $"SELECT concat_ws('|', c1, c2, c3, c4, c5) FROM {pair.CurrentTable} ORDER BY c1 DESC LIMIT 1");
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
