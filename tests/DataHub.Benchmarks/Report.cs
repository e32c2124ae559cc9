using System.Globalization;
using System.Text;

namespace DataHub.Benchmarks;

/// <summary>Figures as Markdown: medians with their least and most, each beside its limit.</summary>
internal sealed partial class Report
{
    private readonly StringBuilder text = new();

    public Report(IReadOnlyList<string> facts, BenchOptions options)
    {
        var settings = string.Concat(options.HubSettings.Select(s => $"; hub with {s.Key}={s.Value}"));
        Lines("# Benchmarks", "",
            "Made by `./hub bench --write`. Medians with [least … most]; a limit runs between the hub's repetitions, so that",
            "both meet the same machine. Load is its load average at the end of each measurement: far above the number of",
            "processors, something else ran too.", "");
        Lines([.. facts.Select(fact => "- " + fact)]);
        Lines($"- {options.Rows:N0} dossiers of 14 columns, {options.Repeat} repetition(s){settings}");
    }

    public override string ToString() => text.ToString();

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static string Median(IEnumerable<double> values, string format) => Number(Median(values), format);

    private static string Ratio(IEnumerable<double> hub, IEnumerable<double> limit) =>
        $"**{Number(Median(hub) / Median(limit), "F2")}**";

    private static string Spread(IEnumerable<double> values, string format)
    {
        double[] all = [.. values];
        return $"{Median(all, format)} [{Number(all.Min(), format)} … {Number(all.Max(), format)}]";
    }

    private static string Loads(IEnumerable<double> values) => string.Join(", ", values.Select(v => Number(v, "F1")));

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private void Header(params string[] cells)
    {
        Row(cells);
        Row([.. cells.Select(_ => "---")]);
    }

    private void Row(params string[] cells) => Lines($"| {string.Join(" | ", cells)} |");

    private void Lines(params string[] lines) => text.AppendJoin('\n', lines).Append('\n');
}
