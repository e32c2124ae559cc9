using DataHub.Storage.Datasets;
using DataHub.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>Whose slots are kept and whose are removed, and what a source that is another one does.</summary>
public sealed class CaptureSlotTests(CaptureHub lab) : IClassFixture<CaptureHub>
{
    private static readonly string[] Columns = ["name: id, logicalType: integer, primaryKey: true", "name: ten, logicalType: string"];
    private const string Names = "SELECT coalesce(string_agg(slot_name::text, ' ' ORDER BY slot_name), '') FROM pg_replication_slots WHERE database = current_database()";

    [Fact]
    public async Task Slots_that_nobody_follows_are_removed_and_never_another_hubs()
    {
        var other = "datahub_0123456789ab_1";
        await lab.Source.Do($"SELECT pg_create_logical_replication_slot('{other}', 'pgoutput')");
        await lab.AddSourceAsync("hai-ten", lab.Source.Settings);
        var kept = await FollowAsync("quet_a");
        var paused = await FollowAsync("quet_b");
        await lab.Source.Do("CREATE TABLE quet_c (id int PRIMARY KEY, ten text); ALTER PUBLICATION datahub ADD TABLE quet_c");
        var twice = await lab.RegisterAsync("quet_c", "hai-ten", Columns);
        await twice.PullAsync();
        Assert.Equal(4, await lab.SlotsAsync());

        // Two of the hub's sources are one database: neither takes the other's slots away.
        Assert.Empty(await lab.Sweep.SweepAsync(CancellationToken.None));
        var settings = lab.Source.With() with { Id = "hai-ten" };
        Assert.Equal([await twice.SlotAsync()], await lab.Sweep.ForsakeAsync(settings, CancellationToken.None));

        await lab.Hub.Database.ExecuteAsync($$"""
            UPDATE hub.datasets SET paused = '{"code": "requested", "vi": "", "en": "", "by": "x", "at": "2026-01-01T00:00:00Z"}' WHERE id = {{paused.Log.Id}}
            """);
        Assert.Equal([await paused.SlotAsync()], await lab.Sweep.SweepAsync(CancellationToken.None));
        await lab.Hub.Database.ExecuteAsync($"UPDATE hub.datasets SET paused = NULL WHERE id = {paused.Log.Id}");
        Assert.Equal($"{other} {await kept.SlotAsync()}", await lab.SourceAsync<string>(Names));

        // A dataset that moved to another database, or is followed no more, leaves its slot behind.
        await lab.Hub.Database.ExecuteAsync($"UPDATE hub.watermarks SET position = jsonb_set(position, '{{position,identity}}', '\"1/1/1\"') WHERE dataset_id = {kept.Log.Id}");
        Assert.Equal([await kept.SlotAsync()], await lab.Sweep.SweepAsync(CancellationToken.None));
        Assert.Equal(other, await lab.SourceAsync<string>(Names));
        await lab.Source.Do($"SELECT pg_drop_replication_slot('{other}')");
    }

    [Fact]
    public async Task A_slot_that_no_pull_reads_is_given_up_before_it_fills_the_sources_disk()
    {
        await lab.AddSourceAsync("nho", lab.Source.With(("slotMegabytes", "64")));
        await lab.Source.Do("CREATE TABLE day_len (id int PRIMARY KEY, ten text); ALTER PUBLICATION datahub ADD TABLE day_len");
        var followed = await lab.RegisterAsync("day_len", "nho", Columns);
        await followed.PullAsync();
        await lab.Source.Do("DO $$ BEGIN FOR i IN 1..70 LOOP PERFORM pg_logical_emit_message(false, 'x', repeat('y', 1024 * 1024)); END LOOP; END $$; INSERT INTO day_len VALUES (1, 'a')");

        Assert.Contains(await followed.SlotAsync(), await lab.Sweep.SweepAsync(CancellationToken.None));
        var run = await followed.RunAsync();
        Assert.Equal("published full: 1 new, 0 changed, 0 removed", PullLab.Say(run));
        Assert.Contains("giữ quá nhiều nhật ký", await followed.WarningsAsync(run), StringComparison.Ordinal);
        await followed.ForgetAsync();
    }

