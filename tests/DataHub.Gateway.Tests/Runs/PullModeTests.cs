using System.Net;
using System.Net.Http.Json;
using DataHub.Gateway.Tests.BadInput;

namespace DataHub.Gateway.Tests.Runs;

/// <summary>Modes of runs and the watermark, as an administrator asks for them, rightly and wrongly.</summary>
public sealed class PullModeTests(SectorHub hub) : IClassFixture<SectorHub>
{
    private const HttpStatusCode Bad = HttpStatusCode.BadRequest;

    [Fact]
    public async Task An_incremental_dataset_is_pulled_in_windows_by_default()
    {
        await MakeAsync("windows", "incremental");
        await SectorAsync("INSERT INTO windows VALUES (1, 'a', now())");
        Assert.Equal(("published", "full"), Told(await StartAsync("windows", new { })));
        await SectorAsync("INSERT INTO windows VALUES (2, 'b', now())");
        Assert.Equal(("published", "window"), Told(await StartAsync("windows", new { })));
        Assert.Equal(("unchanged", "window"), Told(await StartAsync("windows", new { mode = "backfill", from = "2020-01-01", to = "2021-01-01T00:00:00+07:00" })));

        var shown = await hub.Admin.GetFromJsonAsync<System.Text.Json.JsonElement>(HubCalls.Api + "datasets/windows/watermark");
        Assert.Equal("luc", shown.GetProperty("column").GetString());
        Assert.Equal(2, shown.GetProperty("seq").GetInt32());
        Assert.Contains("PT5M", shown.GetProperty("blindSpot").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watermark_that_an_administrator_sets_is_where_the_next_window_begins()
    {
        await MakeAsync("set", "incremental");
        await SectorAsync("INSERT INTO set VALUES (1, 'a', '2026-01-15T00:00:00Z')");
        await StartAsync("set", new { });
        await SectorAsync("UPDATE set SET ten = 'sửa lùi'");
        Assert.Equal(("unchanged", "window"), Told(await StartAsync("set", new { })));
        var set = await HubCalls.ReadAsync(
            await hub.Admin.PutAsJsonAsync(HubCalls.Api + "datasets/set/watermark", new { from = "2026-01-01T07:00:00+07:00" }), HttpStatusCode.OK);
        Assert.Equal("2026-01-01T00:00:00Z", set.GetProperty("nextFrom").GetString());

        Assert.Equal(("published", "window"), Told(await StartAsync("set", new { })));
        Assert.Equal(1, await hub.Server.Database.ScalarAsync<long>(
            "SELECT count(*) FROM hub.ledger WHERE event = 'watermark.set' AND dataset = 'set' AND body->>'from' = '2026-01-01T00:00:00Z'"));
    }

    [Fact]
    public async Task Wrong_requests_name_what_is_wrong_and_start_nothing()
    {
        await MakeAsync("whole", "full");
        await MakeAsync("part", "incremental");
        await MakeAsync("adding", "append");
        foreach (var (dataset, mode) in new[] { ("whole", "incremental"), ("whole", "backfill"), ("adding", "reconcile"), ("part", "delta"), ("part", "") })
        {
            var refusal = await Refusal.OfPostAsync(hub.Admin, $"datasets/{dataset}/runs", new { mode }, Bad, "run_mode_unsupported");
            Assert.Contains("full", refusal.Detail + refusal.En.GetProperty("hint").GetString(), StringComparison.Ordinal);
        }

        await RefuseAsync("part", new { mode = "backfill" }, "/from window_empty");
        await RefuseAsync("part", new { mode = "backfill", from = "2026-02-01", to = "2026-02-01" }, "/from window_empty");
        await RefuseAsync("part", new { mode = "backfill", from = "hôm qua", to = "2026-02-30" }, "/from watermark_invalid", "/to watermark_invalid");
        await RefuseAsync("part", new { mode = "backfill", from = "2026-02-01T00:00:00", to = "2026-03-01" }, "/from watermark_invalid");
        await RefuseAsync("part", new { mode = "full", from = "2026-02-01", expectRemoved = -1 }, "/from not_applicable", "/expectRemoved number_out_of_range");
        await Refusal.OfAsync(hub.Admin, () => Put("whole", "2026-01-01"), HttpStatusCode.Conflict, "dataset_has_no_watermark");
        var wrong = await Refusal.OfAsync(hub.Admin, () => Put("part", "01/02/2026"), Bad, "request_invalid");
        Assert.Equal(["/from watermark_invalid"], wrong.Errors);
        Assert.Equal(0, await hub.Server.Database.ScalarAsync<long>(
            "SELECT count(*) FROM hub.runs r JOIN hub.datasets d ON d.id = r.dataset_id WHERE d.name IN ('whole', 'part', 'adding')"));
    }

    [Fact]
    public async Task A_dataset_whose_source_is_another_waits_for_somebody_to_say_that_it_is_right()
    {
        await MakeAsync("moved", "full");
        await SectorAsync("INSERT INTO moved VALUES (1, 'a', now())");
        await StartAsync("moved", new { });
        await hub.Server.Database.ExecuteAsync("UPDATE hub.watermarks SET position = jsonb_set(position, '{position,identity}', '\"another/1/5\"') "
            + "WHERE dataset_id = (SELECT id FROM hub.datasets WHERE name = 'moved')");
        Assert.Equal("failed", (await StartAsync("moved", new { })).State());
        await Refusal.OfPostAsync(hub.Admin, "datasets/moved/runs", new { }, HttpStatusCode.Conflict, "dataset_paused");
        await RefuseAsync("moved", new { mode = "reconcile", acceptSource = true }, "/acceptSource not_applicable");

        Assert.Equal("unchanged", (await StartAsync("moved", new { mode = "full", acceptSource = true })).State());
        Assert.Equal("unchanged", (await StartAsync("moved", new { })).State());
    }

    [Fact]
    public async Task Reconciling_and_backfilling_need_a_version()
    {
        await MakeAsync("early", "incremental");
        foreach (var request in new object[] { new { mode = "reconcile" }, new { mode = "backfill", from = "2026-01-01", to = "2026-02-01" } })
        {
            var answer = await HubCalls.ReadAsync(await hub.Admin.PostAsJsonAsync(HubCalls.Api + "datasets/early/runs", request), HttpStatusCode.Accepted);
            await Refusal.OfRunAsync(hub.Admin, answer.GetProperty("id").GetInt64(), "run_needs_version");
        }
    }

    private static HttpRequestMessage Put(string dataset, string from) =>
        new(HttpMethod.Put, $"{HubCalls.Api}datasets/{dataset}/watermark") { Content = JsonContent.Create(new { from }) };

    private async Task RefuseAsync(string dataset, object request, params string[] errors) =>
        Assert.Equal(errors, (await Refusal.OfPostAsync(hub.Admin, $"datasets/{dataset}/runs", request, Bad, "request_invalid")).Errors);

    private async Task<System.Text.Json.JsonElement> StartAsync(string dataset, object request)
    {
        var answer = await HubCalls.ReadAsync(await hub.Admin.PostAsJsonAsync($"{HubCalls.Api}datasets/{dataset}/runs", request), HttpStatusCode.Accepted);
        return await hub.Admin.EndAsync(answer.GetProperty("id").GetInt64());
    }

    private static (string State, string? Pulled) Told(System.Text.Json.JsonElement run) => (run.State(), run.GetProperty("pulled").GetString());

    private Task SectorAsync(string sql) => hub.Sector.ExecuteAsync(sql.Replace(" set ", " \"set\" ", StringComparison.Ordinal));

    private async Task MakeAsync(string dataset, string mode)
    {
        await hub.Sector.ExecuteAsync($"CREATE TABLE \"{dataset}\" (id int PRIMARY KEY, ten text, luc timestamptz)");
        var contract = TestContracts.Yaml(dataset, "sector", $"table=public.{dataset}", "shared", "id int32 key", "ten text", "luc timestamp");
        await hub.Admin.AddDatasetAsync(mode == "full" ? contract
            : contract + $"\n  - {{property: hub.mode, value: {mode}}}\n  - {{property: hub.watermark, value: luc}}");
    }
}
