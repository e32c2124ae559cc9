using System.Net;
using DataHub.Gateway.Tests.BadInput;

namespace DataHub.Gateway.Tests.Quarantine;

/// <summary>Replays publish a correction of the records named and of nothing else, once.</summary>
public sealed class ReplayTests(QuarantineHub hub) : IClassFixture<QuarantineHub>
{
    private const string Good = "k1,An,1,2026-01-31";

    [Fact]
    public async Task After_a_contract_change_a_replay_publishes_a_correction_once()
    {
        var dataset = await hub.AddAsync(longest: "3");
        await hub.PullAsync(dataset, Good, "k2,Bình An,\"1.234,50\",2026-02-28", "k3,Chi Lan,x,2026-02-28");
        await hub.ReviseAsync(dataset, "1.1.0", "20");

        var (run, outcomes) = await hub.ReplayAsync(dataset, new { filter = new { code = "too_long" } });
        Assert.Equal(("published 1/0/0/1", "accepted,rejected"), (QuarantineHub.Say(run), outcomes));
        Assert.Equal("k1:An:1.00:2026-01-31 k2:Bình An:1234.50:2026-02-28", await hub.RecordsAsync(dataset));
        Assert.Equal("k2 replayed 1 too_long; k3 open 1 type_mismatch", await hub.SayEntriesAsync(dataset));
        var reader = await hub.Server.RecipientAsync("H77.1", dataset, "thử nghiệm");
        var (before, after) = (await VersionAsync(reader, dataset, 1), await VersionAsync(reader, dataset, 2));
        Assert.Equal(("refresh", "correction"), (before.GetProperty("kind").GetString(), after.GetProperty("kind").GetString()));
        Assert.Equal(before.GetProperty("asOf").GetString(), after.GetProperty("asOf").GetString());
        Assert.Equal(run.GetProperty("id").GetInt64(), after.GetProperty("run").GetInt64());

        var id = await hub.EntryAsync(dataset, "k2");
        (run, outcomes) = await hub.ReplayAsync(dataset, new { ids = new[] { id } });
        Assert.Equal(("unchanged 0/0/0/0", "already_replayed"), (QuarantineHub.Say(run), outcomes));
        Assert.Equal(2L, await hub.Server.Database.ScalarAsync<long>($"SELECT max(seq)::bigint FROM hub.versions v JOIN hub.datasets d ON d.id = v.dataset_id WHERE d.name = '{dataset}'"));
        Assert.Equal($"{{\"seq\": 2, \"entries\": [{id}], \"patched\": {{}}}}", await hub.Server.Database.ScalarAsync<string>(
            $"SELECT body::text FROM hub.ledger WHERE event = 'quarantine.replayed' AND dataset = '{dataset}'"));
    }

    [Fact]
    public async Task A_patch_corrects_the_record_is_named_in_the_ledger_and_stands_while_the_source_stays_bad()
    {
        var dataset = await hub.AddAsync();
        string[] file = [Good, "k2,Bình,x,2026-02-30", "bad4,Dung,1,2026-02-28"];
        await hub.PullAsync(dataset, file);
        var (id, keyless) = (await hub.EntryAsync(dataset, "k2"), await hub.EntryAsync(dataset, "bad4"));

        var (run, outcomes) = await hub.ReplayAsync(dataset, Patch(id, ("so", "7,5")));
        Assert.Equal(("unchanged 0/0/0/1", "rejected"), (QuarantineHub.Say(run), outcomes));
        Assert.Equal("k2 open 1 type_mismatch; bad4 open 1 pattern_mismatch", await hub.SayEntriesAsync(dataset));

        (run, outcomes) = await hub.ReplayAsync(dataset, new
        {
            ids = new[] { id, keyless },
            patch = new Dictionary<string, object>
            {
                [$"{id}"] = new Dictionary<string, string?> { ["so"] = "7,5", ["ngay"] = null, ["ten"] = "Ánh" },
                [$"{keyless}"] = new Dictionary<string, string?> { ["ma"] = "k4" },
            },
        });
        Assert.Equal(("published 2/0/0/0", "accepted,accepted"), (QuarantineHub.Say(run), outcomes));
        Assert.Equal("k1:An:1.00:2026-01-31 k2:Ánh:7.50:∅ k4:Dung:1.00:2026-02-28", await hub.RecordsAsync(dataset));
        var ledger = await hub.Server.Database.ScalarAsync<string>($"SELECT body::text FROM hub.ledger WHERE event = 'quarantine.replayed' AND dataset = '{dataset}'");
        Assert.Contains($"\"{id}\": [\"so\", \"ngay\", \"ten\"]", ledger, StringComparison.Ordinal);
        Assert.DoesNotContain("Ánh", ledger, StringComparison.Ordinal);
        Assert.Equal(0L, await hub.Server.Database.ScalarAsync<long>(
            "SELECT count(*) FROM hub.replay_items WHERE position('Ánh'::bytea in protected_patch) > 0 OR position('7,5'::bytea in protected_patch) > 0"));

        // The source still sends the bad record of k2: its correction stays, and nobody is asked again. What it sends under another key is gone.
        Assert.Equal("published 0/0/1/2", await hub.PullAsync(dataset, file));
        Assert.Equal("k1:An:1.00:2026-01-31 k2:Ánh:7.50:∅", await hub.RecordsAsync(dataset));
        Assert.Equal("k2 replayed 2 type_mismatch+type_mismatch; bad4 open 2 pattern_mismatch", await hub.SayEntriesAsync(dataset));
    }

