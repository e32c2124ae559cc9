using System.Text;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources;

/// <summary>Where a contract's columns stand in a source.</summary>
/// <param name="Index">For each contract column its index among the source's, or <see cref="Absent"/>.</param>
/// <param name="Drift">Optional columns that are gone, and columns that came.</param>
internal sealed record SourceColumns(int[] Index, IReadOnlyList<SourceDrift> Drift)
{
    /// <summary>All names that the source has now.</summary>
    public required IReadOnlySet<string> Present { get; init; }

    /// <summary>The source has no such column: all its values are null.</summary>
    public const int Absent = -1;
}

/// <summary>
/// Finds a contract's columns among those that a source has, by exact name. Everything missing or ambiguous is reported
/// at once, with the names that look alike, because a renamed column is never guessed.
/// </summary>
internal static class SourceColumnMatch
{
    private const int MostListed = 100;

    /// <summary>
    /// The same with the drift policy applied: an optional column that the source had before is absent, unless the contract freezes; a missing
    /// column of the key, a required one or one that the pull goes by is an error, and so is one that was never there.
    /// </summary>
    public static SourceColumns Match(string source, string what, PullRequest request, IReadOnlyList<string> present)
    {
        var contract = request.Contract;
        if (request.KnownColumns is not { } known)
        {
            return new SourceColumns(Find(source, what, contract, present), []) { Present = present.ToHashSet(StringComparer.Ordinal) };
        }

        var names = present.ToHashSet(StringComparer.Ordinal);
        var absent = contract.Columns.Where(c => !names.Contains(c.SourceName)).ToHashSet();
        var isBorne = !contract.Terms.FreezeMissingColumns && absent.All(c => known.Contains(c.SourceName) && !IsNeeded(contract, c));
        var kept = isBorne ? contract with { Columns = [.. contract.Columns.Where(c => !absent.Contains(c))] } : contract;
        var found = Find(source, what, kept, present);
        var next = 0;
        int[] index = [.. contract.Columns.Select(c => absent.Contains(c) ? SourceColumns.Absent : found[next++])];
        var wanted = contract.Columns.Select(c => c.SourceName).ToHashSet(StringComparer.Ordinal);
        string[] unnamed = [.. names.Where(p => !wanted.Contains(p))];
        return new SourceColumns(index,
        [
            .. absent.Select(c => AbsentColumn(c, unnamed)),
            .. unnamed.Where(p => !known.Contains(p)).Order(StringComparer.Ordinal).Select(NewColumn),
        ]) { Present = names };
    }

    /// <summary>A column that no pull can do without.</summary>
    public static bool IsNeeded(DataContract contract, ContractColumn column) => column.KeyPosition is not null || column.Required
        || column.Name == contract.Pull.Watermark?.Name || column.Name == contract.Pull.Tombstone?.Name;

    private static SourceDrift AbsentColumn(ContractColumn column, IReadOnlyList<string> unnamed)
    {
        var similar = string.Join(", ", Similar(column.SourceName, unnamed));
        var (vi, en) = similar.Length == 0 ? ("", "") : ($" Tên gần giống: {similar}.", $" Similar: {similar}.");
        return new SourceDrift(SourceDrift.AbsentColumn, column.SourceName, new Text(
            $"Nguồn không còn cột {column.SourceName}: giá trị của {column.Name} được coi là trống.{vi}",
            $"The source has no column {column.SourceName} any more: {column.Name} is null.{en}"));
    }

    private static SourceDrift NewColumn(string name) => new(SourceDrift.NewColumn, name, new Text(
        $"Nguồn có cột mới {name} mà hợp đồng không nêu: cột được bỏ qua. Nếu cần, hãy sửa hợp đồng.",
        $"The source has a new column {name} that the contract does not name: it is left out. Revise the contract if it is wanted."));

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
