namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>Partitioned tables, followed by the table above (publish_via_partition_root) or by one partition.</summary>
public sealed class CapturePartitionTests(CaptureHub lab) : IClassFixture<CaptureHub>
{
    private static readonly string[] Columns =
    [
        "name: nam, logicalType: integer, primaryKey: true, primaryKeyPosition: 1", "name: id, logicalType: integer, primaryKey: true, primaryKeyPosition: 2",
        "name: ten, logicalType: string",
    ];

    [Fact]
    public async Task A_partitioned_table_with_all_that_can_happen_to_its_partitions()
    {
        var followed = await PartitionAsync("pv");
        Assert.Contains("publish_via_partition_root", await followed.ErrorAsync(await followed.RunAsync()), StringComparison.Ordinal);
        Assert.Equal(0, await lab.SlotsAsync());
        await lab.Source.Do("ALTER PUBLICATION datahub SET (publish_via_partition_root = true)");
        Assert.Equal("published full: 40 new, 0 changed, 0 removed", await followed.PullAsync());

        // One record changes its partition.
        await lab.Source.Do("INSERT INTO pv VALUES (2024, 50, 'a'); UPDATE pv SET ten = 'b' WHERE id = 1; UPDATE pv SET nam = 2025 WHERE nam = 2024 AND id = 2; DELETE FROM pv WHERE id = 3");
        Assert.Equal("published window: 2 new, 1 changed, 2 removed", await followed.PullAsync());
        await followed.AssertSameAsync();

        await ReadsAllAsync("TRUNCATE pv_2024", "0 new, 0 changed, 20 removed");
        await ReadsAllAsync("CREATE TABLE pv_2026 PARTITION OF pv FOR VALUES IN (2026); INSERT INTO pv VALUES (2026, 1, 'x')", "1 new, 0 changed, 0 removed");
        await ReadsAllAsync("ALTER TABLE pv DETACH PARTITION pv_2026; INSERT INTO pv_2026 VALUES (2026, 2, 'ngoài'); ALTER TABLE pv ATTACH PARTITION pv_2026 FOR VALUES IN (2026)",
            "1 new, 0 changed, 0 removed");
        await ReadsAllAsync("DROP TABLE pv_2026", "0 new, 0 changed, 2 removed");
        await ReadsAllAsync("TRUNCATE pv", "0 new, 0 changed, 20 removed");
        await lab.Source.Do("INSERT INTO pv VALUES (2024, 1, 'sau')");
        Assert.Equal("published window: 1 new, 0 changed, 0 removed", await followed.PullAsync());

        // A partition says nothing in its own name now.
        var partition = await lab.RegisterAsync("pv_2025", "kho", Columns);
        Assert.Contains("publish_via_partition_root", await partition.ErrorAsync(await partition.RunAsync()), StringComparison.Ordinal);
        await followed.ForgetAsync();

        await lab.Source.Do("ALTER PUBLICATION datahub SET (publish_via_partition_root = false); ALTER PUBLICATION datahub ADD TABLE pv_2025; INSERT INTO pv VALUES (2025, 7, 'riêng')");
        Assert.Equal("published full: 1 new, 0 changed, 0 removed", await partition.PullAsync());
        await lab.Source.Do("UPDATE pv SET nam = 2025 WHERE nam = 2024; DELETE FROM pv WHERE id = 7");
        Assert.Equal("published window: 1 new, 0 changed, 1 removed", await partition.PullAsync());
        await partition.AssertSameAsync();
        await partition.ForgetAsync();

        async Task ReadsAllAsync(string sql, string expected)
        {
            foreach (var statement in sql.Split("; "))
            {
                await lab.Source.Do(statement);
            }

            Assert.Equal("published full: " + expected, await followed.PullAsync());
            await followed.AssertSameAsync();
        }
    }

    [Fact]
    public async Task Inheritance_and_tables_without_a_log_are_refused()
    {
        var parent = await lab.FollowAsync("ke_thua", "(nam int, id int, ten text, PRIMARY KEY (nam, id))", Columns);
        await lab.Source.Do("CREATE TABLE con () INHERITS (ke_thua)");
        var unlogged = await lab.RegisterAsync("khong_ghi", "kho", Columns);
        await lab.Source.Do("CREATE UNLOGGED TABLE khong_ghi (nam int, id int, ten text, PRIMARY KEY (nam, id))");

        foreach (var followed in new[] { parent, unlogged })
        {
            Assert.Contains("SET LOGGED", await followed.ErrorAsync(await followed.RunAsync()), StringComparison.Ordinal);
        }

        await lab.Source.Do("DROP TABLE con");
        Assert.Equal("published full: 0 new, 0 changed, 0 removed", await parent.PullAsync());
        await parent.ForgetAsync();
    }

    private async Task<Followed> PartitionAsync(string table)
    {
        await lab.Source.Do($"""
            CREATE TABLE {table} (nam int, id int, ten text, PRIMARY KEY (nam, id)) PARTITION BY LIST (nam);
            CREATE TABLE {table}_2024 PARTITION OF {table} FOR VALUES IN (2024); CREATE TABLE {table}_2025 PARTITION OF {table} FOR VALUES IN (2025);
            INSERT INTO {table} SELECT 2024 + g % 2, g, 'ô' FROM generate_series(0, 39) g; ALTER PUBLICATION datahub ADD TABLE {table}
            """);
        return await lab.RegisterAsync(table, "kho", Columns);
    }
}