    [Fact]
    public async Task A_restored_source_pauses_the_dataset_gets_no_slot_and_is_read_whole_once_accepted()
    {
        var followed = await FollowAsync("phuc_hoi");
        await lab.Source.Do("INSERT INTO phuc_hoi VALUES (1, 'a'), (2, 'b')");
        await followed.PullAsync();
        var database = lab.Source.Settings["database"]!;
        await using var copy = await TestDatabase.CreateEmptyAsync();
        await copy.ExecuteAsync("CREATE TABLE phuc_hoi (id int PRIMARY KEY, ten text); INSERT INTO phuc_hoi VALUES (1, 'a'); CREATE PUBLICATION datahub FOR TABLE phuc_hoi");
        await MoveAsync(copy.Name);

        Assert.Contains("source_identity_changed", await followed.ErrorAsync(await followed.RunAsync()), StringComparison.Ordinal);
        Assert.Equal("source_identity_changed", await lab.Hub.Database.ScalarAsync<string>($"SELECT paused->>'code' FROM hub.datasets WHERE id = {followed.Log.Id}"));
        Assert.Equal("", await copy.ScalarAsync<string>(Names));
        await lab.Hub.Services.GetRequiredService<DatasetPauses>().ResumeAsync(followed.Log.Id, "test", CancellationToken.None);

        var run = await followed.RunAsync("incremental", r => r.AcceptSource = true);
        Assert.Equal("published full: 0 new, 0 changed, 1 removed", PullLab.Say(run));
        Assert.Contains("another server, or a restored one", await followed.WarningsAsync(run), StringComparison.Ordinal);
        await copy.ExecuteAsync("INSERT INTO phuc_hoi VALUES (3, 'c')");
        Assert.Equal("published window: 1 new, 0 changed, 0 removed", await followed.PullAsync());

        // Back at the first place, its old slot says nothing of what was published from the other.
        await copy.ExecuteAsync("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()");
        await MoveAsync(database);
        Assert.Equal("published full: 1 new, 0 changed, 1 removed", PullLab.Say(await followed.RunAsync("incremental", r => r.AcceptSource = true)));
        await followed.ForgetAsync();

        Task MoveAsync(string place) => lab.Hub.Database.ExecuteAsync($"UPDATE hub.sources SET settings = jsonb_set(settings, '{{database}}', '\"{place}\"') WHERE id = 'kho'");
    }

    [Fact]
    public async Task A_store_that_was_restored_reads_everything_once()
    {
        var followed = await FollowAsync("kho_cu");
        await lab.Source.Do("INSERT INTO kho_cu VALUES (1, 'a')");
        await followed.PullAsync();
        var saved = await lab.Hub.Database.ScalarAsync<string>($"SELECT position::text FROM hub.watermarks WHERE dataset_id = {followed.Log.Id} ORDER BY id DESC LIMIT 1");
        await lab.Source.Do("INSERT INTO kho_cu VALUES (2, 'b')");
        await followed.PullAsync();
        await lab.Source.Do("DELETE FROM kho_cu WHERE id = 1");
        await followed.PullAsync();
        await followed.PullAsync();

        // The position of an older backup: the slot stands past it.
        await lab.Hub.Database.ExecuteAsync($"UPDATE hub.watermarks SET position = '{saved}' WHERE dataset_id = {followed.Log.Id}");
        var run = await followed.RunAsync();
        Assert.Equal("unchanged full: 0 new, 0 changed, 0 removed", PullLab.Say(run));
        Assert.Contains("restored from a backup", await followed.WarningsAsync(run), StringComparison.Ordinal);

        // A backup restored under another database has other names; the old slot is a person's to remove.
        await lab.Hub.Database.ExecuteAsync($"UPDATE hub.watermarks SET position = replace(position::text, '{await followed.SlotAsync()}', 'datahub_aaaaaaaaaaaa_9')::jsonb WHERE dataset_id = {followed.Log.Id}");
        run = await followed.RunAsync();
        Assert.Equal("unchanged full: 0 new, 0 changed, 0 removed", PullLab.Say(run));
        Assert.Contains("pg_drop_replication_slot('datahub_aaaaaaaaaaaa_9')", await followed.WarningsAsync(run), StringComparison.Ordinal);
        await followed.ForgetAsync();
    }

    private async Task<Followed> FollowAsync(string table)
    {
        var followed = await lab.FollowAsync(table, "(id int PRIMARY KEY, ten text)", Columns);
        Assert.Equal("published full: 0 new, 0 changed, 0 removed", await followed.PullAsync());
        return followed;
    }
}
