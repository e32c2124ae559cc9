using DataHub.Core.Records;
using Microsoft.Data.Sqlite;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>One pull is one snapshot, whatever a writer does beside it, and leaves nothing behind.</summary>
public sealed class SqliteSnapshotTests : IDisposable
{
    private const string Rows = """
        CREATE TABLE t (n INTEGER PRIMARY KEY, a TEXT); WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 5000)
        INSERT INTO t SELECT n, 'cũ' FROM i
        """;

    private readonly SqliteFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Waits_for_an_exclusive_lock_then_says_so_as_a_transient_error()
    {
        folder.Do(Rows);
        using var writer = folder.Open();
        writer.Do("BEGIN EXCLUSIVE; UPDATE t SET a = 'mới'");

        var error = await Refusal(() => folder.Adapter.TestAsync(folder.Settings, default));
        Assert.Equal(("source_locked", true), (error.Code, error.IsTransient));
        Assert.Contains("kho.db", error.Detail("vi"), StringComparison.Ordinal);
        using var stop = new CancellationTokenSource();
        var waiting = folder.Adapter.TestAsync(folder.With(SqliteFolder.Name, 3600), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        var patient = ReadAll(folder.Adapter, folder.With(SqliteFolder.Name, 3600), Contract(Table("t"), "a"));
        writer.Do("COMMIT");
        Assert.All((await patient).Rows, r => Assert.Equal("mới", r[0]));
    }

    [Fact]
    public async Task Sees_the_log_of_a_writer_and_nothing_that_it_commits_later()
    {
        using var writer = folder.Open();
        writer.Do("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;" + Rows);
        var before = folder.Names.ToArray();
        await using (var reader = await folder.Adapter.OpenAsync(folder.Settings, Contract(Table("t"), "a"), default))
        {
            var batch = new RecordBatch(reader.Fields, 100);
            Assert.True(await reader.ReadAsync(batch, default));
            writer.Do("UPDATE t SET a = 'mới'; DELETE FROM t WHERE n > 4000; PRAGMA wal_checkpoint(PASSIVE)");
            var old = batch.Count;
            while (await reader.ReadAsync(batch, default))
            {
                old += Enumerable.Range(0, batch.Count).Count(i => Show(batch.Columns[0], i) == "cũ");
            }

            Assert.Equal(5000, old);
            Assert.InRange(reader.AsOf, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));
        }

        Assert.Equal(before, folder.Names);
        Assert.Equal(4000, (await ReadAll(folder.Adapter, folder.Settings, Contract(Table("t"), "a"))).Rows.Count(r => r[0] == "mới"));
        writer.Do("PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO t VALUES (9999, 'ghi được')");
    }

    [Fact]
    public async Task Keeps_a_writer_without_a_log_waiting_only_while_it_reads()
    {
        folder.Do(Rows);
        using var writer = folder.Open();
        await using (var reader = await folder.Adapter.OpenAsync(folder.Settings, Contract(Table("t"), "a"), default))
        {
            var batch = new RecordBatch(reader.Fields, 100);
            Assert.True(await reader.ReadAsync(batch, default));
            Assert.Equal(5, Assert.Throws<SqliteException>(() => writer.Do("UPDATE t SET a = 'mới'")).SqliteErrorCode);
        }

        writer.Do("UPDATE t SET a = 'mới'");
        Assert.Equal(["kho.db"], folder.Names);
    }

    [Fact]
    public async Task Reads_a_logged_database_at_rest_without_writing_beside_it_and_notices_a_writer()
    {
        folder.Do("PRAGMA journal_mode = WAL;" + Rows);
        Assert.Equal(["kho.db"], folder.Names);

        Assert.Equal(5000, (await ReadAll(folder.Adapter, folder.Settings, Contract(Table("t"), "a"))).Rows.Count);
        Assert.Equal(["kho.db"], folder.Names);

        var error = await ReadWhile(() => folder.Do("UPDATE t SET a = 'mới'"));
        Assert.Equal(("source_changed_while_reading", true), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task Notices_a_file_that_is_written_past_the_locks()
    {
        folder.Do(Rows);

        var error = await ReadWhile(() => System.IO.File.AppendAllText(folder.PathOf(SqliteFolder.Name), "x"));

        Assert.Equal("source_changed_while_reading", error.Code);
    }

    private Task<Core.Errors.HubError> ReadWhile(Action write) => Refusal(async () =>
    {
        await using var reader = await folder.Adapter.OpenAsync(folder.Settings, Contract(Table("t"), "a"), default);
        var batch = new RecordBatch(reader.Fields, 100);
        Assert.True(await reader.ReadAsync(batch, default));
        write();
        while (await reader.ReadAsync(batch, default))
        {
        }
    });
}