    [Fact]
    public async Task A_newer_image_of_the_key_is_not_overwritten_and_a_removed_one_not_brought_back()
    {
        var dataset = await hub.AddAsync();
        await hub.PullAsync(dataset, Good, "k2,Bình,2,2026-01-31", "k3,Chi,3,2026-01-31");
        await hub.PullAsync(dataset, Good, "k2,Bình,x,2026-01-31", "k3,Chi,y,2026-01-31");
        var ids = new[] { await hub.EntryAsync(dataset, "k2"), await hub.EntryAsync(dataset, "k3") };
        await hub.PullAsync(dataset, Good, "k2,Bình,22,2026-01-31");

        // Both are fixed by that pull; somebody may have opened the page before.
        await hub.Server.Database.ExecuteAsync($"UPDATE hub.quarantine SET status = 'open' WHERE id IN ({ids[0]}, {ids[1]})");
        var (run, outcomes) = await hub.ReplayAsync(dataset, new
        {
            ids,
            patch = ids.ToDictionary(i => $"{i}", _ => new Dictionary<string, string?> { ["so"] = "9" }),
        });
        Assert.Equal(("unchanged 0/0/0/0", "newer_image,newer_image"), (QuarantineHub.Say(run), outcomes));
        Assert.Equal("k1:An:1.00:2026-01-31 k2:Bình:22.00:2026-01-31", await hub.RecordsAsync(dataset));
    }

    [Fact]
    public async Task One_of_two_records_that_contradict_each_other_is_chosen_by_a_replay()
    {
        var dataset = await hub.AddAsync();
        await hub.PullAsync(dataset, Good, "k2,Bình,\"1.000,25\",2026-01-31", "k2,Bình,3,2026-01-31");
        Assert.Equal("k2 open 1 duplicate_key; k2 open 1 duplicate_key", await hub.SayEntriesAsync(dataset));
        var entries = await hub.EntriesAsync(dataset);
        var ids = entries.Select(e => e.GetProperty("id").GetInt64()).ToArray();

        var (run, outcomes) = await hub.ReplayAsync(dataset, new { ids });
        Assert.Equal(("unchanged 0/0/0/2", "rejected,rejected"), (QuarantineHub.Say(run), outcomes));
        var first = entries.Single(e => e.GetProperty("record").GetProperty("so").GetString()!.StartsWith('1'));
        (run, outcomes) = await hub.ReplayAsync(dataset, new { ids = new[] { first.GetProperty("id").GetInt64() } });
        Assert.Equal(("published 1/0/0/0", "accepted"), (QuarantineHub.Say(run), outcomes));
        Assert.Equal("k1:An:1.00:2026-01-31 k2:Bình:1000.25:2026-01-31", await hub.RecordsAsync(dataset));
    }

