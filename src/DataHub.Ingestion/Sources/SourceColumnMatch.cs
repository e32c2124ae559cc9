using System.Text;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources;

/// <summary>
/// Finds a contract's columns among those that a source has, by exact name. Everything missing or ambiguous is reported
/// at once, with the names that look alike, because a renamed column is never guessed.
/// </summary>
internal static class SourceColumnMatch
{
    private const int MostListed = 100;

    /// <summary>For each contract column its index in <paramref name="present"/>.</summary>
    public static int[] Find(string source, string what, DataContract contract, IReadOnlyList<string> present)
    {
        var wanted = contract.Columns.Select(c => c.SourceName).ToArray();
        var missing = wanted.Where(w => !present.Contains(w, StringComparer.Ordinal)).Distinct().ToArray();
        if (missing.Length > 0)
        {
            var similar = missing.SelectMany(m => Similar(m, present).Select(p => $"{m} → {p}")).Take(MostListed);
            throw HubErrors.SourceColumnMissing(
                source, what, missing, [.. present.Take(MostListed)], [.. similar]).ToException();
        }

        var doubled = wanted.Where(w => present.Count(p => p == w) > 1).Distinct().ToArray();
        if (doubled.Length > 0)
        {
            throw HubErrors.SourceColumnDuplicate(source, what, doubled).ToException();
        }

        var index = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < present.Count; i++)
        {
            index.TryAdd(present[i], i);
        }

        return [.. wanted.Select(w => index[w])];
    }

    /// <summary>Up to three candidates: equal but for case, blanks, accents or Unicode form, else within two edits.</summary>
    public static IEnumerable<string> Similar(string name, IEnumerable<string> candidates)
    {
        var folded = Fold(name);
        return candidates
            .Select(c => (Candidate: c, Distance: Distance(folded, Fold(c))))
            .Where(c => c.Distance <= Math.Min(2, folded.Length / 3))
            .OrderBy(c => c.Distance)
            .Select(c => c.Candidate)
            .Distinct()
            .Take(3);
    }

    private static string Fold(string name)
    {
        var kept = name.Normalize(NormalizationForm.FormD)
            .Where(c => char.IsLetterOrDigit(c) || c == '.')
            .Select(c => char.ToLowerInvariant(c) == 'đ' ? 'd' : char.ToLowerInvariant(c))
            .Take(200);
        return string.Concat(kept);
    }

    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 2)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitution, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
