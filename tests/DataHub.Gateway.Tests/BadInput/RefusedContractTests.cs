using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace DataHub.Gateway.Tests.BadInput;

/// <summary>Contracts, sources and runs that are refused: all that is wrong at once, and nothing stored.</summary>
public sealed class RefusedContractTests(SectorHub hub) : IClassFixture<SectorHub>
{
    private static readonly string[] Columns = ["id int32 key", "name text"];

    [Fact]
    public async Task Three_mistakes_are_three_problems_with_their_places()
    {
        var yaml = Contract("three", Columns).Replace("value: 'text'", "value: 'txt'", StringComparison.Ordinal)
            .Replace("name: name", "name: 'na me'", StringComparison.Ordinal).Replace("version: 1.0.0", "version: one", StringComparison.Ordinal);

        var refusal = await Refusal.OfAsync(hub.Admin, () => Send(HttpMethod.Post, "datasets", yaml), HttpStatusCode.BadRequest, "contract_invalid");

        Assert.Equal(3, refusal.Errors.Count);
        Assert.All(refusal.Errors, e => Assert.StartsWith("/", e, StringComparison.Ordinal));
        Assert.Equal(3, refusal.Errors.Select(e => e.Split(' ')[0]).Distinct().Count());
        Assert.Contains(refusal.Errors, e => e.StartsWith("/version", StringComparison.Ordinal));
        Assert.Contains(refusal.Errors, e => e.EndsWith(" column_name_invalid", StringComparison.Ordinal));
        await Refusal.OfGetAsync(hub.Admin, "datasets/three/contract", HttpStatusCode.NotFound, "dataset_not_found");
    }

    [Fact]
    public async Task Registering_twice_is_a_conflict()
    {
        await hub.Admin.AddDatasetAsync(Contract("twice", Columns));
        await Refusal.OfAsync(hub.Admin, () => Send(HttpMethod.Post, "datasets", Contract("twice", Columns)), HttpStatusCode.Conflict, "dataset_exists");
        await Refusal.OfPostAsync(hub.Admin, "sources", new { id = "sector", kind = "postgres", settings = new { host = "h", database = "d" } },
            HttpStatusCode.Conflict, "source_exists");
    }

    [Fact]
    public async Task A_revision_lists_every_breaking_change()
    {
        await hub.Admin.AddDatasetAsync(Contract("revised", [.. Columns, "amount decimal(12,2)", "seen timestamp"]));
        var broken = Contract("revised", ["id int64 key", "name text required", "amount decimal(8,2)"], "open 1.1.0");

        var refusal = await Refusal.OfAsync(
            hub.Admin, () => Send(HttpMethod.Put, "datasets/revised/contract", broken), HttpStatusCode.Conflict, "contract_breaking");

        Assert.InRange(refusal.Errors.Count, 3, 8);
        using var contract = await hub.Admin.GetAsync(HubCalls.Api + "datasets/revised/contract");
        Assert.Equal("1.0.0", contract.Headers.GetValues("Contract-Version").Single());
    }

    [Fact]
    public async Task A_revision_under_another_name_or_too_low_a_version_is_refused()
    {
        await hub.Admin.AddDatasetAsync(Contract("named", Columns));
        await Refusal.OfAsync(hub.Admin, () => Send(HttpMethod.Put, "datasets/named/contract", Contract("other", Columns, "open 1.0.1")),
            HttpStatusCode.BadRequest, "dataset_name_differs");
        await Refusal.OfAsync(hub.Admin, () => Send(HttpMethod.Put, "datasets/named/contract", Contract("named", [.. Columns, "more text"], "open 1.0.1")),
            HttpStatusCode.Conflict, "contract_version_too_low");
    }

    [Fact]
    public async Task A_contract_without_a_key_has_its_limits_and_its_source_must_be_there()
    {
        var named = await Refusal.OfAsync(hub.Admin, () => Send(HttpMethod.Post, "datasets", Contract("keyless", ["id int32", "_hash text"])),
            HttpStatusCode.BadRequest, "contract_invalid");
        Assert.Equal(["/schema/0/properties/1/name column_name_invalid"], named.Errors);
        var windows = Contract("keyless", ["id int32", "luc timestamp"]) + "\n  - {property: hub.mode, value: append}\n  - {property: hub.watermark, value: luc}";
        var pulled = await Refusal.OfAsync(hub.Admin, () => Send(HttpMethod.Post, "datasets", windows), HttpStatusCode.BadRequest, "contract_invalid");
        Assert.Equal("pull_keyless", Assert.Single(pulled.Errors).Split(' ')[1]);
        await Refusal.OfAsync(hub.Admin, () => Send(HttpMethod.Post, "datasets", TestContracts.Yaml("homeless", "nowhere", "table=t", "open", Columns)),
            HttpStatusCode.NotFound, "source_not_found");
    }

