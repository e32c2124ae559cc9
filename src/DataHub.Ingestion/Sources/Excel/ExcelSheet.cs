using DataHub.Core.Errors;
using DataHub.Ingestion.Sources.Files;
using ExcelDataReader;

namespace DataHub.Ingestion.Sources.Excel;

/// <summary>The declared sheet of a workbook just behind its header. Owns the workbook.</summary>
internal sealed class ExcelSheet : IDisposable
{
    private readonly FileInput input;

    private ExcelSheet(FileInput input, (IExcelDataReader Book, bool HasErrors) opened) =>
        ((Book, HasErrors), this.input) = (opened, input);

    public IExcelDataReader Book { get; }

    /// <summary>Some cell of the workbook is an error.</summary>
    public bool HasErrors { get; }

    public FileInput Input => input;

    public IReadOnlyList<string> Header { get; private set; } = [];

    /// <summary>Number of the row read last, from 1.</summary>
    public long Row { get; private set; }

    public static async Task<ExcelSheet> OpenAsync(
        FileInput input, ExcelSourceOptions options, FileSourceOptions limits, CancellationToken cancellation)
    {
        var sheet = new ExcelSheet(input, await ExcelWorkbook.OpenAsync(input, limits, cancellation));
        try
        {
            sheet.Find(options);
            sheet.Header = sheet.ReadHeader(options);
            return sheet;
        }
        catch (Exception e)
        {
            sheet.Dispose();
            throw ExcelWorkbook.Translate(e, input);
        }
    }

    /// <summary>Goes to the next row; false at the end of the sheet.</summary>
    public bool Next()
    {
        try
        {
            if (!Book.Read())
            {
                return false;
            }

            Row = Book.Depth + 1;
            return true;
        }
        catch (Exception e)
        {
            throw ExcelWorkbook.Translate(e, input);
        }
    }

    public void Dispose() => Book.Dispose();

    private void Find(ExcelSourceOptions options)
    {
        var names = new List<string>();
        do
        {
            names.Add(Book.Name);
            if (options.Sheet is { } name ? Book.Name == name : names.Count == options.SheetNumber)
            {
                return;
            }
        }
        while (Book.NextResult());

        throw HubErrors.SourceSheetMissing(input.Source, input.Name, options.Sheet ?? $"{options.SheetNumber}", names).ToException();
    }

    private List<string> ReadHeader(ExcelSourceOptions options)
    {
        var (last, parts) = (options.HeaderRow + options.HeaderRows - 1, new List<List<string>>());
        while (Row < last)
        {
            if (!Next())
            {
                throw HubErrors.SourceHeaderMissing(input.Source, input.Name).ToException();
            }

            if (Row >= options.HeaderRow)
            {
                TakeNames(parts);
            }
        }

        FillMerged(parts, options.HeaderRow - 1);
        var names = parts.Select(p => string.Join(" / ", p.Where(n => n.Length > 0).Distinct(StringComparer.Ordinal))).ToList();
        var end = names.FindLastIndex(n => n.Length > 0) + 1;
        return end > 0 ? names[..end] : throw HubErrors.SourceHeaderMissing(input.Source, input.Name).ToException();
    }

    private void TakeNames(List<List<string>> parts)
    {
        for (var i = 0; i < Book.FieldCount; i++)
        {
            while (parts.Count <= i)
            {
                parts.Add([.. Enumerable.Repeat("", parts.Count > 0 ? parts[0].Count - (i > 0 ? 1 : 0) : 0)]);
            }

            parts[i].Add(Convert.ToString(Book.GetValue(i), System.Globalization.CultureInfo.InvariantCulture)?.Trim() ?? "");
        }
    }

    /// <summary>A merged cell's text stands in its first cell alone; it names every column below it.</summary>
    private void FillMerged(List<List<string>> parts, int firstRow)
    {
        foreach (var range in Book.MergeCells ?? [])
        {
            var text = Part(parts, range.FromColumn, range.FromRow - firstRow);
            for (var column = range.FromColumn; text.Length > 0 && column <= range.ToColumn && column < parts.Count; column++)
            {
                for (var row = range.FromRow - firstRow; row <= range.ToRow - firstRow && row < parts[column].Count; row++)
                {
                    parts[column][row] = text;
                }
            }
        }
    }

    private static string Part(List<List<string>> parts, int column, int row) =>
        column < parts.Count && row >= 0 && row < parts[column].Count ? parts[column][row] : "";
}
