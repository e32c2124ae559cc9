using DataHub.Core.Contracts;
using DataHub.Storage.Catalogue;
using DataHub.Storage.Queries;
using DataHub.Storage.Tests.Kit;
using DataHub.Storage.Versions;
using Npgsql;
using Xunit;

namespace DataHub.Storage.Tests.Versions;

/// <summary>Pages stay index walks on a table of some size, and a publication between two statements never shows.</summary>
public sealed class ReadingTests : IAsyncLifetime
{
    private static readonly DataContract Contract = StoreLab.Contract(
        "1.0.0", "{name: k, logicalType: string, primaryKey: true}", "{name: a, logicalType: string}");

    private StoreLab lab = null!;
    private LabDataset dataset = null!;

    public async ValueTask InitializeAsync()
    {
        lab = await StoreLab.StartAsync();
        dataset = await lab.AddAsync(Contract);
    }

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Fact]
    public async Task A_page_of_any_version_sorts_nothing_and_reads_history_only_behind_the_head()
    {
        var line = await GrowAsync(20_000);
        var sql = RecordSql.For(line, line.Layout.Columns);
        foreach (var version in new[] { 2, 3, 4 })
        {
            foreach (var (text, values) in new (string, object[])[] { (sql.FirstAsOf, [version, 100]), (sql.NextAsOf, [version, "k010000", 100]) })
            {
                var plan = await ExplainAsync(text, values);
                Assert.DoesNotContain("Seq Scan on d", plan, StringComparison.Ordinal);
                Assert.All(SortedRows(plan), rows => Assert.True(rows <= 10, plan));
                Assert.Contains("Merge Append", plan, StringComparison.Ordinal);
                Assert.True(plan.Split("Limit").Length >= 4, plan);
                Assert.Equal(version == 4, plan.Contains("never executed", StringComparison.Ordinal));
            }
        }

        var latest = await ExplainAsync(sql.NextLatest, [4, "k010000", 100]);
        Assert.Contains("Index Scan", latest, StringComparison.Ordinal);
        Assert.DoesNotContain("_hist", latest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readers_plan_with_their_values_so_that_a_small_step_back_does_not_walk_history()
    {
        var line = await GrowAsync(20_000);
        await using var connection = await lab.Connections.Read.OpenConnectionAsync();
        await using var mode = new NpgsqlCommand("SHOW plan_cache_mode", connection);
        Assert.Equal("force_custom_plan", await mode.ExecuteScalarAsync());

        // Version 3 has three rows of its own in history; all others there ended earlier.
        var plan = await ExplainAsync(RecordSql.For(line, line.Layout.Columns).FirstAsOf, [3, 100]);
        var history = plan.Split('\n').SkipWhile(l => !l.Contains("_hist", StringComparison.Ordinal)).Take(8);
        foreach (var removed in history.Where(l => l.Contains("Rows Removed by Filter", StringComparison.Ordinal)))
        {
            Assert.True(int.Parse(removed.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture) < 200, plan);
        }
    }

    [Fact]
    public async Task A_version_resolved_before_a_publication_is_answered_with_its_own_rows()
    {
        await lab.PublishAsync(dataset, ["a", "1"], ["b", "1"]);
        var stale = await lab.LineAsync(dataset);
        await lab.PublishAsync(dataset, ["a", "2"], ["c", "1"]);

        // The line says head 1, which was so when it was read.
        Assert.Equal(["a1", "b1"], await PageAsync(stale, 1, mustBeHead: false));
        Assert.Equal(["b1"], await OneAsync(stale, 1, "b"));
        Assert.Empty(await OneAsync(stale, 1, "c"));
        Assert.Null(await lab.Queries.PageAsync(Query(stale, 1, mustBeHead: true), null, 10, CancellationToken.None));
        Assert.Null(await lab.Queries.OneAsync(Query(stale, 1, mustBeHead: true), ["b"], CancellationToken.None));
        Assert.Equal(["a2", "c1"], await PageAsync(await lab.LineAsync(dataset), 2, mustBeHead: true));
    }

    [Fact]
    public async Task Readers_beside_a_publisher_never_see_a_mixture()
    {
        await lab.PublishAsync(dataset, Version(1));
        var line = await lab.LineAsync(dataset);
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(r => Task.Run(async () =>
        {
            var reads = 0;
            while (!done.IsCancellationRequested || reads < 20)
            {
                var head = await lab.ScalarAsync<int>($"SELECT seq FROM hub.heads WHERE dataset_id = {dataset.Id}");
                var version = Math.Max(1, head - (reads % 3));
                Assert.Equal(Version(version).Select(x => x[0] + x[1]), await PageAsync(line with { Head = reads % 2 == 0 ? version : 0 }, version, mustBeHead: false));
                reads++;
            }
        })).ToList();
        for (var version = 2; version <= 25; version++)
        {
            await lab.PublishAsync(dataset, Version(version));
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
    }

    // Keys come, change and go with the version's number.
    private static string?[][] Version(int version) =>
        [.. Enumerable.Range(0, 12).Where(k => (k + version) % 4 != 0).Select(k => new[] { "k" + (char)('a' + k), ((version + k) / 3).ToString(System.Globalization.CultureInfo.InvariantCulture) })];

    /// <summary>Version 1 whole, 2 with every tenth changed, 3 with three, 4 with three others.</summary>
    private async Task<StoreLine> GrowAsync(int count)
    {
        for (var version = 1; version <= 4; version++)
        {
            await lab.PublishAsync(dataset, [.. Enumerable.Range(0, count).Select(i => new[] { $"k{i:d6}", Value(i, version) })]);
        }

        var line = await lab.LineAsync(dataset);
        await lab.ExecuteAsync($"VACUUM ANALYZE {line.Pair!.Current}");
        await lab.ExecuteAsync($"VACUUM ANALYZE {line.Pair.History}");
        return line;
    }

    // Few rows of history may be sorted when an index leads straight to them; current never.
    private static IEnumerable<int> SortedRows(string plan) => plan.Split('\n').Where(l => l.Contains("Sort (actual", StringComparison.Ordinal))
        .Select(l => int.Parse(l.Split("rows=")[1].Split([' ', '.'])[0], System.Globalization.CultureInfo.InvariantCulture));

    private static string Value(int i, int version) => (version >= 2 && i % 10 == 0, version >= 3 && i % 7_000 == 1, version >= 4 && i % 7_000 == 2).ToString();

    private async Task<string> ExplainAsync(string text, object[] values)
    {
        await using var command = lab.Connections.Read.CreateCommand("EXPLAIN (ANALYZE, COSTS off, TIMING off) " + text);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await reader.ReadAsync())
        {
            plan.Add(reader.GetString(0));
        }

        return string.Join('\n', plan);
    }

    private static RecordQuery Query(StoreLine line, int version, bool mustBeHead) =>
        new(line, new VersionEntry(version, 1, 0, 0, 0, 0, default, default), line.Layout.Columns, mustBeHead);

    private async Task<List<string>> PageAsync(StoreLine line, int version, bool mustBeHead) =>
        await ReadAsync(await lab.Queries.PageAsync(Query(line, version, mustBeHead), null, 1_000, CancellationToken.None));

    private async Task<List<string>> OneAsync(StoreLine line, int version, string key) =>
        await ReadAsync(await lab.Queries.OneAsync(Query(line, version, mustBeHead: false), [key], CancellationToken.None));

    private static async Task<List<string>> ReadAsync(RecordRows? rows)
    {
        Assert.NotNull(rows);
        await using (rows)
        {
            var read = new List<string>();
            while (await rows.Reader.ReadAsync())
            {
                read.Add(rows.Reader.GetString(0) + rows.Reader.GetString(1));
            }

            return read;
        }
    }
}
