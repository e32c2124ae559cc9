using System.Globalization;
using System.Text;
using DataHub.Core.Contracts;
using DataHub.Core.Validation;
using DataHub.Core.Versioning;
using DataHub.Storage.Catalogue;
using DataHub.Storage.Exports;
using DataHub.Storage.Queries;
using DataHub.Storage.Tests.Kit;
using DataHub.Storage.Versions;
using Npgsql;
using Xunit;

namespace DataHub.Storage.Tests.Exports;

/// <summary>Whole versions read range by range: nothing lost, nothing twice, whatever the keys are and whatever is published meanwhile.</summary>
public sealed class VersionExportTests : IAsyncLifetime
{
    private static readonly DataContract Numbered = StoreLab.Contract("1.0.0",
        "{name: k, logicalType: integer, primaryKey: true, customProperties: [{property: hub.type, value: int32}]}", "{name: a, logicalType: string}");

    private StoreLab lab = null!;

    public async ValueTask InitializeAsync() => lab = await StoreLab.StartAsync();

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Fact]
    public async Task Every_number_of_records_around_a_range_is_whole()
    {
        var dataset = await lab.AddAsync(Numbered);
        foreach (var size in new[] { 1, 0, 3, 4, 5, 7, 8, 9 })
        {
            var seq = await lab.PublishAsync(dataset, Records(size));
            for (var version = 1; version <= seq; version++)
            {
                var expected = await PageAsync(dataset, version);
                var target = await ExportAsync(dataset, version, 4);
                Assert.Equal(expected, target.Records);
                Assert.Equal((expected.Count + 3) / 4, target.Ranges);
            }

            Assert.Equal(size, (await ExportAsync(dataset, seq, 4)).Records.Count);
        }
    }

    [Fact]
    public async Task Keys_of_every_type_bound_their_ranges_exactly()
    {
        string[] types = ["int64", "decimal(28,10)", "float64", "boolean", "date", "time", "timestamp", "bytes"];
        string[] logical = ["integer", "number", "number", "boolean", "date", "time", "timestamp", "string"];
        var dataset = await lab.AddAsync(StoreLab.Contract("1.0.0",
        [
            .. types.Select((t, i) => $"{{name: k{i}, logicalType: {logical[i]}, primaryKey: true, primaryKeyPosition: {i + 1}, customProperties: [{{property: hub.type, value: '{t}'}}]}}"),
            "{name: a, logicalType: string}",
        ]));
        string[][] values =
        [
            ["-9223372036854775808", "9223372036854775807"], ["-0.0000000001", "123456789012345678.0000000001"], ["0.30000000000000004"],
            ["false", "true"], ["0001-01-01", "9999-12-31"], ["23:59:59.999999"],
            ["0001-01-01T00:00:00Z", "2026-11-23T01:02:03.000001Z"], ["", "AP8Q"],
        ];
        var records = values.Aggregate(new List<string?[]> { Array.Empty<string>() }, (rows, next) => [.. rows.SelectMany(r => next.Select(v => (string?[])[.. r, v]))])
            .Select((r, i) => (string?[])[.. r, $"a{i}"]).ToArray();
        await lab.PublishAsync(dataset, records);

        var target = await ExportAsync(dataset, 1, 1);
        Assert.Equal(records.Length, target.Records.Count);
        Assert.Equal(await PageAsync(dataset, 1), target.Records);
        Assert.Equal(target.Records, await WalkAsync(dataset));
    }

    [Fact]
    public async Task Text_keys_bound_their_ranges_by_code_point_whatever_they_hold()
    {
        var dataset = await lab.AddAsync(StoreLab.Contract("1.0.0",
            "{name: k, logicalType: string, primaryKey: true, primaryKeyPosition: 2}", "{name: g, logicalType: string, primaryKey: true, primaryKeyPosition: 1}"));
        string[] keys =
        [
            "", "a,b", "a\"b", "a'b", "'; DROP TABLE x; --", "NULL", "null", "\\N", "\\", "$1", "{a,b}", "(1,2)", "\n", "\r\n", "\t", " ", "Huế", "Huế".Normalize(NormalizationForm.FormD),
            "ệ", "Đ", "z", "Z", "\U0001F600", "\uffff", "%s", "00123", "1e5", new string('k', RecordEncoder.IndexedBytes / 2),
        ];
        await lab.PublishAsync(dataset, [.. keys.SelectMany(k => new[] { "", "Huế", "a,b" }.Select(g => (string?[])[k, g]))]);

        var target = await ExportAsync(dataset, 1, 1);
        Assert.Equal(keys.Length * 3, target.Records.Count);
        Assert.Equal(await PageAsync(dataset, 1), target.Records);
    }

    [Fact]
    public async Task A_version_stays_itself_while_others_are_published_beneath_its_export()
    {
        var dataset = await lab.AddAsync(Numbered);
        await lab.PublishAsync(dataset, Records(40));
        await lab.PublishAsync(dataset, [.. Records(40).Where((_, i) => i % 7 != 3)]);
        foreach (var version in new[] { 2, 1 })
        {
            var expected = await PageAsync(dataset, version);
            var round = 0;
            var target = await ExportAsync(dataset, version, 5, async () =>
            {
                var (from, stamp) = (++round, round);
                await lab.PublishAsync(dataset, [.. Records(45).Where((_, i) => (i + from) % 3 != 0).Select(r => (string?[])[r[0], $"{r[1]} {version} {stamp}"])]);
            });
            Assert.Equal(expected, target.Records);
            Assert.True(target.Ranges > 5);
        }
    }

    [Fact]
    public async Task A_store_that_lacks_a_record_or_has_one_too_many_is_a_fault()
    {
        var dataset = await lab.AddAsync(Numbered);
        await lab.PublishAsync(dataset, Records(10));
        var line = await lab.LineAsync(dataset);
        var current = line.Pair!.Current;
        await lab.ExecuteAsync($"INSERT INTO {current} SELECT 11, c2, v_from, row_hash FROM {current} WHERE c1 = 1");
        await Assert.ThrowsAsync<InvalidOperationException>(() => ExportAsync(dataset, 1, 4));
        await lab.ExecuteAsync($"DELETE FROM {current} WHERE c1 IN (5, 11)");
        await Assert.ThrowsAsync<InvalidOperationException>(() => ExportAsync(dataset, 1, 4));
    }

    [Fact]
    public async Task Between_two_ranges_no_lock_and_no_snapshot_is_held()
    {
        var dataset = await lab.AddAsync(Numbered);
        await lab.PublishAsync(dataset, Records(12));
        var current = (await lab.LineAsync(dataset)).Pair!.Current;
        var added = 0;
        await ExportAsync(dataset, 1, 4, async () =>
        {
            await lab.ExecuteAsync($"SET lock_timeout = '100ms'; ALTER TABLE {current} ADD COLUMN x{++added} text; RESET lock_timeout");
            Assert.Equal(["idle|∅"], await lab.TextsAsync("SELECT state, backend_xmin::text FROM pg_stat_activity WHERE application_name = 'datahub-export' AND datname = current_database()"));
        });
        Assert.Equal(3, added);
    }

    [Fact]
    public async Task A_range_is_an_index_walk_from_its_key()
    {
        var dataset = await lab.AddAsync(Numbered);
        await lab.PublishAsync(dataset, Records(1));
        var line = await lab.LineAsync(dataset);
        await lab.ExecuteAsync($"INSERT INTO {line.Pair!.Current} SELECT i, 'a', 1, gen_random_uuid() FROM generate_series(1000, 30000) i; ANALYZE {line.Pair.Current}");
        var sql = new ExportSql(Query(line, await VersionAsync(dataset, 1), latest: true));
        foreach (var copy in new[] { sql.Latest(true, 100), sql.AsOf(true, 100) })
        {
            await using var connection = await lab.Connections.Export.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var set = new NpgsqlCommand(sql.SetKey, connection, transaction) { Parameters = { new() { Value = "29000" } } };
            await set.ExecuteNonQueryAsync();
            await using var explain = new NpgsqlCommand("EXPLAIN (ANALYZE, COSTS OFF) " + copy["COPY (".Length..copy.LastIndexOf(") TO STDOUT", StringComparison.Ordinal)], connection, transaction);
            await using var reader = await explain.ExecuteReaderAsync();
            var plan = new StringBuilder();
            while (await reader.ReadAsync())
            {
                plan.AppendLine(reader.GetString(0));
            }

            Assert.Contains("Index Cond: (c1 > (current_setting", plan.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("Seq Scan on d", plan.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("Rows Removed", plan.ToString(), StringComparison.Ordinal);
        }
    }

    private static string?[][] Records(int count) => [.. Enumerable.Range(1, count).Select(i => (string?[])[i.ToString(CultureInfo.InvariantCulture), $"a{i}"])];

    private static RecordQuery Query(StoreLine line, VersionEntry version, bool latest) => new(line, version, line.Layout.Columns, latest);

    private async Task<VersionEntry> VersionAsync(LabDataset dataset, int seq) => new(seq, 1, 0, seq, dataset.Revision,
        await lab.ScalarAsync<long>($"SELECT records FROM hub.versions WHERE dataset_id = {dataset.Id} AND seq = {seq}"), default, default);

    private async Task<Collected> ExportAsync(LabDataset dataset, int seq, int range, Func<Task>? between = null)
    {
        var line = await lab.LineAsync(dataset);
        var target = new Collected(line.Layout.Columns, between);
        await using var connection = await lab.Connections.Export.OpenConnectionAsync();
        await new VersionExport(connection, Query(line, await VersionAsync(dataset, seq), false)) { LargestRange = range }.RunAsync(target, CancellationToken.None);
        return target;
    }

    // Record by record, as a caller walks by cursor: the first and the last day of the calendar are days like others.
    private async Task<List<string>> WalkAsync(LabDataset dataset)
    {
        var line = await lab.LineAsync(dataset);
        var version = await VersionAsync(dataset, 1);
        var records = new List<string>();
        for (object[]? after = null; records.Count < version.Records;)
        {
            await using var rows = await lab.Queries.PageAsync(Query(line, version, false), after, 1, CancellationToken.None);
            Assert.True(await rows!.Reader.ReadAsync(), $"nothing behind {records.LastOrDefault()}");
            records.Add(Collected.Text(new ReaderRow(rows.Reader), line.Layout.Columns));
            after = [.. line.Layout.Key.Select((k, i) => KeyOf(rows.Reader, line.Layout.Columns.Count + i, k.Type.Kind))];
        }

        return records;
    }

    private static object KeyOf(NpgsqlDataReader reader, int at, ColumnKind kind) => kind switch
    {
        ColumnKind.Date => reader.GetFieldValue<DateOnly>(at),
        ColumnKind.Time => reader.GetFieldValue<TimeOnly>(at),
        _ => reader.GetValue(at),
    };

    // The other way to read a version: one page by the database reader.
    private async Task<List<string>> PageAsync(LabDataset dataset, int seq)
    {
        var line = await lab.LineAsync(dataset);
        await using var rows = await lab.Queries.PageAsync(Query(line, await VersionAsync(dataset, seq), false), null, 50_000, CancellationToken.None);
        var (row, records) = (new ReaderRow(rows!.Reader), new List<string>());
        while (await rows.Reader.ReadAsync())
        {
            records.Add(Collected.Text(row, line.Layout.Columns));
        }

        return records;
    }
}
