using Npgsql;

namespace DataHub.Demo.Sectors;

/// <summary>Statements without parameters or result.</summary>
internal static class SqlRun
{
    internal static async Task<int> RunAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }
}
