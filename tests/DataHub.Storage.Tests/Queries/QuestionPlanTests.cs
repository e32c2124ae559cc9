using System.Globalization;
using System.Text.RegularExpressions;
using DataHub.Core.Queries;
using DataHub.Core.Versioning;
using DataHub.Storage.Catalogue;
using DataHub.Storage.Queries;
using DataHub.Storage.Tests.Kit;
using DataHub.Storage.Versions;
using Npgsql;
using Xunit;

namespace DataHub.Storage.Tests.Queries;

/// <summary>
/// A dataset of 20,000 records and four versions: a text with nulls, a number and a text that the last records lack, all indexed, and a
/// text that is not.
/// </summary>
public sealed class GrownStore : IAsyncLifetime
{
    public const int Count = 20_000;

    internal StoreLab Lab { get; private set; } = null!;

    internal LabDataset Dataset { get; private set; } = null!;

    internal StoreLine Line { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Lab = await StoreLab.StartAsync();
        Dataset = await Lab.AddAsync(StoreLab.Contract("1.0.0",
            "{name: k, logicalType: string, primaryKey: true}",
            "{name: a, logicalType: string, customProperties: [{property: hub.indexed, value: true}]}",
            "{name: n, logicalType: integer, customProperties: [{property: hub.type, value: int32}, {property: hub.indexed, value: true}]}",
            "{name: z, logicalType: string}",
            "{name: r, logicalType: string, customProperties: [{property: hub.indexed, value: true}]}"));
        for (var version = 1; version <= 4; version++)
        {
            await Lab.PublishAsync(Dataset, [.. Enumerable.Range(0, Count).Select(i => Record(i, version))]);
        }

        Line = await Lab.LineAsync(Dataset);
        foreach (var table in new[] { Line.Pair!.Current, Line.Pair.History })
        {
            // Statistics of one moment: a plan must not change in the middle of a test.
            await Lab.ExecuteAsync($"ALTER TABLE {table} SET (autovacuum_enabled = off)");
            await Lab.ExecuteAsync($"VACUUM ANALYZE {table}");
        }
    }

    public async ValueTask DisposeAsync() => await Lab.DisposeAsync();

    // A third has no text; version 2 changes every tenth, 3 and 4 three records each; r is missing at the end alone.
    private static string?[] Record(int i, int version) =>
    [
        $"k{i:d6}", i % 3 == 0 ? null : $"a{i % 500:d3}", (i % 10).ToString(CultureInfo.InvariantCulture),
        (version >= 2 && i % 10 == 0, version >= 3 && i % 7_000 == 1, version >= 4 && i % 7_000 == 2).ToString(), i < 14_000 ? $"r{i % 50}" : null,
    ];
}

/// <summary>Which plans the statements of questions get: what the guard lets pass costs a page, not a version.</summary>
public sealed partial class QuestionPlanTests(GrownStore store) : IClassFixture<GrownStore>
{
    private StoreLayout Layout => store.Line.Layout;

    [Fact]
    public async Task Orders_that_an_index_serves_sort_nothing_at_any_version_from_any_position()
    {
        (string Order, object?[]? After)[] walks =
        [
            ("k", null), ("k", ["k010000"]), ("k desc", null), ("k desc", ["k010000"]),
            ("a", null), ("a", [null, "k010000"]), ("a", ["a250", "k010000"]), ("a desc", null), ("a desc", ["a250", "k010000"]),
                ("a desc", [null, "k010000"]),
            ("n", ["5", "k010000"]), ("n desc", ["5", "k010000"]),
        ];
        foreach (var (order, after) in walks)
        {
            var question = new RecordQuestion(null, Order(order));
            Assert.Null(new QueryCost(Layout, store.Line.Indexed).Unserved(question));
            await ServedAsync(question, order[0] == 'n' ? [5, after![1]] : after);
        }
    }

    [Fact]
    public async Task Filters_that_an_index_serves_read_a_page()
    {
        var (a, n) = (Layout.Columns[1], Layout.Columns[2]);
        RecordFilter[] filters =
        [
            new Comparison(new ColumnOperand(n), ComparisonKind.Equal, new ValueOperand(7)),
            new Comparison(new ColumnOperand(a), ComparisonKind.Equal, new ValueOperand("a250")),
            new AllOf([new Comparison(new ColumnOperand(n), ComparisonKind.Equal, new ValueOperand(7)),
                new NotTrue(new IsNull(new ColumnOperand(a)))]),
            new IsNull(new ColumnOperand(a)),
        ];
        foreach (var filter in filters)
        {
            var question = new RecordQuestion(filter, Order("k"));
            Assert.Null(new QueryCost(Layout, store.Line.Indexed).Unserved(question));
            await ServedAsync(question, null);
            await ServedAsync(question, ["k010000"]);
        }
    }

