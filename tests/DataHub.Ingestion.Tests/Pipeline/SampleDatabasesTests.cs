using DataHub.Core.Contracts;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Storage.ControlPlane;
using DataHub.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>Well-known databases from MariaDB to published versions, by proposed contracts and nothing else.</summary>
public sealed class SampleDatabasesTests
{
    [Theory]
    [InlineData("", "_vn_units", 34, 3321)]
    [InlineData("pre-merger_", "_63", 63, 0)]
    public async Task The_same_units_in_two_engines_become_the_same_versions(
        string before, string after, int provinces, int wards)
    {
        SkipWithoutInputs();
        await using var maria = await MariaDatabase.CreateAsync();
        await maria.LoadAsync(
            Dump($"{before}mysql_CreateTables{after}.sql"), Dump($"{before}mysql_ImportData{after}.sql"));
        await using var pg = await TestDatabase.CreateEmptyAsync();
        await pg.ExecuteAsync(await File.ReadAllTextAsync(Dump($"{before}postgres_CreateTables{after}.sql")));
        await pg.ExecuteAsync(await File.ReadAllTextAsync(Dump($"{before}postgres_ImportData{after}.sql")));
        await using var hub = await TestHub.StartAsync();
        await AddMariaAsync(hub, maria);
        var server = new NpgsqlConnectionStringBuilder(pg.ConnectionString);
        await hub.AddSourceAsync("pg", "postgres", server.Username, server.Password,
            $"host={server.Host}", $"port={server.Port}", $"database={server.Database}");

        var ours = await PublishAllAsync(hub, "maria", maria.ScalarAsync<long>, n => $"`{n}`");
        var theirs = await PublishAllAsync(hub, "pg", pg.ScalarAsync<long>, n => n);

        Assert.Equal(theirs.Keys.Select(Bare).Order(), ours.Keys.Order());
        foreach (var (name, version) in theirs)
        {
            Assert.True(version.Checksum.SequenceEqual(ours[Bare(name)].Checksum), $"{name} differs between the two engines");
        }

        Assert.Equal(provinces, ours["provinces"].Records);
        Assert.True(wards == 0 ? ours["wards"].Records > 10_000 : ours["wards"].Records == wards, $"{ours["wards"].Records}");
    }

    [Fact]
    public async Task Every_table_of_Chinook_is_published_whole()
    {
        SkipWithoutInputs();
        await using var maria = await MariaDatabase.CreateAsync();
        // The script makes a database of its own name; the test's own is used instead.
        var script = Path.GetTempFileName();
        await File.WriteAllLinesAsync(script, File.ReadLines(SharedData.Path("sample-dbs", "chinook", "Chinook_MySql.sql"))
            .Where(l => !l.Contains("DATABASE", StringComparison.Ordinal) && !l.StartsWith("USE ", StringComparison.Ordinal)));
        await maria.LoadAsync(script);
        File.Delete(script);
        await using var hub = await TestHub.StartAsync();
        await AddMariaAsync(hub, maria);

        var versions = await PublishAllAsync(hub, "maria", maria.ScalarAsync<long>, n => $"`{n}`");

        Assert.Equal(11, versions.Count);
        Assert.Equal((3503, 8715), (versions["Track"].Records, versions["PlaylistTrack"].Records));
    }

    private static void SkipWithoutInputs()
    {
        Assert.SkipUnless(MariaDatabase.Available, MariaDatabase.Missing);
        Assert.SkipWhen(SharedData.Root is null, SharedData.Missing);
    }

    private static string Dump(string file) => SharedData.Path("vn-admin", "dumps", file);

    private static string Bare(string name) => name[(name.LastIndexOf('.') + 1)..];

    private static Task AddMariaAsync(TestHub hub, MariaDatabase maria) => hub.AddSourceAsync(
        "maria", "mysql", maria.Reader, MariaDatabase.Password, [.. maria.Settings.Select(s => $"{s.Key}={s.Value}")]);

    /// <summary>Proposes, registers and runs each table; its counts must be the source's own.</summary>
    private static async Task<Dictionary<string, DatasetVersion>> PublishAllAsync(
        TestHub hub, string source, Func<string, Task<long>> ask, Func<string, string> quote)
    {
        var settings = await hub.Services.GetRequiredService<SourceRegistry>().FindAsync(source, default);
        var tables = await hub.Services.GetRequiredService<SourceGateway>().ListTablesAsync(settings, default);
        var versions = new Dictionary<string, DatasetVersion>();
        foreach (var table in tables)
        {
            versions.Add(table.Name, await PublishAsync(hub, source, table, await ask($"SELECT COUNT(*) FROM {quote(table.Name)}")));
        }

        return versions;
    }

    private static async Task<DatasetVersion> PublishAsync(TestHub hub, string source, SourceTable table, long rows)
    {
        var id = $"{source}-{ContractProposal.DatasetId(table)}";
        var dataset = await hub.AddDatasetAsync(ContractProposal.For(table, source, "000.00.00.H61", id));
        var run = await hub.RunAsync(dataset);
        Assert.Equal((table.Name, "published", rows, 0L), (table.Name, run.State, run.Read, run.Rejected));
        await using var db = await hub.OpenAsync();
        return await db.Set<DatasetVersion>().AsNoTracking().SingleAsync(v => v.DatasetId == dataset.Id);
    }
}
