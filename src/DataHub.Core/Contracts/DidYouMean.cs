using DataHub.Core.Errors;

namespace DataHub.Core.Contracts;

/// <summary>Finds the word that somebody most likely meant.</summary>
public static class DidYouMean
{
    private static readonly Text None = new("", "");

    /// <summary>The end of a sentence that names the nearest word, or nothing when none is near.</summary>
    public static Text Clause(string word, IEnumerable<string> known)
    {
        var nearest = Nearest(word, known);
        return nearest is null ? None : new($"; có phải ý là \"{nearest}\"?", $"; did you mean \"{nearest}\"?");
    }

    public static string? Nearest(string word, IEnumerable<string> known)
    {
        if (word.Length > 100)
        {
            return null;
        }

        var limit = Math.Max(2, word.Length / 3);
        return known
            .Select(k => (Word: k, Distance: Distance(word.ToLowerInvariant(), k.ToLowerInvariant())))
            .Where(c => c.Distance <= limit && c.Distance < Math.Max(word.Length, c.Word.Length))
            .OrderBy(c => c.Distance).ThenBy(c => c.Word, StringComparer.Ordinal)
            .Select(c => c.Word)
            .FirstOrDefault();
    }

    private static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, 1 + Math.Min(previous[j], current[j - 1]));
            }

            previous = current;
        }

        return previous[b.Length];
    }
}
