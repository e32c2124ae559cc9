using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using MySqlConnector;

namespace DataHub.Ingestion.Sources.MySql;

/// <summary>
/// Moves an unbuffered result into batches, cell by cell as bytes: without a string or an object a cell. Owns the session.
/// </summary>
internal sealed class MySqlRecordReader(MySqlSession session, MySqlDataReader reader, string what, bool isQuery)
    : DatabaseRecordReader
{
    private byte[] cell = new byte[64 << 10];
    private long ordinal;
    private bool atEnd;

    public required MySqlCell[] Cells { get; init; }

    public override async ValueTask<bool> ReadAsync(RecordBatch batch, CancellationToken cancellation)
    {
        batch.Clear();
        try
        {
            await FillBatchAsync(batch, cancellation);
        }
        catch (Exception e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw session.Errors.WhileReading(e, what, isQuery);
        }

        return batch.Count > 0 || batch.Broken.Count > 0;
    }

    public override ValueTask DisposeAsync() => session.DisposeAsync();

    private async ValueTask FillBatchAsync(RecordBatch batch, CancellationToken cancellation)
    {
        long bytes = 0;
        cancellation.ThrowIfCancellationRequested();
        while (!atEnd && batch.Count < batch.Capacity && batch.Broken.Count < batch.Capacity
            && bytes < RecordBatch.TargetBytes)
        {
            // Rows come many to a read of the socket: nearly every call is complete at once.
            var next = reader.ReadAsync(CancellationToken.None);
            if (next.IsCompletedSuccessfully ? next.Result : await next.WaitAsync(cancellation))
            {
                bytes += Decode(batch);
            }
            else
            {
                atEnd = true;
                session.IsBusy = false;
            }
        }
    }

    private long Decode(RecordBatch batch)
    {
        long bytes = 0;
        ordinal++;
        for (var i = 0; i < Cells.Length; i++)
        {
            if (reader.IsDBNull(i))
            {
                batch.Columns[i].AppendNull();
                continue;
            }

            var length = (int)reader.GetBytes(i, 0, cell, 0, cell.Length);
            if (length == cell.Length)
            {
                length = GetWide(i, bytes);
                if (length < 0)
                {
                    SetAside(batch);
                    return 0;
                }
            }

            Cells[i].Append(batch.Columns[i], cell.AsSpan(0, length));
            bytes += length;
        }

        batch.EndRecord(ordinal);
        return bytes;
    }

    /// <summary>A value that fills the room at least; -1 when its record is too wide for memory.</summary>
    private int GetWide(int column, long before)
    {
        var length = reader.GetBytes(column, 0, null, 0, 0);
        if (before + length > RecordBatch.MaxRecordBytes)
        {
            return -1;
        }

        if (length > cell.Length)
        {
            cell = new byte[(int)Math.Max(length, Math.Min(cell.Length * 2L, RecordBatch.MaxRecordBytes))];
        }

        return (int)reader.GetBytes(column, 0, cell, 0, (int)length);
    }

    private void SetAside(RecordBatch batch) => batch.BreakRecord(BrokenRecord.TooLarge(ordinal));
}