    [Theory]
    [InlineData("k")]
    [InlineData("k desc")]
    public async Task Records_without_a_value_come_in_key_order_without_sorting_or_reading_the_others(string order)
    {
        // Six thousand at the end: in the key's own order the other fourteen would be read before them, by the column's index alone all six would be sorted.
        var r = new ColumnOperand(Layout.Columns[4]);
        foreach (var filter in new RecordFilter[] { new IsNull(r), new OneOf(r, [], OrNull: true) })
        {
            await ServedAsync(new RecordQuestion(filter, Order(order)), null);
            await ServedAsync(new RecordQuestion(filter, Order(order)), ["k017000"]);
        }
    }

    [Theory]
    [InlineData("in")]
    [InlineData("startswith")]
    [InlineData("or null")]
    [InlineData("range")]
    public async Task Filters_on_indexed_columns_never_read_the_whole_table(string kind)
    {
        var (a, n) = (new ColumnOperand(Layout.Columns[1]), new ColumnOperand(Layout.Columns[2]));
        RecordFilter filter = kind switch
        {
            "in" => new OneOf(n, [7, 8], false),
            "startswith" => new TextMatch(TextMatchKind.StartsWith, a, new ValueOperand("a2500")),
            "or null" => new AnyOf([new Comparison(n, ComparisonKind.Equal, new ValueOperand(7)),
                new TextMatch(TextMatchKind.StartsWith, a, new ValueOperand("a11"))]),
            _ => new AllOf([new Comparison(n, ComparisonKind.GreaterOrEqual, new ValueOperand(9)),
                new Comparison(n, ComparisonKind.Less, new ValueOperand(20))]),
        };
        var question = new RecordQuestion(filter, Order("k"));
        Assert.Null(new QueryCost(Layout, store.Line.Indexed).Unserved(question));
        foreach (var version in new[] { 3, 4 })
        {
            var plan = await ExplainAsync(question, null, version);
            Assert.DoesNotContain("Seq Scan on d", plan, StringComparison.Ordinal);
            Assert.All(Rows(plan), rows => Assert.True(rows < GrownStore.Count / 4, plan));
        }
    }

    [Fact]
    public void What_no_index_serves_is_known_before_it_is_asked()
    {
        var cost = new QueryCost(Layout, store.Line.Indexed);
        var z = new ColumnOperand(Layout.Columns[3]);
        var filter = new Comparison(z, ComparisonKind.Equal, new ValueOperand("x"));
        var narrow = new Comparison(new ColumnOperand(Layout.Columns[2]), ComparisonKind.Equal, new ValueOperand(7));
        Assert.Equal("the filter", cost.Unserved(new RecordQuestion(filter, Order("k")))!.En);
        Assert.Equal("the filter", cost.Unserved(new RecordQuestion(new AnyOf([filter, narrow]), Order("k")))!.En);
        Assert.Equal("the filter", cost.Unserved(new RecordQuestion(new NotTrue(narrow), Order("k")))!.En);
        Assert.Equal("the order", cost.Unserved(new RecordQuestion(null, Order("z")))!.En);
        Assert.Equal("the order", cost.Unserved(new RecordQuestion(null, Order("a,n")))!.En);
        Assert.Equal("the order", cost.Unserved(new RecordQuestion(null, Order("a desc,k")))!.En);
        Assert.Null(cost.Unserved(new RecordQuestion(new AllOf([filter, narrow]), Order("z"))));
        Assert.Equal(["k", "a", "n", "r"], cost.Names());
        Assert.Equal("the order", new QueryCost(Layout, new HashSet<int>()).Unserved(new RecordQuestion(null, Order("a")))!.En);
    }

