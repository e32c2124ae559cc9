using DataHub.Storage.ControlPlane;
using DataHub.TestKit;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>One real dataset (provinces, districts, wards of Viet Nam) at twelve dates, loaded in order.</summary>
public sealed class UnitsHistoryTests
{
    [Theory]
    [InlineData("provinces", 1)]
    [InlineData("districts", 5)]
    [InlineData("wards", 11)]
    public async Task Every_changed_file_becomes_a_version_that_never_changes(string file, int versions)
    {
        Assert.SkipWhen(SharedData.Root is null, SharedData.Missing);
        await using var hub = await TestHub.StartAsync();
        await hub.AddSourceAsync("units", "csv", null, null, "folder=.");
        var dates = Directory.GetDirectories(SharedData.Path("vn-admin", "history")).Order(StringComparer.Ordinal).ToList();
        var dataset = await hub.AddDatasetAsync(Contract(file, Header(dates[0], file)));
        var contents = new List<IReadOnlyDictionary<string, string[]>>();
        foreach (var date in dates)
        {
            File.Copy(Path.Combine(date, file + ".csv"), Path.Combine(hub.Files, file + ".csv"), overwrite: true);
            var run = await hub.RunAsync(dataset);
            var content = Read(date, file);
            var changed = contents.Count == 0 || !Same(contents[^1], content);
            Assert.Equal(changed ? "published" : "unchanged", run.State);
            Assert.Equal(content.Count, run.Read);
            AssertCounts(run, contents.LastOrDefault(), content);
            if (changed)
            {
                contents.Add(content);
            }
        }

        Assert.Equal(versions, contents.Count);
        for (var seq = 1; seq <= versions; seq++)
        {
            Assert.True(Same(contents[seq - 1], await ReadVersionAsync(hub, dataset, seq)), $"version {seq} differs from its file");
        }
    }

    private static void AssertCounts(
        Run run, IReadOnlyDictionary<string, string[]>? before, IReadOnlyDictionary<string, string[]> after)
    {
        before ??= new Dictionary<string, string[]>();
        Assert.Equal(0, run.Rejected);
        Assert.Equal(after.Keys.Count(k => !before.ContainsKey(k)), run.New);
        Assert.Equal(after.Count(r => before.TryGetValue(r.Key, out var old) && !old.SequenceEqual(r.Value)), run.Changed);
        Assert.Equal(before.Keys.Count(k => !after.ContainsKey(k)), run.Removed);
        Assert.Equal(run.Read, run.New + run.Changed + run.Unchanged + run.Rejected + run.Duplicate);
    }

    private static string[] Header(string folder, string file) => File.ReadLines(Path.Combine(folder, file + ".csv")).First().Split(',');

    // These files have no quoted field: a split is their whole grammar, independent of the hub's reader.
    private static IReadOnlyDictionary<string, string[]> Read(string folder, string file)
    {
        var lines = File.ReadAllLines(Path.Combine(folder, file + ".csv"));
        Assert.DoesNotContain(lines, l => l.Contains('"'));
        return lines.Skip(1).Select(l => l.Split(',')).ToDictionary(c => c[0]);
    }

    private static bool Same(IReadOnlyDictionary<string, string[]> a, IReadOnlyDictionary<string, string[]> b) =>
        a.Count == b.Count && a.All(r => b.TryGetValue(r.Key, out var other) && other.SequenceEqual(r.Value));

    private static async Task<IReadOnlyDictionary<string, string[]>> ReadVersionAsync(TestHub hub, Dataset dataset, int seq)
    {
        await using var db = await hub.OpenAsync();
        var pair = await db.StorePairs.SingleAsync(p => p.DatasetId == dataset.Id);
        var columns = await db.StoredColumns.Where(c => c.DatasetId == dataset.Id).OrderBy(c => c.ColumnId).ToListAsync();
        var names = string.Join(", ", columns.Select(c => $"coalesce(c{c.ColumnId}::text, '')"));
        await using var source = NpgsqlDataSource.Create(hub.Database.ConnectionString);
        await using var command = source.CreateCommand($"""
            SELECT ARRAY[{names}] FROM {pair.CurrentTable} WHERE v_from <= {seq}
            UNION ALL SELECT ARRAY[{names}] FROM {pair.HistoryTable} WHERE v_from <= {seq} AND v_to > {seq}
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new Dictionary<string, string[]>();
        while (await reader.ReadAsync())
        {
            var row = reader.GetFieldValue<string[]>(0);
            rows.Add(row[0], row);
        }

        return rows;
    }

    private static string Contract(string file, string[] columns) => $"""
        apiVersion: v3.1.0
        kind: DataContract
        id: vn-{file}
        name: vn-{file}
        version: 1.0.0
        status: active
        schema:
          - name: {file}
            properties:
        {string.Join("\n", columns.Select((c, i) => $"      - {{name: {c}, logicalType: string, physicalType: text{(i == 0 ? ", primaryKey: true, primaryKeyPosition: 1, required: true" : "")}}}"))}
        customProperties:
          - {"{"}property: hub.provider, value: 000.00.00.H61{"}"}
          - {"{"}property: hub.source, value: units{"}"}
          - {"{"}property: hub.file, value: {file}.csv{"}"}
          - {"{"}property: hub.access, value: open{"}"}
        """;
}
