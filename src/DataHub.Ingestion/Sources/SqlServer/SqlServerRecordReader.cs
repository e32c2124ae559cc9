using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using Microsoft.Data.SqlClient;

namespace DataHub.Ingestion.Sources.SqlServer;

/// <summary>
/// Moves a result into batches, cell by cell in the order of its columns, without a string or an object a cell. Owns the session.
/// </summary>
internal sealed class SqlServerRecordReader(SqlServerSession session, SqlDataReader reader, string what, bool isQuery) : DatabaseRecordReader
{
    private readonly long began = Environment.TickCount64;
    private byte[] cell = new byte[64 << 10];
    private long ordinal;
    private bool atEnd;

    public required SqlServerCell[] Cells { get; init; }

    public override async ValueTask<bool> ReadAsync(RecordBatch batch, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        batch.Clear();
        try
        {
            atEnd = atEnd || await session.CallAsync(() => FillBatch(batch), cancellation);
        }
        catch (Exception e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw session.Errors.WhileReading(e, what, isQuery);
        }

        return batch.Count > 0 || batch.Broken.Count > 0;
    }

    public override ValueTask DisposeAsync() => session.DisposeAsync();

    /// <summary>True at the end of the result.</summary>
    private bool FillBatch(RecordBatch batch)
    {
        long bytes = 0;
        while (batch.Count < batch.Capacity && batch.Broken.Count < batch.Capacity && bytes < RecordBatch.TargetBytes && !session.IsGivenUp)
        {
            EndWhenTooLong();
            if (!reader.Read())
            {
                // An error behind the last row stands in the rest of the answer.
                while (reader.NextResult())
                {
                }

                return true;
            }

            bytes += Decode(batch);
        }

        return false;
    }

    /// <summary>The engine has no limit of its own for a statement.</summary>
    private void EndWhenTooLong()
    {
        if (session.Options.StatementSeconds is > 0 and var most && Environment.TickCount64 - began > most * 1000L)
        {
            throw HubErrors.SourceTimeout(session.Source, most).ToException();
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

            if (!Cells[i].IsBytes)
            {
                Cells[i].Take(reader, i, batch.Columns[i]);
                bytes += sizeof(long);
                continue;
            }

            var length = GetBytes(i, RecordBatch.MaxRecordBytes - bytes);
            if (length < 0)
            {
                SetAside(batch);
                return 0;
            }

            Cells[i].Append(batch.Columns[i], cell.AsSpan(0, length));
            bytes += length;
        }

        batch.EndRecord(ordinal);
        return bytes;
    }

    /// <summary>A value's bytes into <see cref="cell"/>, piece by piece as they come; -1 when its record is too wide for memory.</summary>
    private int GetBytes(int column, long room)
    {
        for (var length = 0; ;)
        {
            var wanted = cell.Length - length;
            var read = (int)reader.GetBytes(column, length, cell, length, wanted);
            length += read;
            if (length > room)
            {
                return -1;
            }

            if (read < wanted)
            {
                return length;
            }

            Array.Resize(ref cell, (int)Math.Min(cell.Length * 2L, RecordBatch.MaxRecordBytes + 1L));
        }
    }

    private void SetAside(RecordBatch batch) => batch.BreakRecord(BrokenRecord.TooLarge(ordinal));
}
