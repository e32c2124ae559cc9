using System.Text;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.Files;

namespace DataHub.Ingestion.Sources.Excel;

/// <summary>Fills batches from a sheet, a row at a time; a row without any value is none. Positions are the sheet's row numbers. Owns the sheet.</summary>
internal sealed class ExcelRecordReader : IFileReader
{
    private readonly ExcelSheet sheet;
    private readonly int[] index;
    private readonly int mostBytes;

    /// <param name="mostBytes">Longest text of a cell, bytes of UTF-8: a longer one breaks its record.</param>
    public ExcelRecordReader(ExcelSheet sheet, SourceColumns columns, PullRequest request, int mostBytes)
    {
        (this.sheet, index, Drift, Columns, this.mostBytes) = (sheet, columns.Index, columns.Drift, columns.Present, mostBytes);
        Fields = [.. request.Contract.Columns.Select(c => new SourceField(c.SourceName, ExcelCell.KindOf(c), "cell"))];
    }

    public IReadOnlyList<SourceField> Fields { get; }

    public IReadOnlyList<string> Header => sheet.Header;

    public IReadOnlyList<SourceDrift> Drift { get; }

    public IReadOnlySet<string> Columns { get; }

    public DateTimeOffset AsOf => sheet.Input.File.Written;

    public long? EstimatedRecords => Math.Max(0, sheet.Book.RowCount - sheet.Row);

    public ValueTask<bool> ReadAsync(RecordBatch batch, CancellationToken cancellation)
    {
        batch.Clear();
        var bytes = 0L;
        while (batch.Count + batch.Broken.Count < batch.Capacity && bytes < RecordBatch.TargetBytes && sheet.Next())
        {
            cancellation.ThrowIfCancellationRequested();
            if (IsBlank())
            {
                continue;
            }

            if (Array.FindIndex(index, IsTooLong) is >= 0 and var tooLong)
            {
                batch.Broken.Add(TooLong(Fields[tooLong].Name));
                continue;
            }

            for (var i = 0; i < index.Length; i++)
            {
                if (index[i] == SourceColumns.Absent)
                {
                    batch.Columns[i].AppendNull();
                }
                else
                {
                    bytes += ExcelCell.Append(batch.Columns[i], sheet, index[i]);
                }
            }

            batch.EndRecord(sheet.Row);
        }

        return new ValueTask<bool>(batch.Count > 0 || batch.Broken.Count > 0);
    }

    public ValueTask DisposeAsync()
    {
        sheet.Dispose();
        return ValueTask.CompletedTask;
    }

    private bool IsTooLong(int cell) => cell != SourceColumns.Absent && cell < sheet.Book.FieldCount && sheet.Book.GetValue(cell) is string text
        && text.Length > mostBytes / 4 && Encoding.UTF8.GetByteCount(text) > mostBytes;

    private BrokenRecord TooLong(string column) => new(sheet.Row, "excel_cell_too_large", new(
        $"Dòng {sheet.Row}: ô của cột “{column}” dài hơn {mostBytes} byte cho phép.",
        $"Row {sheet.Row}: the cell of column \"{column}\" is longer than the {mostBytes} bytes allowed."), "");

    private bool IsBlank()
    {
        for (var i = 0; i < sheet.Book.FieldCount; i++)
        {
            if (sheet.Book.GetValue(i) is not (null or ""))
            {
                return false;
            }
        }

        return true;
    }
}
