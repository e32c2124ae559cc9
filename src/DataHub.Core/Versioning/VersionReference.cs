using System.Globalization;
using System.Text.RegularExpressions;

namespace DataHub.Core.Versioning;

/// <summary>How a caller names a version.</summary>
public enum VersionReferenceKind
{
    /// <summary><c>57</c>: the sequence number.</summary>
    Seq,

    /// <summary><c>v2.3.418</c>: one release.</summary>
    Label,

    /// <summary><c>v2.3</c>: the newest inside a minor.</summary>
    Minor,

    /// <summary><c>v2</c>: the newest inside a major.</summary>
    Major,

    /// <summary><c>latest</c>: the newest of the highest major.</summary>
    Latest,

    /// <summary><c>@2026-03-01T00:00:00Z</c>: the newest published at or before a moment.</summary>
    Moment,
}

/// <summary>A version reference of the API's one URL grammar.</summary>
public readonly partial record struct VersionReference(VersionReferenceKind Kind)
{
    /// <summary>Sequence number of <see cref="VersionReferenceKind.Seq"/>.</summary>
    public int Seq { get; init; }

    public int Major { get; init; }

    public int Minor { get; init; }

    public int Release { get; init; }

    public DateTimeOffset Moment { get; init; }

    /// <summary>True when a later publication can change what it means (a moment that has passed cannot).</summary>
    public bool IsMoving(DateTimeOffset now) => Kind switch
    {
        VersionReferenceKind.Seq or VersionReferenceKind.Label => false,
        VersionReferenceKind.Moment => Moment >= now,
        _ => true,
    };

    /// <summary>Reads a reference; false when it is not one in its only spelling.</summary>
    public static bool TryParse(string text, out VersionReference reference)
    {
        reference = new VersionReference(VersionReferenceKind.Latest);
        if (text == "latest")
        {
            return true;
        }

        if (text.StartsWith('@'))
        {
            string[] formats = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'"];
            var read = DateTimeOffset.TryParseExact(text.AsSpan(1), formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment);
            reference = new VersionReference(VersionReferenceKind.Moment) { Moment = moment };
            return read && !text.EndsWith(".Z", StringComparison.Ordinal);
        }

        var match = Grammar().Match(text);
        if (!match.Success)
        {
            return false;
        }

        var numbers = Numbers(match);

        reference = match.Groups["seq"].Success
            ? new VersionReference(VersionReferenceKind.Seq) { Seq = numbers[0] }
            : new VersionReference((VersionReferenceKind)(4 - numbers.Count))
            {
                Major = numbers[0], Minor = numbers.ElementAtOrDefault(1), Release = numbers.ElementAtOrDefault(2),
            };
        return true;
    }

    // A number too large to be one is well spelled and names nothing: no version has the largest int.
    private static List<int> Numbers(Match match) =>
    [
        .. match.Groups["n"].Captures.Select(c =>
            int.TryParse(c.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue),
    ];

    [GeneratedRegex(@"^(?:(?<seq>(?<n>[1-9][0-9]*))|v(?<n>0|[1-9][0-9]*)(?:\.(?<n>0|[1-9][0-9]*)){0,2})\z")]
    private static partial Regex Grammar();
}
