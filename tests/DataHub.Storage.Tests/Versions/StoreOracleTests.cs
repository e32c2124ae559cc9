using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Versioning;
using DataHub.Storage.Catalogue;
using DataHub.Storage.Queries;
using DataHub.Storage.Tests.Kit;
using DataHub.Storage.Versions;
using Xunit;

namespace DataHub.Storage.Tests.Versions;

/// <summary>The store equals a pure plan on thousands of random pulls, whichever way they are loaded: counts, contents at every version, differences of every pair.</summary>
public sealed class StoreOracleTests
{
    private const int Histories = 78;
    private const int FirstSeed = 20_261_123;

    // Each history goes through all of these: how the first pull is loaded, how the later ones are.
    private static readonly (Way First, Way[] Later)[] Ways =
    [
        (Way.Direct, [Way.Compared]),
        (Way.DirectWithoutMemory, [Way.Staged]),
        (Way.DirectLosingMemory, [Way.Compared, Way.Staged]),
        (Way.Direct, [Way.Part, Way.Part, Way.Compared]),
    ];

    [Fact]
    public async Task Store_equals_the_plan_on_thousands_of_random_pulls()
    {
        await using var lab = await StoreLab.StartAsync();
        var published = 0;
        for (var i = 0; i < Histories; i++)
        {
            foreach (var (first, later) in Ways)
            {
                var seed = FirstSeed + i;
                try
                {
                    published += await TellAsync(lab, seed, compound: i % 2 == 1, first, later);
                }
                catch (Exception e)
                {
                    throw new Xunit.Sdk.XunitException($"seed {seed}, compound {i % 2 == 1}, {first} then {string.Join('/', later)}: {e.Message}", e);
                }
            }
        }

        Assert.True(published >= 2_000, $"only {published} batches were published");
    }

    private static DataContract Contract(bool compound)
    {
        var contract = Columns(compound);
        return contract with
        {
            Pull = new PullTerms
            {
                Tombstone = contract.Columns.First(c => c.Name == "a"), TombstoneTexts = new TextSet([OracleRecord.Deleted]),
            },
        };
    }

    private static DataContract Columns(bool compound) => compound
        ? StoreLab.Contract("1.0.0",
            "{name: i, logicalType: integer, primaryKey: true, primaryKeyPosition: 2, customProperties: [{property: hub.type, value: int32}]}",
            "{name: a, logicalType: string}",
            "{name: k, logicalType: string, primaryKey: true, primaryKeyPosition: 1}",
            StoreLab.Typed("n", "number", "decimal(10,2)"))
        : StoreLab.Contract("1.0.0",
            "{name: k, logicalType: string, primaryKey: true, primaryKeyPosition: 1}",
            "{name: a, logicalType: string}",
            StoreLab.Typed("n", "number", "decimal(10,2)"));

    private static async Task<int> TellAsync(StoreLab lab, int seed, bool compound, Way first, Way[] later)
    {
        var dataset = await lab.AddAsync(Contract(compound));
        var oracle = new HistoryOracle(compound);
        var step = 0;
        foreach (var pull in new RandomHistory(seed, compound).Pulls())
        {
            var way = step == 0 ? first : later[step % later.Length];
            step++;
            var plan = oracle.Plan(pull, whole: way != Way.Part);
            var load = await lab.LoadAsync(dataset, way, [.. pull.Select(r => r.Columns(compound))], batchSize: 3);
            Assert.Equal((step, plan.Counts), (step, load.Candidate.Counts));
            Assert.Equal((step, plan.Next.Count), (step, (int)load.Candidate.Records));
            Assert.Equal(plan.Counts.Rejected, await lab.ScalarAsync<long>(
                $"SELECT coalesce(sum(occurrences), 0)::bigint FROM hub.quarantine WHERE run_id = {load.Run}"));
            if (step == 1 || plan.Counts.IsChange)
            {
                Assert.Equal(oracle.Versions.Count, await lab.PublishAsync(dataset, load));
                oracle.Versions.Add(plan.Next);
            }
            else
            {
                await lab.ExecuteAsync($"UPDATE hub.runs SET state = 'unchanged' WHERE id = {load.Run}");
            }

            if (load.Candidate.Delta is { } delta)
            {
                await lab.ExecuteAsync($"DROP TABLE {delta}");
            }
        }

        var line = await lab.LineAsync(dataset);
        await CheckContentsAsync(lab, line, oracle);
        await CheckChecksumsAsync(lab, line, oracle);
        await CheckDifferencesAsync(lab, line, oracle, compound);
        await lab.ExecuteAsync($"DROP TABLE {line.Pair!.Current}, {line.Pair.History}");
        return oracle.Versions.Count - 1;
    }

