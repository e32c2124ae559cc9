using System.Text;
using DataHub.Demo.Generation;
using DataHub.Demo.Sectors;

namespace DataHub.Demo.Tests;

/// <summary>What a hub must count in two successive pulls, by the agreed rules, over rows as (key, content, valid).</summary>
internal static class Pulls
{
    internal sealed record Source(string? Key, string Content, bool Valid);

    /// <summary>Publishes the first state, pulls the second over it.</summary>
    internal static (PullCounts First, PullCounts Second) Count(IEnumerable<Source> first, IEnumerable<Source> second)
    {
        var head = new Dictionary<string, string>();
        return (Pull(head, first), Pull(head, second));
    }

    internal static IEnumerable<Source> Of(IEnumerable<Dossier> rows)
    {
        var rules = new ContractRules("one-stop-dossiers");
        return rows.Select(row => Judge(rules, FormattableString.Invariant($"{row.DossierId}"),
        [
            FormattableString.Invariant($"{row.DossierId}"), row.DossierCode, row.CitizenId, row.ApplicantName,
            row.ProcedureCode, row.ProcedureName, row.AgencyCode, row.Status, row.ReceivedAt.ToString("O"),
            row.DueDate.ToString("yyyy-MM-dd"), row.FinishedAt?.ToString("O"), FormattableString.Invariant($"{row.Fee}"),
            row.IsOnline ? "true" : "false", row.Note,
        ]));
    }

    internal static IEnumerable<Source> Of(IEnumerable<Payment> rows)
    {
        var rules = new ContractRules("online-payments");
        return rows.Select(row => Judge(rules, row.PaymentId,
        [
            row.PaymentId, row.DossierCode, FormattableString.Invariant($"{row.Amount}"), row.Currency,
            row.PaidAt.ToString("O"), row.Channel, row.PayerId, row.BankCode, row.Status, row.Refunded ? "true" : "false",
        ]));
    }

    internal static IEnumerable<Source> Enterprises(IEnumerable<object?[]> rows)
    {
        var rules = new ContractRules("enterprises");
        foreach (var row in rows)
        {
            if (Array.Exists(row, cell => cell is byte[]))
            {
                yield return new Source((string?)row[0], "", false);
                continue;
            }

            var cells = row.Select(cell => ((string?)cell)?.Normalize(NormalizationForm.FormC)).ToList();
            cells[7] = cells[7]?.Replace(".", "").Replace(',', '.');
            yield return Judge(rules, cells[0], cells);
        }
    }

    internal static IEnumerable<Source> Lines(string dataset, IEnumerable<string> lines, char delimiter, int columns)
    {
        var rules = new ContractRules(dataset);
        foreach (var line in lines)
        {
            var cells = Split(line.Normalize(NormalizationForm.FormC), delimiter);
            if (cells is null || cells.Count != columns)
            {
                yield return new Source(null, line, false);
                continue;
            }

            yield return Judge(rules, cells[0]!, cells);
        }
    }

    /// <summary>Cells of one line, empty as null; null when a quote stands where none may.</summary>
    internal static List<string?>? Split(string line, char delimiter)
    {
        var cells = new List<string?>();
        for (var i = 0; i <= line.Length;)
        {
            if (i < line.Length && line[i] == '"')
            {
                var cell = new StringBuilder();
                for (i++; i < line.Length && (line[i] != '"' || (i + 1 < line.Length && line[i + 1] == '"')); i++)
                {
                    cell.Append(line[i]);
                    i += line[i] == '"' ? 1 : 0;
                }

                if (++i < line.Length && line[i] != delimiter)
                {
                    return null;
                }

                cells.Add(cell.ToString());
                i++;
                continue;
            }

            var end = line.IndexOf(delimiter, i) is var at and >= 0 ? at : line.Length;
            cells.Add(end == i ? null : line[i..end]);
            i = end + 1;
        }

        return cells;
    }

    private static Source Judge(ContractRules rules, string? key, IReadOnlyList<string?> row) =>
        new(key, string.Join('\u001f', row), rules.Broken(row).Count == 0);

    private static PullCounts Pull(Dictionary<string, string> head, IEnumerable<Source> rows)
    {
        var all = rows.ToList();
        var good = all.Where(r => r.Valid).GroupBy(r => r.Key!).ToList();
        int fresh = 0, changed = 0, duplicate = 0, rejected = all.Count(r => !r.Valid);
        foreach (var group in good)
        {
            var contents = group.Select(r => r.Content).Distinct().ToList();
            if (contents.Count > 1)
            {
                rejected += group.Count();
                continue;
            }

            duplicate += group.Count() - 1;
            var known = head.TryGetValue(group.Key, out var old);
            fresh += known ? 0 : 1;
            changed += known && old != contents[0] ? 1 : 0;
            head[group.Key] = contents[0];
        }

        var seen = all.Select(r => r.Key).ToHashSet();
        var gone = head.Keys.Where(key => !seen.Contains(key)).ToList();
        gone.ForEach(key => head.Remove(key));
        return new PullCounts
        {
            Read = all.Count, New = fresh, Changed = changed, Rejected = rejected, Duplicate = duplicate, Removed = gone.Count,
        };
    }
}
