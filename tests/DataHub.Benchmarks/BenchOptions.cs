using System.Globalization;

namespace DataHub.Benchmarks;

/// <summary>Parts of the benchmarks, in the order of the report.</summary>
internal enum BenchPart
{
    Ingest,
    Read,
    Export,
    Peer,
    Large,
}

/// <summary>What the command line chose.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        ./hub bench [--rows N] [--repeat N] [--only PART]… [--ten-million] [--large-rows N] [--quick] [--write] [--set NAME=VALUE]…
          --rows N          số dòng / rows, 1000-10000000 (1000000)
          --repeat N        số lần lặp / repetitions (3)
          --only PART       chỉ một phần / one part alone: ingest, read, export, peer, large
          --ten-million     phần large với 10 000 000 dòng / the part large with 10,000,000 rows
          --large-rows N    số dòng của phần large / rows of the part large (10000000)
          --quick           thử nhanh mọi phần: vài nghìn dòng / a trial of every part, its figures mean nothing
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

    /// <summary>Rows of the part <see cref="BenchPart.Large"/>, which without <c>--ten-million</c> runs only when asked for.</summary>
    public long LargeRows { get; private init; } = 10_000_000;

    /// <summary>What is measured.</summary>
    public IReadOnlySet<BenchPart> Parts { get; private init; } =
        new HashSet<BenchPart> { BenchPart.Ingest, BenchPart.Read, BenchPart.Export, BenchPart.Peer };

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
                "--quick" => options with
                {
                    Rows = 4_000, LargeRows = 8_000, Repeat = 1, ReadSeconds = 2, WarmSeconds = 0, Cursors = 20,
                    Parts = Enum.GetValues<BenchPart>().ToHashSet(),
                },
                "--ten-million" => options with { Parts = options.Parts.Append(BenchPart.Large).ToHashSet() },
                "--write" => options with { Write = true },
                _ => i + 1 < args.Length ? options.With(args[i], args[++i]) : null,
            };
        }

        return options;
    }

    /// <summary>True when <c>--only</c> was given: a further one adds to it.</summary>
    private bool Narrowed { get; init; }

    private BenchOptions? With(string name, string value) => name switch
    {
        "--rows" when Number(value) is >= 1_000 and <= 10_000_000 and var rows => this with { Rows = rows },
        "--large-rows" when Number(value) is >= 1_000 and <= 10_000_000 and var large => this with { LargeRows = large },
        "--repeat" when Number(value) is >= 1 and <= 99 and var times => this with { Repeat = times },
        "--only" when value.All(char.IsAsciiLetter) && Enum.TryParse<BenchPart>(value, ignoreCase: true, out var part) =>
            this with { Parts = new HashSet<BenchPart>(Narrowed ? Parts : []) { part }, Narrowed = true },
        "--set" when value.IndexOf('=', StringComparison.Ordinal) is > 0 and var at =>
            this with { HubSettings = [.. HubSettings, new(value[..at], value[(at + 1)..])] },
        _ => null,
    };

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
