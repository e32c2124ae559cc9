using DataHub.Ingestion.Tests.Sources;
using DataHub.Storage.ControlPlane;
using DataHub.TestKit;

namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>Datasets without a key: equal records are kept, and what changes is one gone and one new.</summary>
public sealed class KeylessTests(PostgresSource source) : IClassFixture<PostgresSource>
{
    [Theory]
    [InlineData(128L << 20)]
    [InlineData(1L)]
    public async Task Equal_records_are_kept_and_a_change_is_a_delete_and_an_insert(long memory)
    {
        var table = $"ds_{memory}";
        await using var hub = await TestHub.StartAsync(o => o.DiffMemory = memory);
        var settings = source.Settings;
        await hub.AddSourceAsync("kho", "postgres", settings.Username, settings.Password, [.. settings.Settings.Select(s => $"{s.Key}={s.Value}")]);
        await source.Do($"CREATE TABLE {table} (ten text, so int); INSERT INTO {table} VALUES ('a', 1), ('a', 1), ('a', 1), ('b', NULL), ('b', NULL), ('Đà', 3)");
        var dataset = await hub.AddDatasetAsync(Contract(table));
        var first = await hub.RunAsync(dataset);
        Assert.Equal((6, 6, 0), (first.Read, first.New, first.Duplicate));
        Assert.Equal(["a:3", "b:2", "Đà:1"], await CountsAsync(hub, dataset));

        await source.Do($"CREATE TABLE t2 AS SELECT * FROM {table} ORDER BY ten DESC; DROP TABLE {table}; ALTER TABLE t2 RENAME TO {table}");
        Assert.Equal("unchanged", (await hub.RunAsync(dataset)).State);

        await source.Do($"INSERT INTO {table} VALUES ('a', 1), ('c', 4); DELETE FROM {table} WHERE ctid = (SELECT min(ctid) FROM {table} WHERE ten = 'b'); "
            + $"UPDATE {table} SET so = 5 WHERE ten = 'Đà'");
        var second = await hub.RunAsync(dataset, r => r.ExpectRemoved = 10);
        Assert.Equal(("published", 3L, 0L, 2L, 4L), (second.State, second.New, second.Changed, second.Removed, second.Unchanged));
        Assert.Equal(["a:4", "b:1", "c:1", "Đà:1"], await CountsAsync(hub, dataset));
    }

    private static async Task<List<string>> CountsAsync(TestHub hub, Dataset dataset)
    {
        await using var data = Npgsql.NpgsqlDataSource.Create(hub.Database.ConnectionString + ";Pooling=false");
        await using var find = data.CreateCommand($"SELECT current_table FROM hub.store_pairs WHERE dataset_id = {dataset.Id}");
        var table = await find.ExecuteScalarAsync();
        await using var command = data.CreateCommand($"SELECT c1 || ':' || count(*) FROM {table} GROUP BY c1 ORDER BY c1");
        await using var reader = await command.ExecuteReaderAsync();
        var counts = new List<string>();
        while (await reader.ReadAsync())
        {
            counts.Add(reader.GetString(0));
        }

        return counts;
    }

    private static string Contract(string table) => LabContract.Yaml(
        "lab", ["name: ten, logicalType: string", "name: so, logicalType: integer"], ["hub.source=kho", $"hub.table={table}"]);
}
