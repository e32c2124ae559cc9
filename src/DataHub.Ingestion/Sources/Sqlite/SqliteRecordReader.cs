using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using SQLitePCL;

namespace DataHub.Ingestion.Sources.Sqlite;

/// <summary>Fills batches from a statement, a row at a step; positions count from 1. Owns its session.</summary>
internal sealed class SqliteRecordReader(SqliteSession session, sqlite3_stmt statement, SqliteCell[] cells, string what)
    : IRecordReader
{
    // Alive as long as the statement, which is as long as this.
    private readonly nint row = statement.DangerousGetHandle();
    private long ordinal;
    private bool atEnd;

    public required IReadOnlyList<SourceField> Fields { get; init; }

    public DateTimeOffset AsOf { get; } = session.File.Written;

    public long? EstimatedRecords { get; init; }

    public required IReadOnlyList<SourceDrift> Drift { get; init; }

    public required IReadOnlySet<string> Columns { get; init; }

    /// <summary>Writers come one after another: the file's own time is the position.</summary>
    public SourcePosition? Position => new(AsOf);

    public ValueTask<bool> ReadAsync(RecordBatch batch, CancellationToken cancellation)
    {
        batch.Clear();
        cancellation.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(statement.IsClosed, this);
        session.Heed(cancellation);
        var bytes = 0L;
        while (!atEnd && batch.Count < batch.Capacity && bytes < RecordBatch.TargetBytes)
        {
            switch (SqliteNative.Step(row))
            {
                case raw.SQLITE_ROW:
                    bytes += Take(batch);
                    break;
                case raw.SQLITE_DONE:
                    Finish();
                    break;
                case var code:
                    throw Failure(code);
            }
        }

        return new ValueTask<bool>(batch.Count > 0);
    }

    public ValueTask DisposeAsync()
    {
        statement.Dispose();
        session.Dispose();
        return ValueTask.CompletedTask;
    }

    private long Take(RecordBatch batch)
    {
        var bytes = 0L;
        for (var i = 0; i < cells.Length; i++)
        {
            bytes += cells[i].Append(batch.Columns[i], row);
        }

        batch.EndRecord(++ordinal);
        return bytes;
    }

    /// <summary>A write past SQLite's locks (a copy over the file, a writer to a database at rest) voids the pull.</summary>
    private void Finish()
    {
        atEnd = true;
        if (Changed)
        {
            throw ChangedError();
        }
    }

    private bool Changed => session.OpenedAs != SqliteOpenAs.Logged && session.File.Changed;

    private HubErrorException ChangedError() =>
        HubErrors.SourceChangedWhileReading(session.Source, session.File.Name).ToException();

    private Exception Failure(int code) => (code & 0xFF) switch
    {
        raw.SQLITE_TOOBIG => HubErrors.SourceValueTooLarge(
            session.Source, what, ordinal, SqliteSession.MaxValueBytes >> 20).ToException(),
        // Half of the old file and half of the new one look damaged.
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_IOERR when Changed => ChangedError(),
        _ => session.Failure(code),
    };
}
