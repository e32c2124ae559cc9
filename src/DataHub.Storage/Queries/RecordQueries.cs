using DataHub.Core.Queries;
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
public sealed record RecordQuery(StoreLine Line, VersionEntry Version, IReadOnlyList<StoreColumn> Columns, bool MustBeHead)
{
    /// <summary>Which records, in which order; null for all in key order.</summary>
    public RecordQuestion? Question { get; init; }
}

/// <summary>Rows under way; dispose it to give the connection back.</summary>
public sealed class RecordRows(NpgsqlConnection connection, NpgsqlCommand command, NpgsqlDataReader reader) : IAsyncDisposable
{
    /// <summary>Positioned before the first row; the wanted columns come first, then those of the order, which end with the key.</summary>
    public NpgsqlDataReader Reader { get; } = reader;

    public async ValueTask DisposeAsync()
    {
        await Reader.DisposeAsync();
        await command.DisposeAsync();
        await connection.DisposeAsync();
    }
}

/// <summary>
/// Reads records. The newest version is tried on the current table alone; when a publication came in between, that statement returns
/// nothing by its own head test and the as-of statement gives the version's rows.
/// </summary>
public sealed class RecordQueries(StoreConnections connections)
{
    /// <summary>
    /// A page in the question's order after <paramref name="after"/>, the values of its order's columns in the last record; null when
    /// the version is not the head any more although it must be.
    /// </summary>
    public Task<RecordRows?> PageAsync(RecordQuery query, object?[]? after, int limit, CancellationToken cancellation)
    {
        if (query.Question is { } question && !question.IsPlain(query.Line.Layout))
        {
            return QuestionAsync(query, after, limit, cancellation);
        }

        var sql = RecordSql.For(query.Line, query.Columns);
        var latest = after is null ? sql.FirstLatest : sql.NextLatest;
        var asOf = after is null ? sql.FirstAsOf : sql.NextAsOf;
        return ReadAsync(query, connections.Read, sql.Head, latest, asOf, [.. (after ?? []).Select(v => v!), limit], cancellation);
    }

    /// <summary>The record with this key, or no row.</summary>
    public Task<RecordRows?> OneAsync(RecordQuery query, object[] key, CancellationToken cancellation)
    {
        var sql = RecordSql.For(query.Line, query.Columns);
        return ReadAsync(query, connections.Lookup, sql.Head, sql.OneLatest, sql.OneAsOf, key, cancellation);
    }

    // As below, but no row may be the answer: then the head is asked, and where it stands still that reader, as empty, is the answer.
    private async Task<RecordRows?> QuestionAsync(RecordQuery query, object?[]? after, int limit, CancellationToken cancellation)
    {
        var seq = query.Version.Seq;
        if (query.MustBeHead || query.Line.Head == seq)
        {
            var latest = new QuestionSql(query).Page(after, limit, asOf: false);
            var rows = await BeginAsync(connections.Read, latest.Text, latest.Values, cancellation);
            if (rows.Reader.HasRows)
            {
                return rows;
            }

            await rows.DisposeAsync();
            var moved = await BeginAsync(connections.Read, QuestionSql.Moved(query.Line.Layout), [seq], cancellation);
            if (!moved.Reader.HasRows)
            {
                return moved;
            }

            await moved.DisposeAsync();
            if (query.MustBeHead)
            {
                return null;
            }
        }

        var asOf = new QuestionSql(query).Page(after, limit, asOf: true);
        return await BeginAsync(connections.Read, asOf.Text, asOf.Values, cancellation);
    }

    private async Task<RecordRows?> ReadAsync(
        RecordQuery query, NpgsqlDataSource source, string head, string latest, string asOf, object[] values,
        CancellationToken cancellation)
    {
        var seq = query.Version.Seq;
        if (query.MustBeHead || query.Line.Head == seq)
        {
            // A row proves by the statement's own head test that the version is the newest; only where none comes somebody must ask.
            var rows = await BeginAsync(source, latest, [seq, .. values], cancellation);
            if (rows.Reader.HasRows)
            {
                return rows;
            }

            await rows.DisposeAsync();
            if (query.MustBeHead && await HeadAsync(head, cancellation) != seq)
            {
                return null;
            }
        }

        return await BeginAsync(connections.Read, asOf, [seq, .. values], cancellation);
    }

    private async Task<int> HeadAsync(string head, CancellationToken cancellation)
    {
        await using var command = connections.Read.CreateCommand(head);
        return await command.ExecuteScalarAsync(cancellation) is int seq ? seq : 0;
    }

    private static async Task<RecordRows> BeginAsync(NpgsqlDataSource source, string text, object[] values, CancellationToken cancellation)
    {
        var connection = await source.OpenConnectionAsync(cancellation);
        var command = new NpgsqlCommand(text, connection);
        try
        {
            foreach (var value in values)
            {
                command.Parameters.Add(StoreParameter.For(value));
            }

            return new RecordRows(connection, command, await command.ExecuteReaderAsync(cancellation));
        }
        catch
        {
            await command.DisposeAsync();
            await connection.DisposeAsync();
            throw;
        }
    }
}
