using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.Postgres;
using Npgsql;
using Xunit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>One database on the test server for a test class, dropped after it.</summary>
public sealed class PostgresSource : IAsyncLifetime
{
    private const string Variable = "DATAHUB_TEST_SERVER";

    private readonly NpgsqlConnectionStringBuilder server = new(
        Environment.GetEnvironmentVariable(Variable)
        ?? throw new InvalidOperationException($"Set {Variable} to the Npgsql string of a PostgreSQL superuser; the tests need a real server."));

    private readonly string database = "src_" + Guid.NewGuid().ToString("N");

    internal ISourceAdapter Adapter { get; } = new PostgresSourceAdapter(new SourceNetworkPolicy());

    public SourceSettings Settings => With();

    public SourceSettings With(params (string Name, string Value)[] changes)
    {
        var settings = new Dictionary<string, string>
        {
            ["host"] = server.Host!, ["port"] = server.Port.ToString(null, null), ["database"] = database,
        };
        foreach (var (name, value) in changes)
        {
            settings[name] = value;
        }

        return new SourceSettings("kho", "postgres", settings, server.Username, server.Password);
    }

    public async ValueTask InitializeAsync() => await OnServer($"CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8'");

    public async ValueTask DisposeAsync()
    {
        await OnServer($"DROP DATABASE {database} WITH (FORCE)");
        await OnServer($"DROP ROLE IF EXISTS {Role}");
    }

    /// <summary>A role name of this database's own.</summary>
    public string Role => database + "_r";

    /// <summary>Makes <see cref="Role"/> with the password x, once.</summary>
    public string MakeRole => $"DO $$ BEGIN CREATE ROLE {Role} LOGIN PASSWORD 'x'; EXCEPTION WHEN duplicate_object THEN NULL; END $$";

    public Task Do(string sql) => Run(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = database }, sql);

    /// <summary>A session of the sector's own, for transactions that last.</summary>
    public async Task<NpgsqlConnection> OpenAsync()
    {
        var where = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = database, Pooling = false };
        var connection = new NpgsqlConnection(where.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private Task OnServer(string sql) => Run(server, sql);

    private static async Task Run(NpgsqlConnectionStringBuilder where, string sql)
    {
        where = new NpgsqlConnectionStringBuilder(where.ConnectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(where.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
