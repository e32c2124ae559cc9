using System.Security.Cryptography;
using DataHub.Storage.Tests.Kit;
using DataHub.Storage.Versions;
using Npgsql;
using Xunit;

namespace DataHub.Storage.Tests.Versions;

/// <summary>Which filter indexes a pair has: those that the contract of its last load declares, and no others.</summary>
public sealed class FilterIndexTests
{
    private const string Key = "{name: k, logicalType: string, primaryKey: true}";
    private const string Plain = "{name: a, logicalType: string}";
    private const string Indexed = "{name: a, logicalType: string, customProperties: [{property: hub.indexed, value: true}]}";

    [Fact]
    public async Task A_column_that_is_not_declared_indexed_any_more_takes_values_that_no_index_would()
    {
        await using var lab = await StoreLab.StartAsync();
        var dataset = await lab.AddAsync(StoreLab.Contract("1.0.0", Key, Indexed));
        await lab.PublishAsync(dataset, [["a", "1"]]);
        await lab.PublishAsync(dataset, [["a", "2"]]);
        await CompleteAsync(lab, dataset);
        Assert.Equal(["cur_c2_low", "hist_c2_low"], await NamesAsync(lab));
        dataset = await lab.ReviseAsync(dataset, StoreLab.Contract("1.1.0", Key, Plain));

        // Hexadecimal digits at random: no compression makes them short enough for a page of an index.
        var text = Convert.ToHexString(RandomNumberGenerator.GetBytes(5_000));
        await lab.PublishAsync(dataset, [["a", text]]);
        await lab.PublishAsync(dataset, [["a", text + "0"]]);

        Assert.Empty(await NamesAsync(lab));
        Assert.Empty((await lab.LineAsync(dataset)).Indexed);
        dataset = await lab.ReviseAsync(dataset, StoreLab.Contract("1.2.0", Key, Plain, "{name: b, logicalType: string, customProperties: [{property: hub.indexed, value: true}]}"));
        await lab.PublishAsync(dataset, [["a", text, "x"]]);
        Assert.Equal(["cur_c3_low", "hist_c3_low"], await NamesAsync(lab));
    }

    [Fact]
    public async Task An_index_of_an_earlier_program_goes_when_its_successor_is_there_and_no_other_index_does()
    {
        await using var lab = await StoreLab.StartAsync();
        var dataset = await lab.AddAsync(StoreLab.Contract("1.0.0", Key, Indexed));
        await lab.PublishAsync(dataset, [["a", "1"]]);
        await CompleteAsync(lab, dataset);
        var pair = (await lab.LineAsync(dataset)).Pair!;
        var before = await AllAsync(lab);
        foreach (var table in new[] { pair.Current, pair.History })
        {
            await lab.ExecuteAsync($"CREATE INDEX {table.Split('.')[1]}_c2 ON {table} (c2, c1)");
        }

        await CompleteAsync(lab, dataset);

        Assert.Equal(before, await AllAsync(lab));
    }

    [Fact]
    public async Task An_index_that_a_long_reader_holds_is_dropped_by_the_next_run_and_stops_nobody()
    {
        await using var lab = await StoreLab.StartAsync();
        var dataset = await lab.AddAsync(StoreLab.Contract("1.0.0", Key, Indexed));
        await lab.PublishAsync(dataset, [["a", "1"]]);
        await CompleteAsync(lab, dataset);
        var pair = (await lab.LineAsync(dataset)).Pair!;
        dataset = await lab.ReviseAsync(dataset, StoreLab.Contract("1.1.0", Key, Plain));
        await using (var reader = await lab.Connections.Control.OpenConnectionAsync())
        {
            await using var transaction = await reader.BeginTransactionAsync();
            await new NpgsqlCommand($"SELECT count(*) FROM {pair.Current}", reader).ExecuteNonQueryAsync();
            await lab.PublishAsync(dataset, [["a", "2"]]);
            Assert.Equal(["cur_c2_low"], await NamesAsync(lab));
        }

        await lab.PublishAsync(dataset, [["a", "3"]]);
        Assert.Empty(await NamesAsync(lab));
    }

    private static Task CompleteAsync(StoreLab lab, LabDataset dataset) =>
        lab.Indexes.CompleteAsync(dataset.Id, dataset.Contract, CancellationToken.None);

    // Filter indexes without the dataset's own part of their names.
    private static Task<List<string>> NamesAsync(StoreLab lab) => lab.TextsAsync("""
        SELECT substring(indexname FROM '(cur|hist)_c') || substring(indexname FROM '_c[0-9].*') FROM pg_indexes
        WHERE schemaname = 'store' AND indexname ~ '_c[0-9]+(_low)?$' ORDER BY 1
        """);

    private static Task<List<string>> AllAsync(StoreLab lab) =>
        lab.TextsAsync("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'store' ORDER BY 1");
}
