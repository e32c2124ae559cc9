using System.Diagnostics;
using DataHub.TestKit;
using Npgsql;

namespace DataHub.Ingestion.Tests.Samples;

/// <summary>Loads the scripts of the sample databases into real engines, by the engines' own clients.</summary>
internal static class SampleDatabases
{
    /// <summary>Runs scripts by psql; lines that make or choose another database are left out.</summary>
    public static async Task<TestDatabase> PostgresAsync(params string[] scripts)
    {
        var database = await TestDatabase.CreateEmptyAsync();
        var address = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        foreach (var script in scripts)
        {
            var lines = File.ReadLines(script).Where(l =>
                !l.StartsWith("\\c ", StringComparison.Ordinal) && !l.StartsWith("DROP DATABASE", StringComparison.Ordinal)
                && !l.StartsWith("CREATE DATABASE", StringComparison.Ordinal));
            await RunAsync(
                Client("psql"), lines, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", address.Host!, "-p", $"{address.Port}",
                "-U", address.Username!, "-d", database.Name);
        }

        return database;
    }

    public static string[] Settings(TestDatabase database)
    {
        var address = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        return [$"host={address.Host}", $"port={address.Port}", $"database={database.Name}"];
    }

    /// <summary>A database made of a script for SQLite's own shell.</summary>
    public static void Sqlite(string path, string script)
    {
        using var connection = OpenSqlite(path);
        // In one transaction: the script's thousands of own would each wait for the disk. What it says of foreign keys must come
        // before, because it has no effect inside.
        foreach (var sql in new[] { "PRAGMA foreign_keys = OFF; BEGIN", File.ReadAllText(script), "COMMIT" })
        {
            Assert.Equal(SQLitePCL.raw.SQLITE_OK, SQLitePCL.raw.sqlite3_exec(connection.Handle, sql));
        }
    }

    public static Microsoft.Data.Sqlite.SqliteConnection OpenSqlite(string path)
    {
        var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>Rows as SQLite itself counts them.</summary>
    public static Func<string, long> CountSqlite(string path) => table =>
    {
        using var connection = OpenSqlite(path);
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM \"{table}\"";
        return (long)command.ExecuteScalar()!;
    };

    /// <summary>Rows as PostgreSQL itself counts them; the name is as listed, its quotes already in place.</summary>
    public static Func<string, long> CountPostgres(TestDatabase database) => table =>
        database.ScalarAsync<long>($"SELECT count(*) FROM {table}").GetAwaiter().GetResult();

    private static string Client(string name)
    {
        var beside = Path.Combine(Environment.GetEnvironmentVariable("DATAHUB_TEST_CLUSTER_BIN") ?? "/usr/bin", name);
        return File.Exists(beside) ? beside : name;
    }

    private static async Task RunAsync(string program, IEnumerable<string> input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await using (var script = process.StandardInput)
        {
            foreach (var line in input)
            {
                await script.WriteLineAsync(line);
            }
        }

        var texts = await said;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {texts[1]}");
    }
}
