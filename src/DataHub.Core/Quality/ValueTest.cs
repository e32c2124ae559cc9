using System.Text;
using System.Text.RegularExpressions;
using DataHub.Core.Contracts;

namespace DataHub.Core.Quality;

/// <summary>
/// Whether one value is valid by a rule with a pattern, judged by the same engine as a column's pattern: linear in the text, without backtracking.
/// Not thread-safe.
/// </summary>
public sealed class ValueTest(QualityRule rule)
{
    private readonly Regex pattern = new(rule.Pattern!, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    private readonly HashSet<string>? listed = rule.ValidValues.Count == 0 ? null : new(rule.ValidValues, StringComparer.Ordinal);
    private char[] chars = new char[256];

    /// <summary>Judges a value by its canonical text in UTF-8.</summary>
    public bool Passes(ReadOnlySpan<byte> text)
    {
        if (text.Length > chars.Length)
        {
            chars = new char[text.Length * 2];
        }

        var value = chars.AsSpan(0, Encoding.UTF8.GetChars(text, chars));
        return pattern.IsMatch(value)
            && (listed is null || listed.GetAlternateLookup<ReadOnlySpan<char>>().Contains(value));
    }
}
