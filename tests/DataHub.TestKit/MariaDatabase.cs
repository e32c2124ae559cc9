using System.Diagnostics;
using System.Globalization;
using MySqlConnector;

namespace DataHub.TestKit;

/// <summary>
/// A database of its own on the test run's MariaDB, with an account that may only read it; both are dropped at the end.
/// <c>./hub test</c> starts the server; where it could not, <see cref="Available"/> is false and tests say why they skip.
/// </summary>
public sealed class MariaDatabase : IAsyncDisposable
{
    /// <summary>Why a test is skipped without the server.</summary>
    public const string Missing = "DATAHUB_TEST_MARIADB is not set: ./hub test starts a MariaDB where its packages are installed or can be";

    /// <summary>Of the reading account; the server is reached by this machine alone and gone after the run.</summary>
    public const string Password = "Đọc';\"`\\ thôi";

    private MariaDatabase(string name, int port) => (Name, Port) = (name, port);

    public static bool Available => Environment.GetEnvironmentVariable("DATAHUB_TEST_MARIADB") is { Length: > 0 };

    /// <summary>MySqlConnector string of the server's administrator, over its socket.</summary>
    public static string Server => Environment.GetEnvironmentVariable("DATAHUB_TEST_MARIADB")
        ?? throw new InvalidOperationException(Missing);

    public static string Socket => new MySqlConnectionStringBuilder(Server).Server;

    public string Name { get; }

    /// <summary>On 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The account that may only read this database.</summary>
    public string Reader => Name;

    /// <summary>The administrator in this database.</summary>
    public string ConnectionString => new MySqlConnectionStringBuilder(Server)
    {
        Database = Name, Pooling = false,
    }.ConnectionString;

    /// <summary>What a source of kind <c>mysql</c> needs to read it as <see cref="Reader"/>.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["host"] = "127.0.0.1", ["port"] = Port.ToString(CultureInfo.InvariantCulture), ["database"] = Name,
    };

    public static async Task<MariaDatabase> CreateAsync()
    {
        var name = "t_" + Guid.NewGuid().ToString("N");
        var port = await RunAsync(Server, "SELECT @@port", c => c.ExecuteScalarAsync());
        await RunAsync(Server, $"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci");
        await RunAsync(Server, $"CREATE USER {name}@'%' IDENTIFIED BY '{Password.Replace("\\", "\\\\").Replace("'", "''")}'");
        await RunAsync(Server, $"GRANT SELECT, SHOW VIEW ON {name}.* TO {name}@'%'");
        return new MariaDatabase(name, Convert.ToInt32(port, CultureInfo.InvariantCulture));
    }

    public Task ExecuteAsync(string sql) => RunAsync(ConnectionString, sql);

    public async Task<T?> ScalarAsync<T>(string sql) =>
        await RunAsync(ConnectionString, sql, c => c.ExecuteScalarAsync()) is { } value and not DBNull
            ? (T)Convert.ChangeType(value, typeof(T), CultureInfo.InvariantCulture)
            : default;

    /// <summary>What a statement gives <see cref="Reader"/>, in a session as the server begins it.</summary>
    public async Task<string?> AsReaderAsync(string sql)
    {
        var reader = new MySqlConnectionStringBuilder
        {
            Server = "127.0.0.1", Port = (uint)Port, Database = Name, UserID = Reader, Password = Password,
        };
        return await RunAsync(reader.ConnectionString, sql, c => c.ExecuteScalarAsync()) as string;
    }

    /// <summary>Runs a script through MariaDB's own client, which knows DELIMITER and what else dumps are written with.</summary>
    public async Task LoadAsync(params string[] files)
    {
        foreach (var file in files)
        {
            var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DATAHUB_TEST_MARIADB_CLIENT") ?? "mariadb")
            {
                RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true,
                ArgumentList =
                {
                    "--no-defaults", "--default-character-set=utf8mb4", "--batch", "-S", Socket, "-u", "root", "-D", Name,
                },
            };
            using var client = Process.Start(start)!;
            var (errors, output) = (client.StandardError.ReadToEndAsync(), client.StandardOutput.ReadToEndAsync());
            await using (var script = File.OpenRead(file))
            {
                await script.CopyToAsync(client.StandardInput.BaseStream);
                client.StandardInput.Close();
            }

            await client.WaitForExitAsync();
            await output;
            if (client.ExitCode != 0)
            {
                throw new InvalidOperationException($"{Path.GetFileName(file)}: {await errors}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync(Server, $"DROP DATABASE IF EXISTS {Name}");
        await RunAsync(Server, $"DROP USER IF EXISTS {Name}@'%'");
    }

    private static Task<int> RunAsync(string where, string sql) => RunAsync(where, sql, c => c.ExecuteNonQueryAsync());

    private static async Task<T> RunAsync<T>(string where, string sql, Func<MySqlCommand, Task<T>> run)
    {
        await using var connection = new MySqlConnection(
            new MySqlConnectionStringBuilder(where) { Pooling = false, AllowUserVariables = true }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection) { CommandTimeout = 300 };
        return await run(command);
    }
}
