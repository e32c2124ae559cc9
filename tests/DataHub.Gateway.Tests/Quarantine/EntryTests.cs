using System.Net;
using System.Text;
using DataHub.Gateway.Tests.BadInput;
using DataHub.Storage.Quarantine;
using Microsoft.Extensions.DependencyInjection;

namespace DataHub.Gateway.Tests.Quarantine;

/// <summary>A bad record is one matter however often it comes, is told to whoever must mend it, and goes away when it is mended.</summary>
public sealed class EntryTests(QuarantineHub hub) : IClassFixture<QuarantineHub>
{
    [Fact]
    public async Task The_same_bad_record_in_many_pulls_is_one_open_entry_that_closes_when_it_is_mended()
    {
        var dataset = await hub.AddAsync();
        Assert.Equal("published 1/0/0/2", await hub.PullAsync(dataset, "k1,An,\"1.234,50\",2026-01-31", "k2,Bình,x,2026-01-31", ",Chi,1,2026-01-31"));
        Assert.Equal("unchanged 0/0/1/2", await hub.PullAsync(dataset, "k1,An,\"1.234,50\",2026-01-31", "k2,Bình,x,2026-01-31", ",Chi,1,2026-01-31"));
        Assert.Equal("unchanged 0/0/1/2", await hub.PullAsync(dataset, "k1,An,\"1.234,50\",2026-01-31", "k2,Bình,x,2026-01-31", ",Chi,1,2026-01-31"));
        Assert.Equal("k2 open 3 type_mismatch; ∅ open 3 key_missing", await hub.SayEntriesAsync(dataset));
        Assert.Equal(2L, await hub.Server.Database.ScalarAsync<long>(
            $"SELECT count(*) FROM hub.quarantine q JOIN hub.datasets d ON d.id = q.dataset_id WHERE d.name = '{dataset}'"));

        // Mended, then the other bad record one line further down: without a key it is another matter.
        Assert.Equal("published 1/0/1/1", await hub.PullAsync(dataset, "k1,An,\"1.234,50\",2026-01-31", "k2,Bình,2,2026-01-31", "", ",Chi,1,2026-01-31"));
        Assert.Equal("k2 fixed 3 type_mismatch; ∅ fixed 3 key_missing; ∅ open 1 key_missing", await hub.SayEntriesAsync(dataset));

        // Bad again: open again, stale now, because its last good image stays.
        Assert.Equal("unchanged 0/0/1/1", await hub.PullAsync(dataset, "k1,An,\"1.234,50\",2026-01-31", "k2,Bình,x,2026-01-31"));
        var entry = Assert.Single(await hub.EntriesAsync(dataset));
        Assert.Equal(("k2", 4, true), (entry.GetProperty("key").GetString(), entry.GetProperty("count").GetInt32(), entry.GetProperty("stale").GetBoolean()));
        Assert.Equal("k1:An:1234.50:2026-01-31 k2:Bình:2.00:2026-01-31", await hub.RecordsAsync(dataset));
    }

    [Fact]
    public async Task Other_content_or_another_broken_rule_is_another_entry_and_equal_records_of_one_pull_are_one()
    {
        var dataset = await hub.AddAsync();
        await hub.PullAsync(dataset, "k1,An,x,2026-01-31", "k1,An,x,2026-01-31", "k2,Bình,1,2026-01-31");
        var entry = Assert.Single(await hub.EntriesAsync(dataset));
        Assert.Equal((2, 1), (entry.GetProperty("occurrences").GetInt32(), entry.GetProperty("count").GetInt32()));

        await hub.PullAsync(dataset, "k1,An,y,2026-01-31", "k2,Bình,1,2026-01-31");
        await hub.ReviseAsync(dataset, "1.1.0", "1");
        await hub.PullAsync(dataset, "k1,An,y,2026-01-31", "k2,Bình,1,2026-01-31");
        Assert.Equal("k1 fixed 1 type_mismatch; k1 fixed 1 type_mismatch; k1 open 1 too_long+type_mismatch; k2 open 1 too_long", await hub.SayEntriesAsync(dataset));
    }

