using System.Net;
using System.Net.Http.Json;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Queries;

/// <summary>
/// A hub that filters and sorts at most 20 records without an index, and 40 citizens: a personal key, an indexed commune, a column
/// named like a parameter, and one that no agreement grants.
/// </summary>
public sealed class QuestionHub : IAsyncLifetime
{
    public const string Records = "datasets/cong-dan/versions/1/records";

    public HubServer Server { get; private set; } = null!;

    public TestDatabase Sector { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    /// <summary>May read everything but <c>bi_mat</c>.</summary>
    public HttpClient Reader { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string> { ["DATAHUB_UNINDEXED_RECORDS"] = "20" };
        Server = await HubServer.StartAsync(new HubServerOptions { Settings = settings });
        Sector = await TestDatabase.CreateEmptyAsync();
        Admin = await Server.AdminClientAsync();
        await Admin.AddPostgresAsync("sector", Sector.Name);
        await Sector.ExecuteAsync("""
            CREATE TABLE cong_dan (cccd text PRIMARY KEY, ten text, xa text, tuoi int, "limit" text, bi_mat text);
            INSERT INTO cong_dan SELECT '0840000' || (10000 + i), CASE WHEN i % 4 > 0 THEN 'Người ' || i END, 'X' || i % 5, i % 7, 'L' || i, 'bí mật' FROM generate_series(1, 40) i;
            """);
        await Server.AddAgencyAsync("000.00.12.H61");
        await Admin.AddDatasetAsync(Yaml("1.0.0"));
        Assert.Equal("published", (await Admin.PullAsync("cong-dan")).State());
        Reader = await Server.RecipientAsync("H61", "cong-dan", "tra cuu", "cccd", "ten", "xa", "tuoi", "limit");
        Reader.DefaultRequestHeaders.Add("Data-Purpose", "tra cuu");
        await IndexedAsync(Reader, "cong-dan", "xa");
    }

    /// <summary>The contract; further words of columns from version 1.1.0 on.</summary>
    public static string Yaml(string version, string tuoi = "tuoi int32") =>
        TestContracts.Yaml("cong-dan", "sector", "table=public.cong_dan", "shared " + version,
        "cccd text key personal", "ten text personal", "xa text indexed", tuoi, "limit text", "bi_mat text");

    /// <summary>Waits until a column counts as indexed: a first version is published before its indexes are made.</summary>
    public static Task IndexedAsync(HttpClient reader, string dataset, string column) => Eventually.TrueAsync($"{column} is indexed", async () =>
    {
        using var answer = await reader.GetAsync($"{HubCalls.Api}datasets/{dataset}/versions/latest/records?limit=1&orderby={column}");
        return answer.StatusCode == HttpStatusCode.OK;
    });

    /// <summary>A question in a body, about version 1.</summary>
    public Task<HttpResponseMessage> AskAsync(object body) =>
        Reader.PostAsJsonAsync(HubCalls.Api + "datasets/cong-dan/versions/1/query", body);

    public async ValueTask DisposeAsync()
    {
        Reader.Dispose();
        Admin.Dispose();
        await Server.DisposeAsync();
        await Sector.DisposeAsync();
    }
}
