using Npgsql;

namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>Random transactions of several sessions that really run beside the pulls: whenever the sector rests, the log's version is that of a plain full pull.</summary>
public sealed class CaptureHistoryTests(CaptureHub lab) : IClassFixture<CaptureHub>
{
    private const int Writers = 3;
    private const int Rounds = 4;

    [Theory]
    [InlineData("lich_su", "", 1)]
    [InlineData("lich_su_pv", "PARTITION BY HASH (nhom)", 2)]
    public async Task The_log_and_a_full_pull_agree_whenever_the_sector_rests(string table, string partitions, int seed)
    {
        await lab.Source.Do($"CREATE TABLE {table} (nhom int, ma text, gia numeric, lon text, PRIMARY KEY (nhom, ma)) {partitions}");
        for (var i = 0; partitions.Length > 0 && i < 3; i++)
        {
            await lab.Source.Do($"CREATE TABLE {table}_{i} PARTITION OF {table} FOR VALUES WITH (MODULUS 3, REMAINDER {i})");
        }

        await lab.Source.Do($"ALTER PUBLICATION datahub SET (publish_via_partition_root = true); ALTER PUBLICATION datahub ADD TABLE {table}");
        var followed = await lab.RegisterAsync(table, "kho",
            "name: nhom, logicalType: integer, primaryKey: true, primaryKeyPosition: 1", "name: ma, logicalType: string, primaryKey: true, primaryKeyPosition: 2",
            "name: gia, logicalType: number, customProperties: [{property: hub.type, value: 'decimal(14,3)'}]", "name: lon, logicalType: string");
        var random = new Random(seed);
        var windows = 0;
        for (var round = 0; round < Rounds; round++)
        {
            // A truncation empties what the others write: it comes alone in its transaction, in some of the rounds.
            var writers = Enumerable.Range(0, Writers).Select(w => WriteAsync(table, w, random.Next(), truncates: w == 0 && round == 2)).ToArray();
            var writing = Task.WhenAll(writers);
            while (!writing.IsCompleted)
            {
                windows += await PullAsync(followed);
            }

            await writing;
            windows += await PullAsync(followed);
            await followed.AssertSameAsync();
        }

        Assert.True(windows >= Rounds, $"{windows} pulls by the log");
        await followed.ForgetAsync();
    }

    private static async Task<int> PullAsync(Followed followed)
    {
        var run = await followed.RunAsync();
        Assert.True(run.State is "published" or "unchanged", run.Error);
        return run.Pulled == "window" ? 1 : 0;
    }

    private async Task WriteAsync(string table, int writer, int seed, bool truncates)
    {
        var random = new Random(seed);
        await using var connection = await lab.Source.OpenAsync();
        for (var i = 0; i < 40; i++)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            if (random.Next(3) == 0)
            {
                await ExecuteAsync(connection, "SET LOCAL synchronous_commit = off");
            }

            for (var statement = random.Next(1, 5); statement > 0; statement--)
            {
                await ChangeAsync(connection, transaction, Change(table, random, writer), random);
            }

            await (random.Next(5) == 0 ? transaction.RollbackAsync() : transaction.CommitAsync());
        }

        if (truncates)
        {
            await ExecuteAsync(connection, $"TRUNCATE {table}");
        }
    }

    private static async Task ChangeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, Random random)
    {
        if (random.Next(3) > 0)
        {
            await ExecuteAsync(connection, sql);
            return;
        }

        await transaction.SaveAsync("s");
        await ExecuteAsync(connection, sql);
        await (random.Next(2) == 0 ? transaction.RollbackAsync("s") : transaction.ReleaseAsync("s"));
    }

    // Writers have keys of their own, so that none waits for another; groups and with them partitions are shared.
    private static string Change(string table, Random random, int writer)
    {
        var (group, key) = (random.Next(4), $"'{writer}·ề{random.Next(12)}'");
        return random.Next(8) switch
        {
            0 => $"DELETE FROM {table} WHERE nhom = {group} AND ma = {key}",
            1 => $"DELETE FROM {table} WHERE ma LIKE '{writer}·%' AND nhom = {group}",
            2 => $"DELETE FROM {table} WHERE (nhom, ma) = ({(group + 1) % 4}, {key}); UPDATE {table} SET nhom = {(group + 1) % 4} WHERE nhom = {group} AND ma = {key}",
            3 => $"UPDATE {table} SET gia = gia + 0.5 WHERE ma LIKE '{writer}·%'",
            4 => $"INSERT INTO {table} SELECT {group}, '{writer}·ề' || g, g, NULL FROM generate_series(0, 11) g ON CONFLICT DO NOTHING",
            _ => $"""
                INSERT INTO {table} VALUES ({group}, {key}, {random.Next(1000)}.25, (SELECT string_agg(md5(({random.Next()} + g)::text), '') FROM generate_series(1, {random.Next(1, 200)}) g))
                ON CONFLICT (nhom, ma) DO UPDATE SET gia = excluded.gia
                """,
        };
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
