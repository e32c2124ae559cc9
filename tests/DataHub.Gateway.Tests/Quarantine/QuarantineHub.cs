using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Quarantine;

/// <summary>A hub whose datasets are files that a test rewrites: (ma, ten personal, so, ngay), with the brake off.</summary>
public sealed class QuarantineHub : IAsyncLifetime
{
    private int datasets;

    public HubServer Server { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await HubServer.StartAsync();
        Admin = await Server.AdminClientAsync();
        await Admin.AddSourceAsync(new { id = "tep", kind = "csv", settings = new { folder = "." } });
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>A dataset of its own.</summary>
    public async Task<string> AddAsync(string longest = "6")
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"lo-{++datasets}");
        await Admin.AddDatasetAsync(Contract(name, "1.0.0", longest));
        return name;
    }

    public async Task ReviseAsync(string dataset, string version, string longest) => await HubCalls.ReadAsync(
        await Admin.PutAsync($"{HubCalls.Api}datasets/{dataset}/contract", HubCalls.Yaml(Contract(dataset, version, longest))), HttpStatusCode.OK);

    /// <summary>Writes the file and pulls it; the state and the counts "new/changed/unchanged/rejected".</summary>
    public async Task<string> PullAsync(string dataset, params string[] records)
    {
        await File.WriteAllLinesAsync(Path.Combine(Server.Files, dataset + ".csv"), ["ma,ten,so,ngay", .. records]);
        return Say(await Admin.PullAsync(dataset));
    }

    public static string Say(JsonElement run) => string.Create(CultureInfo.InvariantCulture,
        $"{run.State()} {run.GetProperty("new").GetInt64()}/{run.GetProperty("changed").GetInt64()}/{run.GetProperty("unchanged").GetInt64()}/{run.GetProperty("rejected").GetInt64()}");

    public async Task<IReadOnlyList<JsonElement>> EntriesAsync(string dataset, string query = "") =>
        [.. (await HubCalls.ReadAsync(await Admin.GetAsync($"{HubCalls.Api}datasets/{dataset}/quarantine{query}"), HttpStatusCode.OK))
            .GetProperty("value").EnumerateArray()];

    /// <summary>All entries as "key status count codes".</summary>
    public async Task<string> SayEntriesAsync(string dataset) => string.Join("; ", (await EntriesAsync(dataset, "?status=all")).Select(e =>
        $"{e.GetProperty("key").GetString() ?? "∅"} {e.GetProperty("status").GetString()} {e.GetProperty("count").GetInt32()} "
        + string.Join('+', e.GetProperty("violations").EnumerateArray().Select(v => v.GetProperty("code").GetString()))));

    /// <summary>The number of the entry with a key.</summary>
    public async Task<long> EntryAsync(string dataset, string key) =>
        (await EntriesAsync(dataset, "?status=all")).Single(e => e.GetProperty("key").GetString() == key).GetProperty("id").GetInt64();

    /// <summary>Replays and waits; the run, and what became of the entries as "outcome".</summary>
    public async Task<(JsonElement Run, string Outcomes)> ReplayAsync(string dataset, object request)
    {
        var started = await HubCalls.ReadAsync(
            await Admin.PostAsJsonAsync($"{HubCalls.Api}datasets/{dataset}/quarantine/replay", request), HttpStatusCode.Accepted);
        var run = await Admin.EndAsync(started.GetProperty("id").GetInt64());
        var outcomes = await HubCalls.ReadAsync(await Admin.GetAsync($"{HubCalls.Api}runs/{run.GetProperty("id").GetInt64()}/replay"), HttpStatusCode.OK);
        return (run, string.Join(",", outcomes.GetProperty("value").EnumerateArray().Select(o => o.GetProperty("outcome").GetString())));
    }

    /// <summary>The published records in key order, as "ma:ten:so:ngay".</summary>
    public async Task<string> RecordsAsync(string dataset)
    {
        var table = await Server.Database.ScalarAsync<string>(
            $"SELECT current_table FROM hub.store_pairs p JOIN hub.datasets d ON d.id = p.dataset_id WHERE d.name = '{dataset}'");
        return (await Server.Database.ScalarAsync<string>(
            $"SELECT string_agg(concat_ws(':', c1, coalesce(c2, '∅'), coalesce(c3::text, '∅'), coalesce(c4::text, '∅')), ' ' ORDER BY c1) FROM {table}"))!;
    }

    private static string Contract(string name, string version, string longest) => LabContract.Yaml(
        name,
        [
            "name: ma, logicalType: string, primaryKey: true, primaryKeyPosition: 1, required: true, logicalTypeOptions: {pattern: '^k'}",
            $"name: ten, logicalType: string, logicalTypeOptions: {{maxLength: {longest}}}, customProperties: [{{property: hub.personal, value: true}}]",
            "name: so, logicalType: number, customProperties: [{property: hub.type, value: 'decimal(12,2)'}, {property: hub.decimalChar, value: ','}, {property: hub.groupChar, value: '.'}]",
            "name: ngay, logicalType: date",
        ],
        ["hub.source=tep", $"hub.file={name}.csv", "hub.maxRejected='100'"], version);
}
