using System.Globalization;
using System.Text.RegularExpressions;
using DataHub.Benchmarks.Hub;
using DataHub.Benchmarks.Machine;
using DataHub.Core.Versioning;
using DataHub.Storage.Queries;
using DataHub.Storage.Versions;

namespace DataHub.Benchmarks.Reads;

/// <summary>One measurement of pgbench.</summary>
internal sealed record QueryFigures(double PerSecond, double StoreCpu, double Load);

/// <summary>The hub's own statements by pgbench, prepared, 16 clients through the same socket; their rows are thrown away.</summary>
internal sealed partial class StoreLimit
{
    private readonly Cluster cluster;
    private readonly Workplace place;
    private readonly string[] page;
    private readonly string[] filtered;
    private readonly string[] one;

    private StoreLimit(Cluster cluster, Workplace place, string page, string[] filtered, string one) =>
        (this.cluster, this.place, this.page, this.filtered, this.one) = (cluster, place, [page], filtered, [one]);

    /// <param name="columns">What the recipient reads.</param>
    public static async Task<StoreLimit> OpenAsync(
        Cluster cluster, Workplace place, string dataset, IReadOnlyList<string> columns, long rows, CancellationToken cancellation)
    {
        var id = await cluster.ScalarAsync<int>(HubProcess.Database, $"SELECT id FROM hub.datasets WHERE name = '{dataset}'", cancellation);
        await using var connection = await cluster.ConnectAsync(HubProcess.Database, cancellation);
        var line = await StoreCatalogue.ReadLineAsync(connection, id, 1, cancellation);
        List<StoreColumn> chosen = [.. columns.Select(name => line.Layout.Columns.First(c => c.Name == name))];
        var sql = RecordSql.For(line, chosen);
        return new StoreLimit(cluster, place,
            Script(line.Head, $"\\set after random(0, {rows - ReadBench.PageSize})", sql.NextLatest, ["seq", "after", "size"]),
            [.. Questions.Statements(line, chosen).Select(s => Literal(s))],
            Script(line.Head, $"\\set key random(1, {rows})", sql.OneLatest, ["seq", "key"]));
    }

    public Task<QueryFigures> PageAsync(int seconds, string settings, CancellationToken cancellation) =>
        MeasureAsync(page, seconds, settings, cancellation);

    public Task<QueryFigures> FilteredAsync(int seconds, string settings, CancellationToken cancellation) =>
        MeasureAsync(filtered, seconds, settings, cancellation);

    public Task<QueryFigures> OneAsync(int seconds, string settings, CancellationToken cancellation) =>
        MeasureAsync(one, seconds, settings, cancellation);

    // The head test stands in the statement itself; the hub's second look at the head is its own expense.
    private static string Script(int head, string choose, string sql, string[] parameters)
    {
        var text = ParameterPattern().Replace(sql, m => ":" + parameters[int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) - 1]);
        return string.Create(CultureInfo.InvariantCulture, $"{choose}\n\\set seq {head}\n\\set size {ReadBench.PageSize}\n{text};\n");
    }

    // pgbench's variables are numbers: texts stand in the statement, one script a question.
    private static string Literal(QuestionStatement statement) => ParameterPattern().Replace(statement.Text, m =>
        statement.Values[int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) - 1] switch
        {
            string text => $"'{text}'",
            string[] texts => $"ARRAY['{string.Join("','", texts)}']",
            var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        }) + ";\n";

    private async Task<QueryFigures> MeasureAsync(string[] scripts, int seconds, string settings, CancellationToken cancellation)
    {
        var files = scripts.Select((_, i) => place.PathOf(FormattableString.Invariant($"read-{i}.sql"))).ToList();
        for (var i = 0; i < files.Count; i++)
        {
            await File.WriteAllTextAsync(files[i], scripts[i], cancellation);
        }

        var environment = cluster.ToolEnvironment(HubProcess.Database);
        environment["PGOPTIONS"] = settings;
        var cpu = cluster.CpuSeconds;
        var output = await Tool.RunAsync(cluster.Program("pgbench"),
            [
                "-n", "-M", "prepared", "-c", "16", "-j", "2", "-T", FormattableString.Invariant($"{seconds}"),
                .. files.SelectMany(file => new[] { "-f", file }),
            ],
            environment, cancellation);
        var count = double.Parse(CountPattern().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
        // Where not one transaction came to its end in time, pgbench prints no rate.
        var tps = count > 0 ? double.Parse(TpsPattern().Match(output).Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        return new QueryFigures(tps, (cluster.CpuSeconds - cpu) / Math.Max(1, count) * 1e6, ProcFiles.Load());
    }

    [GeneratedRegex(@"\$([0-9]+)")]
    private static partial Regex ParameterPattern();

    [GeneratedRegex("tps = ([0-9.]+)")]
    private static partial Regex TpsPattern();

    [GeneratedRegex("actually processed: ([0-9]+)")]
    private static partial Regex CountPattern();
}
