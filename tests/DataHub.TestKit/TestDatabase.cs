using DataHub.Storage;
using DataHub.Storage.Connections;
using Npgsql;

namespace DataHub.TestKit;

/// <summary>A migrated database of its own on the test server, dropped at the end. Copied from a template that is made once a process.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> Template = new(MakeTemplateAsync);

    private TestDatabase(string name, string connectionString) => (Name, ConnectionString) = (name, connectionString);

    public string Name { get; }

    public string ConnectionString { get; }

    /// <summary>Npgsql string of a superuser of the test server.</summary>
    public static string Server => Environment.GetEnvironmentVariable("DATAHUB_TEST_SERVER")
        ?? throw new InvalidOperationException("DATAHUB_TEST_SERVER is not set: run the tests by ./hub test, which starts a PostgreSQL of its own.");

    /// <summary>A database with the hub's schema.</summary>
    public static async Task<TestDatabase> CreateAsync() => await MakeAsync(await Template.Value);

    /// <summary>An empty database: a sector's.</summary>
    public static Task<TestDatabase> CreateEmptyAsync(string encoding = "UTF8") => MakeAsync("template0", encoding);

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
        await ServerAsync($"ALTER DATABASE {Name} ALLOW_CONNECTIONS false");
        await ServerAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Name}'");
        return new Reopening(Name);
    }

    public async ValueTask DisposeAsync() => await ServerAsync($"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");

    private static async Task<TestDatabase> MakeAsync(string template, string encoding = "UTF8")
    {
        var name = "t_" + Guid.NewGuid().ToString("N");
        // C alone goes with every encoding.
        var locale = encoding == "UTF8" ? "" : " LOCALE 'C'";
        await ServerAsync($"CREATE DATABASE {name} TEMPLATE {template} ENCODING '{encoding}'{locale}");
        var builder = new NpgsqlConnectionStringBuilder(Server) { Database = name, IncludeErrorDetail = true };
        return new TestDatabase(name, builder.ConnectionString);
    }

    private static async Task<string> MakeTemplateAsync()
    {
        var database = await MakeAsync("template0");
        await StoreMigration.RunAsync(new StorageOptions { Database = database.ConnectionString + ";Pooling=false" }, CancellationToken.None);
        return database.Name;
    }

    private static async Task ServerAsync(string sql)
    {
        var builder = new NpgsqlConnectionStringBuilder(Server) { Database = "postgres", Pooling = false };
        await using var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Reopening(string name) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await ServerAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS true");
    }
}
