using DataHub.Core.Errors;
using DataHub.Storage.ControlPlane;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace DataHub.Storage.Connections;

/// <summary>Brings the database to this program's schema at start, and refuses one that could not keep data faithfully.</summary>
public static class StoreMigration
{
    /// <summary>PostgreSQL 15, as server_version_num.</summary>
    private const int OldestServer = 150000;

    /// <summary>Number of the lock that a migrating node holds.</summary>
    private const long MigrationLock = 4_471_000;

    /// <summary>Checks the server, then migrates. Several nodes may call it at once: one works, the others wait.</summary>
    public static async Task RunAsync(StorageOptions options, CancellationToken cancellation)
    {
        var text = options.MigrationDatabase ?? options.Database;
        await using var source = NpgsqlDataSource.Create(text);
        await CheckServerAsync(source, cancellation);
        // EF's own lock ends with each migration's transaction, so that a second node would repeat the next one.
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using (var locking = new NpgsqlCommand($"SELECT pg_advisory_lock({MigrationLock})", connection) { CommandTimeout = 600 })
        {
            await locking.ExecuteNonQueryAsync(cancellation);
        }

        var context = new DbContextOptionsBuilder<HubDb>();
        HubDbDesign.Configure(context.UseNpgsql(text, n => n.CommandTimeout(600)));
        await using var db = new HubDb(context.Options);
        await db.Database.MigrateAsync(cancellation);
    }

    private static async Task CheckServerAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(
            "SELECT current_setting('server_version_num')::int, pg_encoding_to_char(encoding), current_setting('server_version') FROM pg_database WHERE datname = current_database()");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        if (reader.GetInt32(0) < OldestServer)
        {
            throw HubErrors.DatabaseTooOld(reader.GetString(2)).ToException();
        }

        if (reader.GetString(1) != "UTF8")
        {
            throw HubErrors.DatabaseNotUtf8(reader.GetString(1)).ToException();
        }
    }
}
