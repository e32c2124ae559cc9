using System.Text.Json;
using DataHub.Storage.Connections;
using Npgsql;

namespace DataHub.Storage.Queries;

/// <summary>How many records answer a question.</summary>
/// <param name="Records">The number.</param>
/// <param name="IsEstimate">True when it comes from statistics.</param>
public sealed record RecordCount(long Records, bool IsEstimate);

/// <summary>
/// Counts the records that answer a filtered question: exactly within a budget of time, else as PostgreSQL's planner expects.
/// </summary>
public sealed class RecordCounts(StoreConnections connections, StorageOptions options)
{
    /// <summary>Counts; an exact count beyond the budget becomes an estimate.</summary>
    public async Task<RecordCount> CountAsync(RecordQuery query, bool exact, CancellationToken cancellation)
    {
        if (exact && await ExactAsync(query, cancellation) is { } counted)
        {
            return new RecordCount(counted, IsEstimate: false);
        }

        await using var connection = await connections.Count.OpenConnectionAsync(cancellation);
        await using var command = Command(new QuestionSql(query).Estimate(), connection);
        using var plan = JsonDocument.Parse((string)(await command.ExecuteScalarAsync(cancellation))!);
        var rows = plan.RootElement[0].GetProperty("Plan").GetProperty("Plan Rows").GetInt64();
        return new RecordCount(Math.Min(rows, query.Version.Records), IsEstimate: true);
    }

    private async Task<long?> ExactAsync(RecordQuery query, CancellationToken cancellation)
    {
        await using var connection = await connections.Count.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var budget = new NpgsqlCommand(
            string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"SET LOCAL statement_timeout = {options.CountBudgetMilliseconds}"), connection))
        {
            await budget.ExecuteNonQueryAsync(cancellation);
        }

        await using var command = Command(new QuestionSql(query).Count(), connection);
        try
        {
            return (long)(await command.ExecuteScalarAsync(cancellation))!;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private static NpgsqlCommand Command(QuestionStatement statement, NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(statement.Text, connection);
        foreach (var value in statement.Values)
        {
            command.Parameters.Add(StoreParameter.For(value));
        }

        return command;
    }
}
