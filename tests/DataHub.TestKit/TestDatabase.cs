using DataHub.Storage;
using DataHub.Storage.Connections;
using Npgsql;

namespace DataHub.TestKit;

/// <summary>A migrated database of its own on the test server, dropped at the end. Copied from a template that is made once a process.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> Template = new(MakeTemplateAsync);

    private readonly string server;

    private TestDatabase(string server, string name)
    {
        (this.server, Name) = (server, name);
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = name, IncludeErrorDetail = true }.ConnectionString;
    }

    public string Name { get; }

    public string ConnectionString { get; }

    /// <summary>Npgsql string of a superuser of the test server.</summary>
    public static string Server => Environment.GetEnvironmentVariable("DATAHUB_TEST_SERVER")
        ?? throw new InvalidOperationException("DATAHUB_TEST_SERVER is not set: run the tests by ./hub test, which starts a PostgreSQL of its own.");

    /// <summary>A database with the hub's schema.</summary>
    public static async Task<TestDatabase> CreateAsync() => await MakeAsync(await Template.Value);

    /// <summary>An empty database: a sector's.</summary>
    public static Task<TestDatabase> CreateEmptyAsync(string encoding = "UTF8") => MakeAsync("template0", encoding);

    /// <summary>A database on another server than the run's: a sector's, or with the hub's schema.</summary>
    public static async Task<TestDatabase> CreateOnAsync(TestCluster cluster, bool migrated)
    {
        var database = await MakeAsync("template0", server: cluster.Server);
        if (migrated)
        {
            await StoreMigration.RunAsync(new StorageOptions { Database = database.ConnectionString + ";Pooling=false" }, CancellationToken.None);
        }

        return database;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    /// <summary>Ends all its connections and lets none in until disposed: a server that is gone, for this database alone.</summary>
    public async Task<IAsyncDisposable> CloseAsync()
    {
        await ServerAsync(server, $"ALTER DATABASE {Name} ALLOW_CONNECTIONS false");
        await ServerAsync(server, $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Name}'");
        return new Reopening(server, Name);
    }

    public async ValueTask DisposeAsync() => await ServerAsync(server, $"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");

    private static async Task<TestDatabase> MakeAsync(string template, string encoding = "UTF8", string? server = null)
    {
        server ??= Server;
        var name = "t_" + Guid.NewGuid().ToString("N");
        // C alone goes with every encoding.
        var locale = encoding == "UTF8" ? "" : " LOCALE 'C'";
        await ServerAsync(server, $"CREATE DATABASE {name} TEMPLATE {template} ENCODING '{encoding}'{locale}");
        return new TestDatabase(server, name);
    }

    private static async Task<string> MakeTemplateAsync()
    {
        var database = await MakeAsync("template0");
        await StoreMigration.RunAsync(new StorageOptions { Database = database.ConnectionString + ";Pooling=false" }, CancellationToken.None);
        return database.Name;
    }

    private static async Task ServerAsync(string server, string sql)
    {
        var builder = new NpgsqlConnectionStringBuilder(server) { Database = "postgres", Pooling = false };
        await using var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Reopening(string server, string name) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await ServerAsync(server, $"ALTER DATABASE {name} ALLOW_CONNECTIONS true");
    }
}
