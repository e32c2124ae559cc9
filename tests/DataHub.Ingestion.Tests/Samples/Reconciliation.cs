using System.Globalization;
using System.Text;

namespace DataHub.Ingestion.Tests.Samples;

/// <summary>
/// Compares the same tables published from two engines, cell by cell: tables and columns are matched by name without case and
/// underscores, rows by key. Nothing is normalised: every difference is counted, and the first of each column are shown.
/// </summary>
internal static class Reconciliation
{
    private const int Shown = 10;

    public static string Report(
        string leftName, IReadOnlyList<PublishedTable> left, string rightName, IReadOnlyList<PublishedTable> right)
    {
        var report = new StringBuilder($"{leftName} | {rightName}\n");
        var others = right.ToDictionary(t => Fold(t.Name));
        foreach (var table in left)
        {
            if (others.Remove(Fold(table.Name), out var other))
            {
                Compare(table, other, report);
            }
            else
            {
                report.Append("only left: ").Append(table.Name).Append('\n');
            }
        }

        foreach (var table in others.Values)
        {
            report.Append("only right: ").Append(table.Name).Append('\n');
        }

        return report.ToString();
    }

    private static void Compare(PublishedTable left, PublishedTable right, StringBuilder report)
    {
        var columns = left.Columns.Index().Select(l => (Left: l.Index, Right: IndexOf(right, l.Item.Name))).ToList();
        var lines = new StringBuilder();
        foreach (var (l, r) in columns)
        {
            var (name, type) = (left.Columns[l].Name, left.Columns[l].Type);
            if (r < 0)
            {
                lines.Append("  column only left: ").Append(name).Append('\n');
            }
            else if (right.Columns[r].Type != type)
            {
                lines.Append(CultureInfo.InvariantCulture, $"  type of {name}: {type} | {right.Columns[r].Type}\n");
            }
        }

        foreach (var column in right.Columns.Index().Where(c => columns.TrueForAll(m => m.Right != c.Index)))
        {
            lines.Append("  column only right: ").Append(column.Item.Name).Append('\n');
        }

        var (equal, cells) = CompareRows(left, right, columns.Where(c => c.Right >= 0).ToList(), lines);
        report.Append(CultureInfo.InvariantCulture,
            $"{left.Name} | {right.Name}: {left.Rows.Count} | {right.Rows.Count} records, {equal} of {cells} cells equal\n").Append(lines);
    }

    private static (long Equal, long Cells) CompareRows(
        PublishedTable left, PublishedTable right, List<(int Left, int Right)> columns, StringBuilder lines)
    {
        var rows = right.Rows.ToDictionary(r => Key(right, left.Key, r));
        var differences = columns.ToDictionary(c => c, _ => new List<string>());
        var (equal, cells) = (0L, 0L);
        foreach (var row in left.Rows.OrderBy(r => Key(left, left.Key, r), StringComparer.Ordinal))
        {
            var key = Key(left, left.Key, row);
            if (!rows.Remove(key, out var other))
            {
                lines.Append("  record only left: ").Append(key).Append('\n');
                continue;
            }

            foreach (var column in columns)
            {
                var (a, b) = (row[column.Left], other[column.Right]);
                cells++;
                equal += a == b ? 1 : 0;
                if (a != b)
                {
                    differences[column].Add($"    {key}: {Show(a)} | {Show(b)}\n");
                }
            }
        }

        foreach (var key in rows.Keys.Order(StringComparer.Ordinal))
        {
            lines.Append("  record only right: ").Append(key).Append('\n');
        }

        foreach (var (column, found) in differences.Where(d => d.Value.Count > 0))
        {
            lines.Append(CultureInfo.InvariantCulture, $"  {left.Columns[column.Left].Name}: {found.Count} cells differ\n");
            lines.AppendJoin("", found.Take(Shown));
        }

        return (equal, cells);
    }

    private static string Key(PublishedTable table, IReadOnlyList<string> key, string?[] row) =>
        string.Join(',', key.Select(k => row[IndexOf(table, k)]));

    private static int IndexOf(PublishedTable table, string column) =>
        table.Columns.Index().Where(c => Fold(c.Item.Name) == Fold(column)).Select(c => c.Index).DefaultIfEmpty(-1).First();

    /// <summary>InvoiceLine, invoice_line and public.invoice_line are one name.</summary>
    private static string Fold(string name) =>
        name[(name.LastIndexOf('.') + 1)..].Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();

    // Control characters and what looks like nothing must show.
    private static string Show(string? value) => value is null ? "∅" : string.Concat(value.EnumerateRunes().Select(r =>
        System.Text.Rune.IsControl(r) || r.Value is 0xA0 or 0xFEFF or 0x200B or 0xAD
            ? string.Create(CultureInfo.InvariantCulture, $"\\u{r.Value:X4}") : r.ToString()));
}
