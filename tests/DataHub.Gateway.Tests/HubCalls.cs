using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DataHub.TestKit;
using Npgsql;

namespace DataHub.Gateway.Tests;

/// <summary>The administrator's calls that tests make again and again; an answer that was not expected fails with its text.</summary>
internal static class HubCalls
{
    public const string Api = "/api/v1/";

    /// <summary>Registers a sector's database as a source; settings beyond its address as name=value.</summary>
    public static Task AddPostgresAsync(this HttpClient admin, string id, string database, params string[] settings)
    {
        var server = new NpgsqlConnectionStringBuilder(TestDatabase.Server);
        var all = new Dictionary<string, string> { ["host"] = server.Host!, ["port"] = $"{server.Port}", ["database"] = database };
        foreach (var setting in settings)
        {
            all[setting[..setting.IndexOf('=', StringComparison.Ordinal)]] = setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..];
        }

        return admin.AddSourceAsync(new { id, kind = "postgres", settings = all, username = server.Username, password = server.Password });
    }

    public static async Task AddSourceAsync(this HttpClient admin, object source) =>
        await ReadAsync(await admin.PostAsJsonAsync(Api + "sources", source), HttpStatusCode.Created);

    public static async Task AddDatasetAsync(this HttpClient admin, string contract) =>
        await ReadAsync(await admin.PostAsync(Api + "datasets", Yaml(contract)), HttpStatusCode.Created);

    /// <summary>Starts a run and returns its number.</summary>
    public static async Task<long> StartAsync(this HttpClient admin, string dataset) =>
        (await ReadAsync(await admin.PostAsJsonAsync($"{Api}datasets/{dataset}/runs", new { mode = "full" }), HttpStatusCode.Accepted))
        .GetProperty("id").GetInt64();

    public static async Task<JsonElement> RunAsync(this HttpClient admin, long run) =>
        await ReadAsync(await admin.GetAsync($"{Api}runs/{run}"), HttpStatusCode.OK);

    /// <summary>Starts a run and waits for its end.</summary>
    public static async Task<JsonElement> PullAsync(this HttpClient admin, string dataset) => await admin.EndAsync(await admin.StartAsync(dataset));

    /// <summary>Waits until a run has ended.</summary>
    public static async Task<JsonElement> EndAsync(this HttpClient admin, long id)
    {
        JsonElement run = default;
        await Eventually.TrueAsync($"run {id} ends", async () =>
        {
            run = await admin.RunAsync(id);
            return run.GetProperty("state").GetString() is not ("queued" or "running");
        });
        return run;
    }

    /// <summary>Every record of a version by walking its pages, as the JSON texts of the records.</summary>
    public static async Task<IReadOnlyList<string>> WalkAsync(this HttpClient reader, string dataset, string version, int limit = 50_000)
    {
        var records = new List<string>();
        var next = $"{Api}datasets/{dataset}/versions/{version}/records?limit={limit}";
        while (next is not null)
        {
            var page = await ReadAsync(await reader.GetAsync(next), HttpStatusCode.OK);
            records.AddRange(page.GetProperty("value").EnumerateArray().Select(r => r.GetRawText()));
            next = page.GetProperty("next").GetString();
        }

        return records;
    }

    public static StringContent Yaml(string text) => new(text, Encoding.UTF8, "application/yaml");

    public static string State(this JsonElement run) => run.GetProperty("state").GetString()!;

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        using (answer)
        {
            var body = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == expected, $"{answer.RequestMessage?.RequestUri}: {(int)answer.StatusCode} {body}");
            return JsonDocument.Parse(body).RootElement;
        }
    }
}
