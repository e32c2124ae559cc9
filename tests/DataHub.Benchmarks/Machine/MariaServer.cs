using System.Globalization;
using MySqlConnector;

namespace DataHub.Benchmarks.Machine;

/// <summary>The private MariaDB that <c>./hub bench</c> started: a sector's own server.</summary>
internal sealed class MariaServer
{
    private const string Variable = "DATAHUB_TEST_MARIADB";
    private readonly string administrator;
    private readonly int process;

    private MariaServer(string administrator, int port, int process) =>
        (this.administrator, Port, this.process) = (administrator, port, process);

    /// <summary>On 127.0.0.1.</summary>
    public int Port { get; }

    public double CpuSeconds => ProcFiles.FamilyCpuSeconds(process);

    public static async Task<MariaServer> OpenAsync(CancellationToken cancellation)
    {
        var text = Environment.GetEnvironmentVariable(Variable)
            ?? throw new BenchException($"{Variable} is not set: start this by ./hub bench.");
        var administrator = new MySqlConnectionStringBuilder(text)
        {
            Pooling = false, AllowLoadLocalInfile = true, AllowUserVariables = true, DefaultCommandTimeout = 0,
        };
        var found = new MariaServer(administrator.ConnectionString, 0, 0);
        var port = Convert.ToInt32(await found.ScalarAsync("", "SELECT @@port", cancellation), CultureInfo.InvariantCulture);
        var file = (string)(await found.ScalarAsync("", "SELECT @@pid_file", cancellation))!;
        var process = int.Parse(await File.ReadAllTextAsync(file, cancellation), CultureInfo.InvariantCulture);
        return new MariaServer(found.administrator, port, process);
    }

    public async Task<MySqlConnection> ConnectAsync(string database, CancellationToken cancellation)
    {
        var connection = new MySqlConnection(
            new MySqlConnectionStringBuilder(administrator) { Database = database }.ConnectionString);
        await connection.OpenAsync(cancellation);
        return connection;
    }

    public async Task<int> ExecuteAsync(string database, string sql, CancellationToken cancellation)
    {
        await using var connection = await ConnectAsync(database, cancellation);
        await using var command = new MySqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<object?> ScalarAsync(string database, string sql, CancellationToken cancellation)
    {
        await using var connection = await ConnectAsync(database, cancellation);
        await using var command = new MySqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellation);
    }
}