    private static async Task CheckContentsAsync(StoreLab lab, StoreLine line, HistoryOracle oracle)
    {
        var head = oracle.Versions.Count - 1;
        for (var version = 1; version <= head; version++)
        {
            var expected = oracle.Rows(version).ToList();
            foreach (var limit in new[] { 2, 1000 })
            {
                // The as-of statement must also be right at the head, where the current table alone would do.
                Assert.Equal(expected, await WalkAsync(lab, line with { Head = 0 }, version, limit, mustBeHead: false));
                if (version == head)
                {
                    Assert.Equal(expected, await WalkAsync(lab, line, version, limit, mustBeHead: true));
                }
            }
        }
    }

    private static async Task<List<string>> WalkAsync(StoreLab lab, StoreLine line, int version, int limit, bool mustBeHead)
    {
        var columns = line.Layout.Columns;
        var entry = new VersionEntry(version, 1, 0, version - 1, 0, 0, default, default);
        var query = new RecordQuery(line, entry, columns, mustBeHead);
        var walked = new List<string>();
        object[]? after = null;
        while (true)
        {
            await using var rows = await lab.Queries.PageAsync(query, after, limit, CancellationToken.None);
            Assert.NotNull(rows);
            var count = 0;
            while (await rows.Reader.ReadAsync())
            {
                count++;
                walked.Add(string.Join('|', columns.Select((_, i) =>
                    rows.Reader.IsDBNull(i) ? "∅" : Convert.ToString(rows.Reader.GetValue(i), CultureInfo.InvariantCulture))));
                after = [.. line.Layout.Key.Select((_, i) => rows.Reader.GetValue(columns.Count + i))];
            }

            if (count < limit)
            {
                return walked;
            }
        }
    }

    private static async Task CheckChecksumsAsync(StoreLab lab, StoreLine line, HistoryOracle oracle)
    {
        var stored = await lab.TextsAsync($"""
            SELECT seq, encode(checksum, 'hex'), records FROM hub.versions WHERE dataset_id = {line.Layout.DatasetId} ORDER BY seq
            """);
        Assert.Equal(Enumerable.Range(1, oracle.Versions.Count - 1)
            .Select(v => $"{v}|{HistoryOracle.Hex(oracle.Checksum(v))}|{oracle.Versions[v].Count}"), stored);
    }

    private static async Task CheckDifferencesAsync(StoreLab lab, StoreLine line, HistoryOracle oracle, bool compound)
    {
        var head = oracle.Versions.Count - 1;
        var sql = new DifferenceSql(line, compound);
        var net = (await lab.TextsAsync(sql.AllNets(head))).ToLookup(r => r.Split('#')[0], r => r.Split('#')[1]);
        for (var a = 0; a <= head; a++)
        {
            for (var b = a; b <= head; b++)
            {
                var expected = oracle.Net(a, b).ToList();
                Assert.Equal((a, b, string.Join('\n', expected)), (a, b, string.Join('\n', net[$"{a},{b}"].Order(StringComparer.Ordinal))));

                // Page by page costs statements: every fourth pair of every history.
                if (a >= 1 && ((a * 7) + (b * 3) + line.Layout.DatasetId) % 4 == 0)
                {
                    Assert.Equal(expected, (await sql.WalkNetAsync(lab, a, b, page: 2)).Order(StringComparer.Ordinal));
                }
            }
        }

        var log = (await lab.TextsAsync(sql.Log(head))).ToLookup(r => r.Split('#')[0], r => r.Split('#')[1]);
        for (var v = 2; v <= head; v++)
        {
            Assert.Equal(oracle.Net(v - 1, v), log[v.ToString(CultureInfo.InvariantCulture)].Order(StringComparer.Ordinal));
        }
    }
}