    [Fact]
    public async Task A_run_that_fails_in_the_middle_closes_nothing()
    {
        var dataset = await hub.AddAsync();
        await hub.PullAsync(dataset, "k1,An,x,2026-01-31", "k2,Bình,1,2026-01-31");
        File.Delete(Path.Combine(hub.Server.Files, dataset + ".csv"));
        Assert.Equal("failed", (await hub.Admin.PullAsync(dataset)).State());
        Assert.Equal("k1 open 1 type_mismatch", await hub.SayEntriesAsync(dataset));
    }

    [Fact]
    public async Task The_list_for_the_office_is_csv_in_both_languages_and_safe_in_a_spreadsheet()
    {
        var dataset = await hub.AddAsync();
        await hub.PullAsync(dataset, "k1,=cmd|' /C calc'!A0,1,\"@SUM(1,2)\"", "k2,Nguyễn Thị Ánh,-5,\"ngày \"\"31\"\"\"", "k3,An");
        var path = $"{HubCalls.Api}datasets/{dataset}/quarantine?format=csv";
        var bytes = await hub.Admin.GetByteArrayAsync(path + "&bom=true");
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
        using var plain = await hub.Admin.GetAsync(path);
        Assert.Equal("text/csv; charset=utf-8", plain.Content.Headers.ContentType?.ToString());
        Assert.True(plain.Headers.CacheControl?.NoStore);
        var text = await plain.Content.ReadAsStringAsync();
        Assert.Equal(text, Encoding.UTF8.GetString(bytes[3..]));

        Assert.StartsWith("id,status,run,position,key,first_seen,last_seen,count,stale,columns,codes,reason_vi,reason_en,record_ma,record_ten,record_so,record_ngay,record_raw\r\n",
            text, StringComparison.Ordinal);
        Assert.Contains(",k1,•••,1,\"'@SUM(1,2)\",\r\n", text, StringComparison.Ordinal);
        Assert.Contains(",k2,•••,-5,\"ngày \"\"31\"\"\",\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Cột ten có tối đa 6 ký tự", text, StringComparison.Ordinal);
        Assert.Contains("Column ten takes at most 6 characters", text, StringComparison.Ordinal);
        Assert.EndsWith(",,,,,•••\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Ánh", text, StringComparison.Ordinal);
        Assert.DoesNotContain("calc", text, StringComparison.Ordinal);

        // The same for a run, by Accept.
        var run = (await hub.EntriesAsync(dataset))[0].GetProperty("run").GetInt64();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{HubCalls.Api}runs/{run}/quarantine") { Headers = { { "Accept", "text/csv" } } };
        using var ofRun = await hub.Admin.SendAsync(request);
        Assert.Equal(text, await ofRun.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_expired_record_is_gone_and_its_counts_stay()
    {
        var dataset = await hub.AddAsync();
        await hub.PullAsync(dataset, "k1,An,x,2026-01-31", "k2,Bình,y,2026-01-31");
        await hub.PullAsync(dataset, "k1,An,x,2026-01-31", "k2,Bình,y,2026-01-31");
        var id = await hub.EntryAsync(dataset, "k1");
        var keeper = hub.Server.Services.GetRequiredService<QuarantineKeeper>();
        await hub.Server.Database.ExecuteAsync($"UPDATE hub.quarantine SET last_seen = now() - interval '89 days' WHERE id = {id}");
        await keeper.ExpireAsync(CancellationToken.None);
        Assert.Equal("k1 open 2 type_mismatch; k2 open 2 type_mismatch", await hub.SayEntriesAsync(dataset));
        await hub.Server.Database.ExecuteAsync($"UPDATE hub.quarantine SET last_seen = now() - interval '91 days' WHERE id = {id}");
        await keeper.ExpireAsync(CancellationToken.None);
        Assert.Equal("k1 expired 2 type_mismatch; k2 open 2 type_mismatch", await hub.SayEntriesAsync(dataset));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await hub.EntriesAsync(dataset, "?status=expired"))[0].GetProperty("record").ValueKind);

        var refusal = await Refusal.OfPostAsync(
            hub.Admin, $"datasets/{dataset}/quarantine/replay", new { ids = new[] { id } }, HttpStatusCode.BadRequest, "request_invalid");
        Assert.Equal(["/ids/0 entry_expired"], refusal.Errors);

        // Seen again, it is whole again.
        await hub.PullAsync(dataset, "k1,An,x,2026-01-31");
        Assert.Equal("k1 open 3 type_mismatch; k2 fixed 2 type_mismatch", await hub.SayEntriesAsync(dataset));
        Assert.Equal("x", (await hub.EntriesAsync(dataset))[0].GetProperty("record").GetProperty("so").GetString());
    }

