using System.Globalization;

namespace DataHub.Demo;

/// <summary>Command words and <c>--name value</c> pairs of the command line, and what comes from the environment.</summary>
internal sealed class DemoArguments
{
    private readonly Dictionary<string, string> options = [];

    internal DemoArguments(string[] args)
    {
        var words = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                words.Add(args[i]);
            }
            else if (i + 1 < args.Length)
            {
                options[args[i][2..]] = args[++i];
            }
            else
            {
                throw new DemoException($"{args[i]} cần một giá trị.", $"{args[i]} needs a value.");
            }
        }

        Command = string.Join(' ', words);
    }

    internal string Command { get; }

    internal string Required(string name) => options.GetValueOrDefault(name)
        ?? throw new DemoException($"Thiếu --{name}.", $"--{name} is missing.");

    internal long Rows() => long.TryParse(Required("rows"), NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
        && rows is > 0 and <= 100_000_000
        ? rows
        : throw new DemoException("--rows phải từ 1 đến 100000000.", "--rows must be from 1 to 100000000.");

    internal ulong Seed() =>
        ulong.TryParse(options.GetValueOrDefault("seed", "84"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : throw new DemoException("--seed phải là số nguyên không âm.", "--seed must be a whole number from 0.");

    internal decimal Share() =>
        decimal.TryParse(Required("share"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share)
        && share is > 0 and <= 1
        ? share
        : throw new DemoException("--share phải lớn hơn 0 và không quá 1.", "--share must be above 0 and at most 1.");

    internal static string Environment(string name) => System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? value
        : throw new DemoException($"Thiếu biến môi trường {name}.", $"The environment variable {name} is missing.");
}
