using System.Globalization;
using Npgsql;

namespace DataHub.Benchmarks.Machine;

/// <summary>
/// The private PostgreSQL that <c>./hub bench</c> started: store, sector and limits share it, each in its own database.
/// </summary>
internal sealed class Cluster
{
    private readonly NpgsqlConnectionStringBuilder address;
    private readonly string programs;
    private readonly int postmaster;

    private Cluster(NpgsqlConnectionStringBuilder address, string programs, int postmaster) =>
        (this.address, this.programs, this.postmaster) = (address, programs, postmaster);

    public string Host => address.Host!;

    public int Port => address.Port;

    public string User => address.Username!;

    /// <summary>Processor seconds of every process of the server so far.</summary>
    public double CpuSeconds => ProcFiles.FamilyCpuSeconds(postmaster);

    public static async Task<Cluster> OpenAsync(CancellationToken cancellation)
    {
        var server = Environment.GetEnvironmentVariable("DATAHUB_TEST_SERVER")
            ?? throw new BenchException("DATAHUB_TEST_SERVER is not set: start this by ./hub bench.");
        var address = new NpgsqlConnectionStringBuilder(server) { Pooling = false, CommandTimeout = 0 };
        var found = new Cluster(address, Environment.GetEnvironmentVariable("DATAHUB_TEST_CLUSTER_BIN") ?? "", 0);
        await using var connection = await found.ConnectAsync("postgres", cancellation);
        return new Cluster(address, found.programs, ProcFiles.Parent(connection.ProcessID));
    }

    /// <summary>As an operator would write it: host, port, user, database.</summary>
    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = address.Host, Port = address.Port, Username = address.Username, Database = database,
    }.ConnectionString;

    public async Task<NpgsqlConnection> ConnectAsync(string database, CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(address.ConnectionString) { Database = database }.ConnectionString);
        await connection.OpenAsync(cancellation);
        return connection;
    }

    /// <summary>An empty database; what an earlier run left under its name is dropped.</summary>
    public async Task CreateDatabaseAsync(string name, CancellationToken cancellation)
    {
        await DropDatabaseAsync(name, cancellation);
        await ExecuteAsync("postgres", $"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'", cancellation);
    }

    public Task DropDatabaseAsync(string name, CancellationToken cancellation) =>
        ExecuteAsync("postgres", $"DROP DATABASE IF EXISTS {name} WITH (FORCE)", cancellation);

    public async Task ExecuteAsync(string database, string sql, CancellationToken cancellation)
    {
        await using var connection = await ConnectAsync(database, cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public async Task<T> ScalarAsync<T>(string database, string sql, CancellationToken cancellation)
    {
        await using var connection = await ConnectAsync(database, cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>So that no measurement pays for the pages another one dirtied.</summary>
    public Task CheckpointAsync(CancellationToken cancellation) => ExecuteAsync("postgres", "CHECKPOINT", cancellation);

    /// <summary>A program of PostgreSQL, by its full path where that is known.</summary>
    public string Program(string name) => programs.Length == 0 ? name : Path.Combine(programs, name);

    /// <summary>What leads PostgreSQL's programs here.</summary>
    public Dictionary<string, string> ToolEnvironment(string database) => new()
    {
        ["PGHOST"] = Host,
        ["PGPORT"] = Port.ToString(CultureInfo.InvariantCulture),
        ["PGUSER"] = address.Username!,
        ["PGDATABASE"] = database,
    };
}
