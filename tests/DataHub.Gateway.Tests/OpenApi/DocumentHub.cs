using System.Text.Json.Nodes;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.OpenApi;

/// <summary>A hub with a published open dataset of every type and Vietnamese column names, and a shared one whose key is
/// personal.</summary>
public sealed class DocumentHub : IAsyncLifetime
{
    public const string Open = "don-vi";
    public const string Shared = "cong-dan";

    public HubServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await HubServer.StartAsync();
        await AddAsync(Server);
    }

    /// <summary>Registers and publishes both.</summary>
    public static async Task AddAsync(HubServer hub)
    {
        await File.WriteAllTextAsync(Path.Combine(hub.Files, "don-vi.csv"), """
            mã,tên_đơn_vị,dân_số,số_hộ,diện_tích,tỉ_lệ,còn_hiệu_lực,ngày,giờ,lúc,ảnh,limit,điện_thoại
            082,Tiền Giang,1772785,12,2556.30,0.5,true,1976-02-01,08:30:00,2026-01-31T01:30:00Z,AAEC,1,0901
            084,Trà Vinh,1009168,7,2390.80,1.25,false,1992-05-05,09:00:00,2026-02-28T00:00:00Z,,2,0902
            """);
        await File.WriteAllTextAsync(Path.Combine(hub.Files, "cong-dan.csv"), "cccd,xã\n082001,Mỹ Tho\n");
        using var admin = await hub.AdminClientAsync();
        await admin.AddSourceAsync(new { id = "tep", kind = "csv", settings = new Dictionary<string, string> { ["folder"] = "." } });
        await admin.AddDatasetAsync(OpenContract);
        await admin.AddDatasetAsync(SharedContract);
        Assert.Equal("published", (await admin.PullAsync(Open)).State());
        Assert.Equal("published", (await admin.PullAsync(Shared)).State());
    }

    public async Task<JsonNode> ReadAsync(string dataset)
    {
        using var client = Server.CreateClient();
        return JsonNode.Parse(await client.GetStringAsync($"/api/v1/datasets/{dataset}/openapi.json"))!;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private const string Head = """
        apiVersion: v3.1.0
        kind: DataContract
        id: {0}
        name: {0}
        version: 1.0.0
        status: active
        customProperties:
        - {property: hub.provider, value: H82.01}
        - {property: hub.source, value: tep}
        - {property: hub.file, value: {0}.csv}
        - {property: hub.access, value: {1}}
        - {property: hub.contact, value: tkcs@example.gov.vn}
        - {property: hub.legalBasis, value: Nghị định 278/2025/NĐ-CP}

        """;

    public static string OpenContract { get; } = Named(Open, "open") + """
        schema:
        - name: records
          businessName: Đơn vị hành chính
          description: Danh mục tỉnh.
          properties:
          - {name: mã, businessName: Mã tỉnh, description: 'Theo danh mục, giữ số 0 đầu.', logicalType: string, primaryKey: true, required: true, logicalTypeOptions: {pattern: '^[0-9]{3}$'}, examples: ['084']}
          - {name: tên_đơn_vị, logicalType: string, required: true, logicalTypeOptions: {maxLength: 100}}
          - {name: dân_số, logicalType: integer, logicalTypeOptions: {minimum: 0}, customProperties: [{property: hub.type, value: int64}]}
          - {name: số_hộ, logicalType: integer, customProperties: [{property: hub.type, value: int32}]}
          - {name: diện_tích, logicalType: number, customProperties: [{property: hub.type, value: 'decimal(12,2)'}]}
          - {name: tỉ_lệ, logicalType: number, customProperties: [{property: hub.type, value: float64}]}
          - {name: còn_hiệu_lực, logicalType: boolean}
          - {name: ngày, logicalType: date}
          - {name: giờ, logicalType: time}
          - {name: lúc, logicalType: timestamp}
          - {name: ảnh, logicalType: string, customProperties: [{property: hub.type, value: bytes}]}
          - {name: limit, logicalType: string, quality: [{metric: invalidValues, arguments: {validValues: ['1', '2']}, mustBe: 0}]}
          - {name: điện_thoại, logicalType: string, examples: ['0987654321'], customProperties: [{property: hub.personal, value: true}]}
        """;

    public static string SharedContract { get; } = Named(Shared, "shared") + """
        schema:
        - name: records
          businessName: Công dân
          properties:
          - {name: cccd, businessName: Số định danh, logicalType: string, primaryKey: true, required: true, examples: ['082001012345'], customProperties: [{property: hub.personal, value: true}]}
          - {name: xã, logicalType: string}
        """;

    private static string Named(string dataset, string access) =>
        Head.Replace("{0}", dataset, StringComparison.Ordinal).Replace("{1}", access, StringComparison.Ordinal);
}
