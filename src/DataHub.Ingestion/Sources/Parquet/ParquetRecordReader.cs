using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.Files;

namespace DataHub.Ingestion.Sources.Parquet;

/// <summary>
/// Fills batches from the columns that the contract names, a row group after another. Positions are the numbers of the file's rows, from 1. Owns
/// the file.
/// </summary>
internal sealed class ParquetRecordReader : IFileReader
{
    private readonly ParquetFile file;
    private readonly int[] cursorOf;
    private readonly ParquetColumn[] read;
    private ParquetCursor[] cursors = [];
    private int group = -1;
    private long left, row;

    public ParquetRecordReader(ParquetFile file, SourceColumns columns, PullRequest request)
    {
        (this.file, Drift, Columns) = (file, columns.Drift, columns.Present);
        // A column that the contract names twice has two cursors.
        read = [.. columns.Index.Where(i => i != SourceColumns.Absent).Select(i => file.Columns[i])];
        var next = 0;
        cursorOf = [.. columns.Index.Select(i => i == SourceColumns.Absent ? SourceColumns.Absent : next++)];
        Fields =
        [
            .. request.Contract.Columns.Zip(columns.Index, (c, i) => i == SourceColumns.Absent
                ? new SourceField(c.SourceName, SourceKind.Text, "")
                : new SourceField(c.SourceName, file.Columns[i].Type.KindFor(c), file.Columns[i].Type.Name)),
        ];
        Header = [.. file.Columns.Select(c => $"{c.Name} {c.Type.Name}")];
    }

    public IReadOnlyList<SourceField> Fields { get; }

    public IReadOnlyList<string> Header { get; }

    public IReadOnlyList<SourceDrift> Drift { get; }

    public IReadOnlySet<string> Columns { get; }

    public DateTimeOffset AsOf => file.Input.File.Written;

    public long? EstimatedRecords => file.Rows;

    public ValueTask<bool> ReadAsync(RecordBatch batch, CancellationToken cancellation)
    {
        batch.Clear();
        var bytes = 0L;
        while (batch.Count + batch.Broken.Count < batch.Capacity && bytes < RecordBatch.TargetBytes && Next())
        {
            cancellation.ThrowIfCancellationRequested();
            var size = Append(batch);
            bytes += size;
            left--;
            row++;
            if (size > RecordBatch.MaxRecordBytes)
            {
                batch.BreakRecord(BrokenRecord.TooLarge(row));
            }
            else
            {
                batch.EndRecord(row);
            }
        }

        return new ValueTask<bool>(batch.Count > 0 || batch.Broken.Count > 0);
    }

    public ValueTask DisposeAsync()
    {
        CloseGroup();
        file.Dispose();
        return ValueTask.CompletedTask;
    }

    private long Append(RecordBatch batch)
    {
        var (bytes, i) = (0L, 0);
        try
        {
            for (; i < cursorOf.Length; i++)
            {
                if (cursorOf[i] == SourceColumns.Absent)
                {
                    batch.Columns[i].AppendNull();
                }
                else
                {
                    bytes += cursors[cursorOf[i]].Append(batch.Columns[i]);
                }
            }

            return bytes;
        }
        catch (Exception e)
        {
            throw file.Damaged(e, group, read[cursorOf[i]]);
        }
    }

    /// <summary>Goes to the next row group when the present one is at its end; false behind the last.</summary>
    private bool Next()
    {
        while (left == 0)
        {
            RefuseMore();
            CloseGroup();
            if (group + 1 == file.Groups)
            {
                return false;
            }

            left = file.RowsOf(++group);
            cursors = left == 0 ? [] : file.OpenGroup(group, read);
        }

        return true;
    }

    private void RefuseMore()
    {
        for (var i = 0; i < cursors.Length; i++)
        {
            try
            {
                cursors[i].RefuseMore();
            }
            catch (Exception e)
            {
                throw file.Damaged(e, group, read[i]);
            }
        }
    }

    private void CloseGroup()
    {
        foreach (var cursor in cursors)
        {
            cursor.Dispose();
        }

        cursors = [];
    }
}
