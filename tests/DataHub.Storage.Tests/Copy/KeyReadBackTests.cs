using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Validation;
using DataHub.Storage.Loads;
using DataHub.Storage.Tests.Kit;
using DataHub.Storage.Versions;
using Xunit;

namespace DataHub.Storage.Tests.Copy;

/// <summary>A key that the store gives back has the fingerprint that the source's key had: else every pull would remove and add everything.</summary>
public sealed class KeyReadBackTests
{
    public static TheoryData<string, string, string[]> Keys => new()
    {
        { "string", "text", ["a", "", "Huế", "fifteen-bytes-k", "sixteen-bytes-ke", new string('ệ', RecordEncoder.IndexedBytes / 2 / 3)] },
        { "integer", "int32", ["0", "-1", "2147483647", "-2147483648"] },
        { "integer", "int64", ["0", "-1", "9223372036854775807", "-9223372036854775808"] },
        { "number", "decimal(20,4)", ["0", "1.5", "-1.5", "10000", "0.0001", "-9999999999999999.9999", "120"] },
        { "integer", "decimal(28,0)", ["0", "9999999999999999999999999999", "-10000"] },
        { "boolean", "boolean", ["true", "false"] },
        { "date", "date", ["1970-01-01", "0001-01-01", "9999-12-31", "1999-12-31"] },
        { "time", "time", ["00:00", "23:59:59.999999"] },
        { "timestamp", "timestamp", ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "1999-12-31T23:59:59.5Z"] },
        { "string", "bytes", ["", "AA==", "AAA=", "AQIDBAUGBwgJCgsMDQ4P", "AQIDBAUGBwgJCgsMDQ4PEA=="] },
    };

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task A_key_read_back_has_its_fingerprint(string logical, string type, string[] values)
    {
        await using var lab = await StoreLab.StartAsync();
        string[] columns = [$"{{name: k, logicalType: {logical}, primaryKey: true, customProperties: [{{property: hub.type, value: '{type}'}}]}}", "{name: a, logicalType: string}"];
        await CheckAsync(lab, StoreLab.Contract("1.0.0", columns), [.. values.Select(v => new string?[] { v, "x" })]);

        // The same as the second part of a compound key, whose parts carry lengths.
        columns[1] = "{name: a, logicalType: string, primaryKey: true}";
        await CheckAsync(lab, StoreLab.Contract("1.0.0", columns), [.. values.Select(v => new string?[] { v, "x" })]);
    }

    private static async Task CheckAsync(StoreLab lab, DataContract contract, string?[][] records)
    {
        var dataset = await lab.AddAsync(contract);
        await lab.PublishAsync(dataset, records);
        var line = await lab.LineAsync(dataset);
        var target = new LoadTarget(1, 1, line.Layout, line.Pair, line.Head, line.Records, 2);
        await using var keys = await CurrentKeys.OpenAsync(lab.Connections, new StoreSql(line.Layout), line.Pair!.Current, target, CancellationToken.None);
        var stored = new HashSet<UInt128>();
        while (await keys.Tuples.ReadAsync(CancellationToken.None))
        {
            stored.Add(keys.Key(line.Layout, out _));
        }

        Assert.Equal(Fingerprints(contract, line, records).Order(), stored.Order());
        var again = await lab.LoadAsync(dataset, Way.Compared, records);
        Assert.Equal(records.Length, again.Candidate.Counts.Unchanged);
        await lab.ExecuteAsync($"UPDATE hub.runs SET state = 'unchanged' WHERE id = {again.Run}");
        var staged = await lab.LoadAsync(dataset, Way.Staged, records);
        Assert.Equal(records.Length, staged.Candidate.Counts.Unchanged);
    }

    private static IEnumerable<UInt128> Fingerprints(DataContract contract, StoreLine line, string?[][] records)
    {
        SourceField[] fields = [.. contract.Columns.Select(c => new SourceField(c.Name, SourceKind.Text, "text"))];
        var encoder = new RecordEncoder(contract, line.Layout, fields);
        var batch = new RecordBatch(fields);
        foreach (var record in records)
        {
            batch.Clear();
            for (var i = 0; i < record.Length; i++)
            {
                batch.Columns[i].Append(record[i].AsSpan());
            }

            batch.EndRecord(1);
            Assert.True(encoder.Encode(batch, 0));
            yield return encoder.Key;
        }
    }
}