    [Fact]
    public void Statements_hold_parameters_and_column_ids_alone()
    {
        var filter = new AllOf(
        [
            new NotTrue(new Comparison(new ColumnOperand(Layout.Columns[2]), ComparisonKind.Greater, new ValueOperand(5))),
            new TextMatch(TextMatchKind.EndsWith, new ColumnOperand(Layout.Columns[1], Lowered: true), new ValueOperand("'; DROP")),
        ]);
        var statement = new QuestionSql(Query(new RecordQuestion(filter, Order("a desc")), 4)).Page(["x", "k1"], 10, asOf: false);
        Assert.Equal(
            "(SELECT c1, c2, c1 FROM T WHERE H = $1 AND ((c3 > $2) IS NOT TRUE AND right((lower(c2 COLLATE \"und-x-icu\") COLLATE \"C\"), char_length($3)) = $3)"
            + " AND (c2, c1) < ($4, $5) ORDER BY c2 DESC NULLS LAST, c1 DESC LIMIT $6) UNION ALL "
            + "(SELECT c1, c2, c1 FROM T WHERE H = $1 AND ((c3 > $2) IS NOT TRUE AND right((lower(c2 COLLATE \"und-x-icu\") COLLATE \"C\"), char_length($3)) = $3)"
            + " AND c2 IS NULL ORDER BY c2 DESC NULLS LAST, c1 DESC LIMIT $6) ORDER BY 2 DESC NULLS LAST, 3 DESC LIMIT $6",
            statement.Text.Replace(store.Line.Pair!.Current, "T", StringComparison.Ordinal).Replace(Head(), "H", StringComparison.Ordinal));
        Assert.Equal([4, 5, "'; DROP", "x", "k1", 10], statement.Values);
    }

    [Fact]
    public async Task A_count_is_exact_within_its_budget_and_an_estimate_beyond_it()
    {
        var (a, n) = (new ColumnOperand(Layout.Columns[1], Lowered: true), new ColumnOperand(Layout.Columns[2]));
        var filter = new AllOf([new Comparison(n, ComparisonKind.NotEqual, new ValueOperand(7)),
            new NotTrue(new TextMatch(TextMatchKind.Contains, a, new ValueOperand("a1")))]);
        long expected = Enumerable.Range(0, GrownStore.Count).Count(i => i % 10 != 7 && (i % 3 == 0 || i % 500 / 100 != 1));
        foreach (var version in new[] { 1, 3, 4 })
        {
            var query = Query(new RecordQuestion(filter, Order("k")), version);
            Assert.Equal(new RecordCount(expected, false), await Counts(30_000).CountAsync(query, exact: true, CancellationToken.None));
            Assert.True((await Counts(1).CountAsync(query, exact: true, CancellationToken.None)).IsEstimate);
            var estimate = await Counts(30_000).CountAsync(query, exact: false, CancellationToken.None);
            Assert.True(estimate.IsEstimate);
            Assert.InRange(estimate.Records, 1, GrownStore.Count);
        }
    }

    private RecordCounts Counts(int budget) =>
        new(store.Lab.Connections, new StorageOptions { Database = store.Lab.Database.ConnectionString, CountBudgetMilliseconds = budget });

    private string Head() =>
        string.Create(CultureInfo.InvariantCulture, $"(SELECT seq FROM hub.heads WHERE dataset_id = {Layout.DatasetId} AND major = 1)");

    private async Task ServedAsync(RecordQuestion question, object?[]? after)
    {
        foreach (var version in new[] { 2, 3, 4 })
        {
            var plan = await ExplainAsync(question, after, version);
            Assert.DoesNotContain("Seq Scan on d", plan, StringComparison.Ordinal);

            // A page's worth may be sorted where an index leads straight to it.
            Assert.All(SortedRows(plan), rows => Assert.True(rows <= 100, plan));
            Assert.All(Rows(plan), rows => Assert.True(rows < GrownStore.Count / 4, plan));
        }
    }

    private IReadOnlyList<RecordOrder> Order(string orderby) => RecordQuestion.Complete(
        [.. orderby.Split(',').Select(o => o.Split(' ')).Select(o =>
            new RecordOrder(Layout.Columns.First(c => c.Name == o[0]), o.Length > 1))], Layout);

    private RecordQuery Query(RecordQuestion question, int version) =>
        new(store.Line, new VersionEntry(version, 1, 0, 0, 0, GrownStore.Count, default, default), [Layout.Columns[0]], version ==
            4) { Question = question };

    private static IEnumerable<int> SortedRows(string plan) =>
        Rows(string.Join('\n', plan.Split('\n').Where(l => l.Contains("Sort (", StringComparison.Ordinal))));

    private static IEnumerable<int> Rows(string plan) =>
        ActualRows().Matches(plan).Select(m => int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture));

    private async Task<string> ExplainAsync(RecordQuestion question, object?[]? after, int version)
    {
        var statement = new QuestionSql(Query(question, version)).Page(after, 100, asOf: version < 4);
        await using var command = store.Lab.Connections.Read.CreateCommand("EXPLAIN (ANALYZE, COSTS off, TIMING off) " + statement.Text);
        foreach (var value in statement.Values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await reader.ReadAsync())
        {
            plan.Add(reader.GetString(0));
        }

        return statement.Text + "\n" + string.Join('\n', plan);
    }

    // Given on, or read in vain.
    [GeneratedRegex(@"(?:actual rows=|Rows Removed by Filter: )([0-9]+)")]
    private static partial Regex ActualRows();
}
