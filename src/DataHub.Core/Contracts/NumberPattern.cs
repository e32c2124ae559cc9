using System.Globalization;
using System.Text.RegularExpressions;

namespace DataHub.Core.Contracts;

/// <summary>
/// How a number must be spelled (<c>hub.numberPattern</c>), a part of the patterns of Unicode TR 35: <c>#</c> an optional
/// digit, <c>0</c> a demanded one, <c>,</c> groups of three (then demanded), <c>.</c> the decimal character, <c>E0</c> an exponent. The characters themselves are
/// those that the column declares.
/// </summary>
/// <param name="MinWhole">Digits before the decimal character, at least.</param>
/// <param name="Grouped">Whether groups of three are demanded; else none may stand.</param>
/// <param name="MinFraction">Digits after it, at least.</param>
/// <param name="MaxFraction">Digits after it, at most.</param>
/// <param name="MinExponent">Digits of the exponent at least; 0: there is none.</param>
public sealed partial record NumberPattern(int MinWhole, bool Grouped, int MinFraction, int MaxFraction, int MinExponent)
{
    /// <summary>Null when the text is no pattern of this part.</summary>
    public static NumberPattern? Parse(string text)
    {
        var match = Grammar().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var whole = match.Groups["whole"].Value;
        var groups = whole.Split(',');
        var fraction = match.Groups["fraction"].Value;
        var digits = whole.Replace(",", "", StringComparison.Ordinal);
        return groups.Skip(1).Any(g => g.Length != 3) || digits.TrimStart('#').Contains('#', StringComparison.Ordinal)
            ? null
            : new NumberPattern(
                digits.Count(c => c == '0'), groups.Length > 1, fraction.Count(c => c == '0'), fraction.Length,
                match.Groups["exponent"].Length);
    }

    /// <summary>Whether a text is spelled so. Whether it is a number at all is judged by who reads it.</summary>
    public bool Matches(ReadOnlySpan<byte> text, char decimalChar, char? groupChar)
    {
        if (text is [(byte)'+' or (byte)'-', ..])
        {
            text = text[1..];
        }

        var end = text.IndexOfAny((byte)'E', (byte)'e');
        var exponent = end < 0 ? [] : text[(end + 1)..];
        text = end < 0 ? text : text[..end];
        var point = text.IndexOf((byte)decimalChar);
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? 0 : text.Length - point - 1;
        return fraction >= MinFraction && fraction <= MaxFraction
            && end < 0 == (MinExponent == 0) && Digits(exponent) >= MinExponent
            && Digits(whole) >= MinWhole && IsGroupedAsDemanded(whole, groupChar);
    }

    /// <summary>In groups, every fourth character from the end is the grouping one; without, none is.</summary>
    private bool IsGroupedAsDemanded(ReadOnlySpan<byte> whole, char? groupChar)
    {
        for (var i = 0; i < whole.Length; i++)
        {
            var isPlaceOfGroup = Grouped && (whole.Length - i) % 4 == 0;
            if (!char.IsAsciiDigit((char)whole[i]) != isPlaceOfGroup || (isPlaceOfGroup && whole[i] != groupChar))
            {
                return false;
            }
        }

        return true;
    }

    private static int Digits(ReadOnlySpan<byte> text)
    {
        var count = 0;
        foreach (var c in text)
        {
            count += char.IsAsciiDigit((char)c) ? 1 : 0;
        }

        return count;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{MinWhole}/{Grouped}/{MinFraction}-{MaxFraction}/{MinExponent}");

    [GeneratedRegex(@"^(?=[#0])(?<whole>[#0]*(?:,[#0]+)*)(?:\.(?<fraction>0*#*))?(?:E(?<exponent>0+))?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Grammar();
}
