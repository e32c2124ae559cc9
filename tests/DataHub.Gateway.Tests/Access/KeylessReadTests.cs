using System.Net;
using System.Net.Http.Json;
using DataHub.Gateway.Tests.BadInput;

namespace DataHub.Gateway.Tests.Access;

/// <summary>Reading a dataset without a key: its own two columns address a record, and tell nothing to who may not read all of it.</summary>
public sealed class KeylessReadTests(SectorHub hub) : IClassFixture<SectorHub>
{
    [Fact]
    public async Task A_record_is_found_by_its_hash_and_number_in_every_form()
    {
        await hub.Sector.ExecuteAsync("CREATE TABLE logs (loai text, so int); INSERT INTO logs VALUES ('a', 1), ('a', 1), ('b', 2)");
        await hub.Admin.AddDatasetAsync(TestContracts.Yaml("logs", "sector", "table=public.logs", "open", "loai text", "so int32"));
        Assert.Equal("published", (await hub.Admin.PullAsync("logs")).State());
        using var anyone = hub.Server.CreateClient();

        var records = (await hub.Admin.GetFromJsonAsync<System.Text.Json.JsonElement>(HubCalls.Api + "datasets/logs/versions/latest/records"))
            .GetProperty("value").EnumerateArray().ToList();
        Assert.Equal(3, records.Count);
        var twice = records.Where(r => r.GetProperty("loai").GetString() == "a").ToList();
        Assert.Equal([1, 2], twice.Select(r => r.GetProperty("_n").GetInt32()));
        var hash = twice[0].GetProperty("_hash").GetString();
        Assert.Matches("^[0-9a-f]{32}$", hash);
        var one = await anyone.GetFromJsonAsync<System.Text.Json.JsonElement>($"{HubCalls.Api}datasets/logs/versions/latest/records/{hash},2");
        Assert.Equal("a", one.GetProperty("loai").GetString());
        var lookup = await HubCalls.ReadAsync(await anyone.PostAsJsonAsync(
            HubCalls.Api + "datasets/logs/versions/latest/lookup", new { key = new Dictionary<string, object> { ["_hash"] = hash!, ["_n"] = 1 } }), HttpStatusCode.OK);
        Assert.Equal(1, lookup.GetProperty("so").GetInt32());
        var csv = await anyone.GetStringAsync(HubCalls.Api + "datasets/logs/versions/latest/records?format=csv");
        Assert.StartsWith("loai,so,_hash,_n\r\n", csv, StringComparison.Ordinal);
        var document = await anyone.GetStringAsync(HubCalls.Api + "datasets/logs/openapi.json");
        Assert.Contains("\"_hash\"", document, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_read_some_columns_alone_sees_no_hash_and_cannot_ask_for_one()
    {
        await hub.Sector.ExecuteAsync("CREATE TABLE people (ten text, cccd text); INSERT INTO people VALUES ('An', '001099000001'), ('An', '001099000001')");
        await hub.Admin.AddDatasetAsync(TestContracts.Yaml("people-log", "sector", "table=public.people", "open", "ten text", "cccd text personal"));
        Assert.Equal("published", (await hub.Admin.PullAsync("people-log")).State());
        using var anyone = hub.Server.CreateClient();

        var page = await anyone.GetFromJsonAsync<System.Text.Json.JsonElement>(HubCalls.Api + "datasets/people-log/versions/latest/records");
        Assert.All(page.GetProperty("value").EnumerateArray(), r => Assert.Equal(["ten"], r.EnumerateObject().Select(p => p.Name)));
        Assert.Equal(2, page.GetProperty("value").GetArrayLength());
        var hash = await hub.Server.Database.ScalarAsync<string>(
            "SELECT current_table FROM hub.store_pairs p JOIN hub.datasets d ON d.id = p.dataset_id WHERE d.name = 'people-log'");
        var stored = await hub.Server.Database.ScalarAsync<string>($"SELECT c1000000001 FROM {hash} LIMIT 1");
        foreach (var path in new[] { $"records/{stored},1", $"records?_hash={stored}", $"records?filter=_hash eq '{stored}'", "records?orderby=_hash" })
        {
            using var answer = await anyone.GetAsync($"{HubCalls.Api}datasets/people-log/versions/latest/{path}");
            Assert.True((int)answer.StatusCode is 400 or 403, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }
}
