using System.Net;
using System.Net.Http.Headers;
using DataHub.Gateway.Tests.BadInput;
using Xunit;

namespace DataHub.Gateway.Tests.Runs;

/// <summary>A run held because a source column changed its type: what it says, what it proposes, and what may be decided.</summary>
public sealed class TypeProposalTests(SectorHub hub) : IClassFixture<SectorHub>
{
    [Fact]
    public async Task A_held_run_proposes_the_contract_that_lets_the_dataset_go_on()
    {
        await hub.Sector.ExecuteAsync("CREATE TABLE levels (id int PRIMARY KEY, level text, name text); INSERT INTO levels VALUES (1, '7', 'a')");
        var contract = TestContracts.Yaml("levels", "sector", "table=public.levels", "open", "id int32 key", "level text", "name text");
        await hub.Admin.AddDatasetAsync(contract);
        Assert.Equal("published", (await hub.Admin.PullAsync("levels")).State());
        await hub.Sector.ExecuteAsync("ALTER TABLE levels ALTER level TYPE int USING level::int");
        var held = await hub.Admin.PullAsync("levels");
        var run = held.GetProperty("id").GetInt64();

        Assert.Equal(("held", 0L), (held.State(), held.GetProperty("read").GetInt64()));
        Assert.Equal(["source_type_changed", "type_changed"], held.GetProperty("holds").EnumerateArray().Select(h => h.GetProperty("code").GetString()));
        foreach (var (language, words) in new[] { ("vi", "Cột level: hợp đồng khai báo text, nguồn có kiểu integer"), ("en", "Column level: the contract declares text, the source has integer") })
        {
            Assert.Contains(words, await HoldsAsync(run, language), StringComparison.Ordinal);
        }

        var proposal = held.GetProperty("proposal");
        Assert.Equal("2.0.0", proposal.GetProperty("contractVersion").GetString());
        Assert.Contains("int32", proposal.GetProperty("difference").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("name: name", proposal.GetProperty("difference").GetString(), StringComparison.Ordinal);
        await Refusal.OfPostAsync(hub.Admin, $"runs/{run}/approve", new { }, HttpStatusCode.Conflict, "run_read_nothing");
        Assert.Equal(["{\"id\":1,\"level\":\"7\",\"name\":\"a\"}"], await hub.Admin.WalkAsync("levels", "latest"));

        // More than the source changed is refused as ever.
        var more = TestContracts.Yaml("levels", "sector", "table=public.levels", "open 2.0.0", "id int32 key", "level int32");
        await Refusal.OfAsync(hub.Admin, () => Put(more), HttpStatusCode.Conflict, "contract_breaking");

        using var proposed = await hub.Admin.GetAsync(proposal.GetProperty("contract").GetString());
        Assert.Equal("application/yaml", proposed.Content.Headers.ContentType!.MediaType);
        using var accepted = await hub.Admin.SendAsync(Put(await proposed.Content.ReadAsStringAsync()));
        Assert.True(accepted.IsSuccessStatusCode, await accepted.Content.ReadAsStringAsync());
        Assert.Equal("v2.0.0", (await hub.Admin.PullAsync("levels")).GetProperty("version").GetProperty("label").GetString());
        Assert.Equal(["{\"id\":1,\"level\":7,\"name\":\"a\"}"], await hub.Admin.WalkAsync("levels", "latest"));
        Assert.Equal(["{\"id\":1,\"level\":\"7\",\"name\":\"a\"}"], await hub.Admin.WalkAsync("levels", "v1"));
        Assert.Equal("superseded", (await hub.Admin.RunAsync(run)).State());
    }

    [Fact]
    public async Task A_source_put_right_goes_on_by_itself_and_without_a_hold_nothing_breaking_is_taken()
    {
        await hub.Sector.ExecuteAsync("CREATE TABLE mended (id int PRIMARY KEY, level text); INSERT INTO mended VALUES (1, '7')");
        await hub.Admin.AddDatasetAsync(TestContracts.Yaml("mended", "sector", "table=public.mended", "open", "id int32 key", "level text"));
        var first = await hub.Admin.PullAsync("mended");
        await Refusal.OfGetAsync(hub.Admin, $"runs/{first.GetProperty("id").GetInt64()}/proposal", HttpStatusCode.NotFound, "run_proposes_nothing");
        await hub.Sector.ExecuteAsync("ALTER TABLE mended ALTER level TYPE int USING level::int");
        Assert.Equal("held", (await hub.Admin.PullAsync("mended")).State());
        await hub.Sector.ExecuteAsync("ALTER TABLE mended ALTER level TYPE text");
        Assert.Equal("unchanged", (await hub.Admin.PullAsync("mended")).State());

        var broken = TestContracts.Yaml("mended", "sector", "table=public.mended", "open 2.0.0", "id int32 key", "level int32");
        await Refusal.OfAsync(hub.Admin, () => new HttpRequestMessage(HttpMethod.Put, HubCalls.Api + "datasets/mended/contract") { Content = HubCalls.Yaml(broken) },
            HttpStatusCode.Conflict, "contract_breaking");
    }

    [Fact]
    public async Task A_hold_may_be_discarded()
    {
        await hub.Sector.ExecuteAsync("CREATE TABLE dropped (id int PRIMARY KEY, level text); INSERT INTO dropped VALUES (1, '7')");
        await hub.Admin.AddDatasetAsync(TestContracts.Yaml("dropped", "sector", "table=public.dropped", "open", "id int32 key", "level text"));
        await hub.Admin.PullAsync("dropped");
        await hub.Sector.ExecuteAsync("ALTER TABLE dropped ALTER level TYPE int USING level::int");
        var run = (await hub.Admin.PullAsync("dropped")).GetProperty("id").GetInt64();

        using var answer = await hub.Admin.PostAsync($"{HubCalls.Api}runs/{run}/discard", null);

        Assert.Equal("discarded", (await HubCalls.ReadAsync(answer, HttpStatusCode.OK)).State());
    }

    private static HttpRequestMessage Put(string contract) =>
        new(HttpMethod.Put, HubCalls.Api + "datasets/levels/contract") { Content = HubCalls.Yaml(contract) };

    private async Task<string> HoldsAsync(long run, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{HubCalls.Api}runs/{run}");
        request.Headers.AcceptLanguage.Add(new StringWithQualityHeaderValue(language));
        var view = await HubCalls.ReadAsync(await hub.Admin.SendAsync(request), HttpStatusCode.OK);
        return view.GetProperty("holds").ToString();
    }
}