    [Fact]
    public async Task A_discarded_entry_says_who_and_why_and_stays_closed()
    {
        var dataset = await hub.AddAsync();
        await hub.PullAsync(dataset, "k1,An,x,2026-01-31", "k2,Bình,y,2026-01-31");
        var id = await hub.EntryAsync(dataset, "k1");
        await HubCalls.ReadAsync(await hub.Admin.PostAsync($"{HubCalls.Api}datasets/{dataset}/quarantine/discard",
            System.Net.Http.Json.JsonContent.Create(new { ids = new[] { id }, reason = "Hồ sơ thử nghiệm" })), HttpStatusCode.OK);
        await hub.PullAsync(dataset, "k1,An,x,2026-01-31", "k2,Bình,y,2026-01-31");
        Assert.Equal("k1 discarded 2 type_mismatch; k2 open 2 type_mismatch", await hub.SayEntriesAsync(dataset));
        var entry = (await hub.EntriesAsync(dataset, "?status=discarded"))[0];
        Assert.Equal(("test-admin", "Hồ sơ thử nghiệm"), (entry.GetProperty("decidedBy").GetString(), entry.GetProperty("reason").GetString()));
        Assert.Equal(1L, await hub.Server.Database.ScalarAsync<long>(
            $"SELECT count(*) FROM hub.ledger WHERE event = 'quarantine.discarded' AND dataset = '{dataset}' AND body -> 'entries' @> '{id}'"));

        var refusal = await Refusal.OfPostAsync(hub.Admin, $"datasets/{dataset}/quarantine/discard", new { ids = new[] { 999_999 }, reason = " " },
            HttpStatusCode.BadRequest, "request_invalid");
        Assert.Equal(["/reason required", "/ids/0 entry_unknown"], refusal.Errors);
    }

    [Fact]
    public async Task Only_administrators_see_and_decide()
    {
        var dataset = await hub.AddAsync();
        using var recipient = await hub.Server.CallerAsync("H99.7");
        foreach (var path in new[] { $"datasets/{dataset}/quarantine", "runs/1/quarantine", "runs/1/replay" })
        {
            using var answer = await recipient.GetAsync(HubCalls.Api + path);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        foreach (var path in new[] { "replay", "discard" })
        {
            using var answer = await recipient.PostAsync($"{HubCalls.Api}datasets/{dataset}/quarantine/{path}", System.Net.Http.Json.JsonContent.Create(new { }));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        var refusal = await Refusal.OfGetAsync(hub.Admin, $"datasets/{dataset}/quarantine?status=lost", HttpStatusCode.BadRequest, "request_invalid");
        Assert.Equal(["status status_unknown"], refusal.Errors);
        refusal = await Refusal.OfGetAsync(hub.Admin, $"datasets/{dataset}/quarantine?format=xml&bom=maybe", HttpStatusCode.BadRequest, "request_invalid");
        Assert.Equal(["format format_unknown", "bom flag_invalid"], refusal.Errors);
    }
}
