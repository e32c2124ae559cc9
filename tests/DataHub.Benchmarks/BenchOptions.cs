using System.Globalization;

namespace DataHub.Benchmarks;

/// <summary>What the command line chose.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        ./hub bench [--rows N] [--repeat N] [--only ingest|read] [--quick] [--write] [--set NAME=VALUE]…
          --rows N          số dòng / rows, 1000-10000000 (1000000)
          --repeat N        số lần lặp / repetitions (3)
          --only PART       chỉ nạp hoặc chỉ đọc / loading or reading alone
          --quick           thử nhanh: 50 000 dòng, một lần, 1 giây / a trial, its figures mean nothing
          --write           ghi docs/benchmarks.md / write docs/benchmarks.md
          --set NAME=VALUE  biến môi trường của hub / an environment variable of the hub, to try a setting
        """;

    public long Rows { get; private init; } = 1_000_000;

    public int Repeat { get; private init; } = 3;

    /// <summary>Length of one measurement of reads; the warm-up before it is part of the same minute.</summary>
    public int ReadSeconds { get; private init; } = 5;

    public int WarmSeconds { get; private init; } = 3;

    /// <summary>How many places reads start from.</summary>
    public int Cursors { get; private init; } = 2_000;

    public bool Ingest { get; private init; } = true;

    public bool Read { get; private init; } = true;

    public bool Write { get; private init; }

    public IReadOnlyList<KeyValuePair<string, string>> HubSettings { get; private init; } = [];

    /// <summary>Null when the command line is wrong.</summary>
    public static BenchOptions? Parse(string[] args)
    {
        var options = new BenchOptions();
        for (var i = 0; i < args.Length && options is not null; i++)
        {
            options = args[i] switch
            {
                "--quick" => options with { Rows = 50_000, Repeat = 1, ReadSeconds = 1, WarmSeconds = 1, Cursors = 200 },
                "--write" => options with { Write = true },
                _ => i + 1 < args.Length ? options.With(args[i], args[++i]) : null,
            };
        }

        return options;
    }

    private BenchOptions? With(string name, string value) => name switch
    {
        "--rows" when Number(value) is >= 1_000 and <= 10_000_000 and var rows => this with { Rows = rows },
        "--repeat" when Number(value) is >= 1 and <= 99 and var times => this with { Repeat = times },
        "--only" when value is "ingest" or "read" => this with { Ingest = value == "ingest", Read = value == "read" },
        "--set" when value.IndexOf('=', StringComparison.Ordinal) is > 0 and var at =>
            this with { HubSettings = [.. HubSettings, new(value[..at], value[(at + 1)..])] },
        _ => null,
    };

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
