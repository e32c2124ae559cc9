using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Catalogue;

/// <summary>A hub with a small catalogue in Vietnamese, registered through the API, for tests that read it.</summary>
public sealed class CatalogueHub : IAsyncLifetime
{
    public HubServer Server { get; private set; } = null!;

    public HttpClient Caller { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await HubServer.StartAsync(new HubServerOptions { Settings = new Dictionary<string,
            string> { ["DATAHUB_ROLES"] = "gateway" } });
        using var admin = await Server.AdminClientAsync();
        await admin.AddSourceAsync(new { id = "tep", kind = "csv", settings = new Dictionary<string, string> { ["folder"] = "." } });
        using (var agency = await admin.PostAsJsonAsync("/api/v1/agencies", new { code = "H84.01", name = "Sở Nội vụ tỉnh Trà Vinh" }))
        {
            await agency.JsonAsync(HttpStatusCode.Created);
        }

        await AddAsync(admin, "don-vi", "H84.02", "dia-gioi", "open", "Đơn vị hành chính Trà Vinh", "Danh mục xã, phường.",
            "ma|Mã đơn vị", "ten|Tên");
        await AddAsync(admin, "ho-so-mot-cua", "H84.01", "hanh-chinh", "shared", "Hồ sơ một cửa",
            "Tình hình giải quyết tại tỉnh Trà Vinh.", "ma_ho_so|Mã hồ sơ");
        await AddAsync(admin, "doanh-nghiep", "H84.02", "kinh-te", "open", "Doanh nghiệp", "Doanh nghiệp đăng ký mới.",
            "ma|Mã số thuế", "dia_chi|Địa chỉ ở Trà Vinh");
        await AddAsync(admin, "vinh-long", "H86.01", "dia-gioi", "open", "Vĩnh Long",
            "Tăng trưởng 100% so với năm trước (giá_trị_1).", "ma|Mã");
        await AddAsync(admin, "lao-dong", "H86.01", null, "shared", "Lao động", "Người lao động có đóng bảo hiểm.", "ma|Mã");
        Caller = Server.CreateClient();
    }

    public async Task<JsonElement> ReadAsync(string query) => await (await Caller.GetAsync("/api/v1/catalog/datasets" + query)).JsonAsync();

    /// <summary>Names found, in order.</summary>
    public async Task<string[]> FindAsync(string q) => Names(await ReadAsync("?q=" + Uri.EscapeDataString(q)));

    public static string[] Names(JsonElement list) => [.. list.GetProperty("value").EnumerateArray().Select(d =>
        d.GetProperty("dataset").GetString()!)];

    public static Task AddAsync(
        HttpClient admin, string name, string provider, string? theme, string access, string title, string description,
            params string[] columns) =>
        admin.AddDatasetAsync($$"""
            apiVersion: v3.1.0
            kind: DataContract
            id: {{name}}
            name: {{name}}
            version: 1.0.0
            status: active
            {{(theme is null ? "" : "domain: " + theme)}}
            customProperties:
            - {property: hub.provider, value: {{provider}}}
            - {property: hub.source, value: tep}
            - {property: hub.file, value: bi-mat.csv}
            - {property: hub.access, value: {{access}}}
            schema:
            - name: records
              businessName: '{{title}}'
              description: '{{description}}'
              properties:
            {{string.Join("\n", columns.Select((c, i) => $"  - {{name: {c.Split('|')[0]}, businessName: '{c.Split('|')[1]}', logicalType: string{(i == 0 ? ", primaryKey: true" : "")}}}"))}}
            """);

    public async ValueTask DisposeAsync()
    {
        Caller.Dispose();
        await Server.DisposeAsync();
    }
}