    [Fact]
    public async Task A_source_in_use_stays()
    {
        await hub.Admin.AddPostgresAsync("used", hub.Sector.Name);
        await hub.Admin.AddDatasetAsync(TestContracts.Yaml("user-of-used", "used", "table=t", "open", Columns));

        var refusal = await Refusal.OfAsync(
            hub.Admin, () => new HttpRequestMessage(HttpMethod.Delete, HubCalls.Api + "sources/used"), HttpStatusCode.Conflict, "source_in_use");

        Assert.Contains("user-of-used", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Source_settings_are_judged_all_at_once()
    {
        var refusal = await Refusal.OfPostAsync(hub.Admin, "sources",
            new { id = "Bad Id", kind = "postgres", settings = new { database = "d", port = "70000", sslmode = "require" } },
            HttpStatusCode.BadRequest, "request_invalid");

        Assert.Equal(
            ["/id source_id_invalid", "/settings/host setting_required", "/settings/port setting_out_of_range", "/settings/sslmode setting_unknown"],
            refusal.Errors.Order(StringComparer.Ordinal));
        await Refusal.OfPostAsync(hub.Admin, "sources", new { id = "trailing\n", kind = "csv", settings = new { folder = "." } },
            HttpStatusCode.BadRequest, "request_invalid");
        await Refusal.OfPostAsync(hub.Admin, "sources", new { id = "nul-name", kind = "csv", name = "a\0b", settings = new { folder = "." } },
            HttpStatusCode.BadRequest, "request_invalid");
    }

    [Fact]
    public async Task A_body_that_is_no_json_no_object_or_of_another_type_is_refused()
    {
        HttpRequestMessage With(string body, string type) =>
            new(HttpMethod.Post, HubCalls.Api + "sources") { Content = new StringContent(body, Encoding.UTF8, type) };
        await Refusal.OfAsync(hub.Admin, () => With("{\"id\":", "application/json"), HttpStatusCode.BadRequest, "request_invalid");
        await Refusal.OfAsync(hub.Admin, () => With("{\"idd\":\"x\"}", "application/json"), HttpStatusCode.BadRequest, "request_invalid");
        await Refusal.OfAsync(hub.Admin, () => With("{\"id\":5}", "application/json"), HttpStatusCode.BadRequest, "request_invalid");
        await Refusal.OfAsync(hub.Admin, () => With("id=x", "application/x-www-form-urlencoded"), HttpStatusCode.UnsupportedMediaType, "media_type_unsupported");
        await Refusal.OfAsync(hub.Admin, () => new HttpRequestMessage(HttpMethod.Delete, HubCalls.Api + "datasets"), HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        await Refusal.OfGetAsync(hub.Admin, "nothing/here", HttpStatusCode.NotFound, "route_not_found");
    }

    [Fact]
    public async Task A_second_run_is_refused_with_the_place_of_the_first_and_a_repeated_key_is_the_same_run()
    {
        await hub.Sector.ExecuteAsync("CREATE TABLE busy (id int PRIMARY KEY, name text); INSERT INTO busy VALUES (1, 'a')");
        await hub.Admin.AddDatasetAsync(TestContracts.Yaml("busy", "sector", "table=public.busy", "open", Columns));
        long first;
        await using (await Faults.Lock.TakeAsync(hub.Sector, "LOCK TABLE busy IN ACCESS EXCLUSIVE MODE"))
        {
            first = await hub.Admin.StartAsync("busy");
            await Refusal.OfPostAsync(hub.Admin, "datasets/busy/runs", new { mode = "full" }, HttpStatusCode.Conflict, "run_in_progress");
            using var second = await hub.Admin.PostAsJsonAsync(HubCalls.Api + "datasets/busy/runs", new { mode = "full" });
            Assert.Equal($"{HubCalls.Api}runs/{first}", second.Headers.Location?.OriginalString);
            await Refusal.OfPostAsync(hub.Admin, $"runs/{first}/approve", new { }, HttpStatusCode.Conflict, "run_not_held");
        }

        Assert.Equal("published", (await hub.Admin.EndAsync(first)).State());
        var ids = new List<long>();
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, HubCalls.Api + "datasets/busy/runs")
            {
                Content = JsonContent.Create(new { mode = "full" }), Headers = { { "Idempotency-Key", "once" } },
            };
            ids.Add((await HubCalls.ReadAsync(await hub.Admin.SendAsync(request), HttpStatusCode.Accepted)).GetProperty("id").GetInt64());
            await hub.Admin.EndAsync(ids[0]);
        }

        Assert.Equal(ids[0], ids[1]);
        Assert.NotEqual(first, ids[0]);
        await Refusal.OfPostAsync(hub.Admin, $"runs/{first}/cancel", new { }, HttpStatusCode.Conflict, "run_ended");
        await Refusal.OfPostAsync(hub.Admin, $"runs/{first}/discard", new { }, HttpStatusCode.Conflict, "run_not_held");
        await Refusal.OfPostAsync(hub.Admin, "runs/999999/approve", new { }, HttpStatusCode.NotFound, "run_not_found");
        await Refusal.OfPostAsync(hub.Admin, "datasets/busy/runs", new { mode = "nightly" }, HttpStatusCode.BadRequest, "run_mode_unsupported");
    }

    private static string Contract(string name, string[] columns, string access = "open") =>
        TestContracts.Yaml(name, "sector", "table=public.t", access, columns);

    private static HttpRequestMessage Send(HttpMethod method, string path, string yaml) =>
        new(method, HubCalls.Api + path) { Content = HubCalls.Yaml(yaml) };
}
