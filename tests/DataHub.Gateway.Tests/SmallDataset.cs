using System.Net;
using System.Net.Http.Json;
using System.Text;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests;

/// <summary>A shared dataset with one personal column (ten), registered through the API.</summary>
internal static class SmallDataset
{
    public static async Task AddAsync(HubServer hub, string name)
    {
        using var admin = await hub.AdminClientAsync();
        using var source = await admin.PostAsJsonAsync(
            "/api/v1/sources", new { id = name, kind = "csv", settings = new Dictionary<string, string> { ["folder"] = "." } });
        await source.JsonAsync(HttpStatusCode.Created);
        using var dataset = await admin.PostAsync("/api/v1/datasets", new StringContent($$"""
            apiVersion: v3.1.0
            kind: DataContract
            id: {{name}}
            name: {{name}}
            version: 1.0.0
            status: active
            customProperties:
            - {property: hub.provider, value: H08.12}
            - {property: hub.source, value: {{name}}}
            - {property: hub.file, value: small.csv}
            schema:
            - name: small
              properties:
              - {name: ma, logicalType: string, primaryKey: true}
              - {name: ten, logicalType: string, customProperties: [{property: hub.personal, value: true}]}
              - {name: xa, logicalType: string}
            """, Encoding.UTF8, "application/yaml"));
        await dataset.JsonAsync(HttpStatusCode.Created);
    }
}