    [Fact]
    public async Task Wrong_replays_change_nothing_and_say_all_that_is_wrong()
    {
        var (dataset, other) = (await hub.AddAsync(), await hub.AddAsync());
        await hub.PullAsync(dataset, Good, "k2,Bình,x,2026-01-31", "k3,một hai", "k5,Em,y,2026-01-31");
        await hub.PullAsync(other, "k9,An,x,2026-01-31");
        var (id, foreign) = (await hub.EntryAsync(dataset, "k2"), await hub.EntryAsync(other, "k9"));
        var broken = (await hub.EntriesAsync(dataset, "?code=csv_field_count"))[0].GetProperty("id").GetInt64();
        var mended = await hub.EntryAsync(dataset, "k5");
        await hub.PullAsync(dataset, Good, "k2,Bình,x,2026-01-31", "k3,một hai", "k5,Em,5,2026-01-31");
        var versions = await hub.Server.Database.ScalarAsync<long>("SELECT count(*) FROM hub.versions");

        var refusal = await RefusedAsync(dataset, new { ids = new[] { id, 999_999, foreign, broken, mended } });
        Assert.Equal(["/ids/1 entry_unknown", "/ids/2 entry_unknown", "/ids/3 entry_not_replayable", "/ids/4 entry_not_open"], refusal.Errors);
        refusal = await RefusedAsync(dataset, new
        {
            ids = new[] { id },
            patch = new Dictionary<string, object>
            {
                [$"{id}"] = new Dictionary<string, string?> { ["tenn"] = "a", ["ma"] = "k7" },
                ["77"] = new Dictionary<string, string?> { ["so"] = "1" },
                ["x/y"] = new Dictionary<string, string?>(),
            },
        });
        Assert.Equal([$"/patch/{id}/ma patch_changes_key", $"/patch/{id}/tenn patch_column_unknown", "/patch/77 patch_without_entry", "/patch/x~1y patch_without_entry"], refusal.Errors);
        Assert.Equal(["/ids entry_choice"], (await RefusedAsync(dataset, new { })).Errors);
        Assert.Equal(["/ids entry_choice"], (await RefusedAsync(dataset, new { ids = new[] { id }, filter = new { } })).Errors);
        Assert.Equal(["/filter entry_none"], (await RefusedAsync(dataset, new { filter = new { code = "nothing" } })).Errors);
        Assert.Equal(["/ids entry_none"], (await RefusedAsync(dataset, new { ids = Array.Empty<long>() })).Errors);
        await Refusal.OfPostAsync(hub.Admin, "datasets/khong-co/quarantine/replay", new { ids = new[] { id } }, HttpStatusCode.NotFound, "dataset_not_found");
        var run = (await hub.EntriesAsync(dataset))[0].GetProperty("run").GetInt64();
        await Refusal.OfGetAsync(hub.Admin, $"runs/{run}/replay", HttpStatusCode.NotFound, "run_not_a_replay");

        await hub.Server.Database.ExecuteAsync($"""
            INSERT INTO hub.runs (dataset_id, mode, state, requested_by, contract_revision_id, requested_at, lease_number, lease_until, cancel_requested,
                read, "new", changed, unchanged, rejected, duplicate, tombstones, removed, stale)
            SELECT id, 'full', 'running', 'x', contract_revision_id, now(), 1, now() + interval '1 hour', false, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM hub.datasets WHERE name = '{dataset}'
            """);
        await Refusal.OfPostAsync(hub.Admin, $"datasets/{dataset}/quarantine/replay", new { ids = new[] { id } }, HttpStatusCode.Conflict, "run_in_progress");
        Assert.Equal(versions, await hub.Server.Database.ScalarAsync<long>("SELECT count(*) FROM hub.versions"));
    }

    private static object Patch(long id, params (string Column, string Text)[] patch) => new
    {
        ids = new[] { id },
        patch = new Dictionary<string, object> { [$"{id}"] = patch.ToDictionary(p => p.Column, p => p.Text) },
    };

    private Task<Refusal> RefusedAsync(string dataset, object request) =>
        Refusal.OfPostAsync(hub.Admin, $"datasets/{dataset}/quarantine/replay", request, HttpStatusCode.BadRequest, "request_invalid");

    private static async Task<System.Text.Json.JsonElement> VersionAsync(HttpClient reader, string dataset, int seq) =>
        await HubCalls.ReadAsync(await reader.GetAsync($"{HubCalls.Api}datasets/{dataset}/versions/{seq}"), HttpStatusCode.OK);
}
