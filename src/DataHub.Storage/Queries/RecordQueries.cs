using DataHub.Core.Versioning;
using DataHub.Storage.Catalogue;
using DataHub.Storage.Connections;
using DataHub.Storage.Versions;
using Npgsql;

namespace DataHub.Storage.Queries;

/// <summary>What to read: a version of a line, some of its columns.</summary>
/// <param name="Line">Tables and columns.</param>
/// <param name="Version">The version.</param>
/// <param name="Columns">Columns wanted, in the answer's order.</param>
/// <param name="MustBeHead">True for a moving reference: the answer must be the head's at this moment.</param>
public sealed record RecordQuery(StoreLine Line, VersionEntry Version, IReadOnlyList<StoreColumn> Columns, bool MustBeHead);

/// <summary>Rows under way; dispose it to give the connection back.</summary>
public sealed class RecordRows(NpgsqlConnection connection, NpgsqlBatch batch, NpgsqlDataReader reader) : IAsyncDisposable
{
    /// <summary>Positioned before the first row; the wanted columns come first, then the key.</summary>
    public NpgsqlDataReader Reader { get; } = reader;

    public async ValueTask DisposeAsync()
    {
        await Reader.DisposeAsync();
        await batch.DisposeAsync();
        await connection.DisposeAsync();
    }
}

/// <summary>
/// Reads records. The newest version is tried on the current table alone; when a publication came in between, that statement returns nothing by its own head
/// test and the as-of statement gives the version's rows.
/// </summary>
public sealed class RecordQueries(StoreConnections connections)
{
    /// <summary>A page in key order after <paramref name="after"/>; null when the version is not the head any more although it must be.</summary>
    public Task<RecordRows?> PageAsync(RecordQuery query, object[]? after, int limit, CancellationToken cancellation)
    {
        var sql = RecordSql.For(query.Line, query.Columns);
        var latest = after is null ? sql.FirstLatest : sql.NextLatest;
        var asOf = after is null ? sql.FirstAsOf : sql.NextAsOf;
        return ReadAsync(query, sql.Head, latest, asOf, [.. after ?? [], limit], expectsRows: limit > 0, cancellation);
    }

    /// <summary>The record with this key, or no row.</summary>
    public Task<RecordRows?> OneAsync(RecordQuery query, object[] key, CancellationToken cancellation)
    {
        var sql = RecordSql.For(query.Line, query.Columns);
        return ReadAsync(query, sql.Head, sql.OneLatest, sql.OneAsOf, key, expectsRows: true, cancellation);
    }

    private async Task<RecordRows?> ReadAsync(
        RecordQuery query, string head, string latest, string asOf, object[] values, bool expectsRows, CancellationToken cancellation)
    {
        var seq = query.Version.Seq;
        if (query.MustBeHead || query.Line.Head == seq)
        {
            var (isHead, rows) = await TryHeadAsync(seq, head, latest, values, cancellation);
            if (rows is not null && (rows.Reader.HasRows || (isHead && !expectsRows)))
            {
                return rows;
            }

            if (rows is not null)
            {
                await rows.DisposeAsync();
            }

            if (query.MustBeHead && !isHead)
            {
                return null;
            }
        }

        var batch = await BeginAsync(cancellation, (asOf, [seq, .. values]));
        return batch;
    }

    private async Task<(bool IsHead, RecordRows? Rows)> TryHeadAsync(
        int seq, string head, string latest, object[] values, CancellationToken cancellation)
    {
        var rows = await BeginAsync(cancellation, (head, []), (latest, [seq, .. values]));
        await rows.Reader.ReadAsync(cancellation);
        var isHead = !rows.Reader.IsDBNull(0) && rows.Reader.GetInt32(0) == seq;
        await rows.Reader.NextResultAsync(cancellation);
        return (isHead, rows);
    }

    private async Task<RecordRows> BeginAsync(CancellationToken cancellation, params (string Text, object[] Values)[] statements)
    {
        var connection = await connections.Read.OpenConnectionAsync(cancellation);
        var batch = new NpgsqlBatch(connection);
        try
        {
            foreach (var (text, values) in statements)
            {
                var command = new NpgsqlBatchCommand(text);
                foreach (var value in values)
                {
                    command.Parameters.Add(new NpgsqlParameter { Value = value });
                }

                batch.BatchCommands.Add(command);
            }

            return new RecordRows(connection, batch, await batch.ExecuteReaderAsync(cancellation));
        }
        catch
        {
            await batch.DisposeAsync();
            await connection.DisposeAsync();
            throw;
        }
    }
}
