using System.Globalization;
using DataHub.Gateway.Tests.BadInput;
using DataHub.TestKit;
using Npgsql;

namespace DataHub.Gateway.Tests.Queries;

/// <summary>A random dataset with its versions as plain lists of values: what any answer of the hub must equal.</summary>
internal sealed class OracleDataset
{
    private readonly Random random;

    private OracleDataset(string name, Random random)
    {
        (Name, this.random) = (name, random);
        List<OracleColumn> made =
        [
            OracleColumn.Text("tên"), OracleColumn.Text("limit"), OracleColumn.Int32("so"), OracleColumn.Int32("năm_sinh"),
            OracleColumn.Int64("lon"), OracleColumn.Decimal("tien"), OracleColumn.Float64("do_dai"), OracleColumn.Boolean("co"),
            OracleColumn.Date("date"), OracleColumn.Time("time"),
            OracleColumn.Timestamp("luc"), OracleColumn.Bytes("anh"),
        ];
        var others = made.Where(_ => random.Next(4) > 0).ToList();
        others = others.Count < 3 ? made : others;
        Columns = [new OracleColumn("ma", "int32", "int", []), new OracleColumn("nhom", "text", "text", ["a", "b", "Đ", "😀"]), .. others];
        Columns[0] = Columns[0] with { Values = [.. Enumerable.Range(1, 60).Select(i => (object)i)] };
    }

    public string Name { get; }

    /// <summary>The key (nhom, ma) in the second and first place, then one or several columns of the ten types.</summary>
    public List<OracleColumn> Columns { get; }

    /// <summary>Records by version, version 1 first.</summary>
    public List<List<object?[]>> Versions { get; } = [];

    /// <summary>Registers a dataset and publishes three versions of it.</summary>
    public static async Task<OracleDataset> PublishAsync(SectorHub hub, string name, Random random)
    {
        var dataset = new OracleDataset(name, random);
        var columns = dataset.Columns;
        await hub.Sector.ExecuteAsync($"CREATE TABLE {name} ({string.Join(", ", columns.Select(c => $"\"{c.Name}\" {c.SqlType}"))})");
        await hub.Server.AddAgencyAsync("000.00.12.H61");
        await hub.Admin.AddDatasetAsync(TestContracts.Yaml(name, "sector", "table=public." + name, "open",
            [.. columns.Select((c, i) => $"{c.Name} {c.Type}{(i < 2 ? " key" : "")}{(random.Next(3) == 0 ? " indexed" : "")}")]));
        for (var version = 1; version <= 3; version++)
        {
            await dataset.PublishNextAsync(hub);
        }

        return dataset;
    }

    /// <summary>Changes the sector's records and publishes what they have become.</summary>
    public async Task PublishNextAsync(SectorHub hub)
    {
        Change();
        await FillAsync(hub.Sector);
        var run = await hub.Admin.PullAsync(Name);
        Assert.True(run.State() == "published", run.GetRawText());
    }

    /// <summary>Records of a version that match, in this order; the key (ma, nhom) breaks ties in the direction of the last step.</summary>
    public IReadOnlyList<object?[]> Answer(int version, Func<object?[], bool> holds, IReadOnlyList<(int Column, bool Descending)> order)
    {
        var last = order.Count > 0 && order[^1].Descending;
        (int Column, bool Descending)[] whole = [.. order, (0, last), (1, last)];
        var records = Versions[version - 1].Where(holds).ToList();
        records.Sort((a, b) =>
            whole.Select(s => OracleColumn.Compare(a[s.Column], b[s.Column]) * (s.Descending ? -1 : 1)).FirstOrDefault(c => c != 0));
        return records;
    }

    private void Change()
    {
        if (Versions.Count == 0)
        {
            Versions.Add([.. Enumerable.Range(1, 60).Select(i => Record(i))]);
            return;
        }

        var next = new List<object?[]>();
        foreach (var record in Versions[^1])
        {
            switch (random.Next(20))
            {
                case 0 when next.Count > 30:
                    break;
                case < 6:
                    var changed = Record((int)record[0]!);
                    changed[1] = record[1];
                    next.Add(changed);
                    break;
                default:
                    next.Add(record);
                    break;
            }
        }

        next.Add(Record(1_000 + Versions.Count));
        Versions.Add(next);
    }

    private object?[] Record(int ma) =>
        [ma, .. Columns.Skip(1).Select((c, i) => i > 0 && random.Next(4) == 0 ? null : c.Values[random.Next(c.Values.Length)])];

    private async Task FillAsync(TestDatabase sector)
    {
        await using var source = NpgsqlDataSource.Create(sector.ConnectionString);
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"TRUNCATE {Name}"));
        foreach (var record in Versions[^1])
        {
            var places = Columns.Select((c, i) => string.Create(CultureInfo.InvariantCulture, $"${i + 1}::{c.SqlType}"));
            var insert = new NpgsqlBatchCommand($"INSERT INTO {Name} VALUES ({string.Join(", ", places)})");
            foreach (var (value, column) in record.Zip(Columns))
            {
                // By their texts: Npgsql would send the first and the last day of the calendar as infinity.
                var given = value is DateOnly or DateTime ? column.Canonical(value) : value ?? DBNull.Value;
                insert.Parameters.Add(new NpgsqlParameter { Value = given });
            }

            batch.BatchCommands.Add(insert);
        }

        await batch.ExecuteNonQueryAsync();
    }
}
