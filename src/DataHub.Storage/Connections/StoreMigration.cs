using DataHub.Core.Errors;
using DataHub.Storage.ControlPlane;
using DataHub.Storage.Queries;
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

    /// <summary>What the catalogue's search is made of; both are part of PostgreSQL's own distribution.</summary>
    private static readonly string[] Extensions = ["unaccent", "pg_trgm"];

    /// <summary>Checks the server, then migrates. Several nodes may call it at once: one works, the others wait.</summary>
    public static async Task RunAsync(StorageOptions options, CancellationToken cancellation)
    {
        var text = options.MigrationDatabase ?? options.Database;
        await using var source = NpgsqlDataSource.Create(text);
        await CheckServerAsync(source, cancellation);
        await CheckExtensionsAsync(source, cancellation);
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

    // Before anything is changed: a migration that stops in its middle with PostgreSQL's own words helps nobody.
    private static async Task CheckExtensionsAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("""
            SELECT wanted.name FROM unnest($1) wanted(name) WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = wanted.name) AND NOT EXISTS (
                SELECT FROM pg_available_extension_versions v WHERE v.name = wanted.name
                    AND (v.trusted AND has_database_privilege(current_database(), 'CREATE') OR current_setting('is_superuser')::boolean))
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Extensions });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var missing = new List<string>();
        while (await reader.ReadAsync(cancellation))
        {
            missing.Add(reader.GetString(0));
        }

        if (missing.Count > 0)
        {
            throw HubErrors.DatabaseExtensionMissing(missing).ToException();
        }
    }

    private static async Task CheckServerAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(
            """
            SELECT current_setting('server_version_num')::int, pg_encoding_to_char(encoding), current_setting('server_version'),
                EXISTS (SELECT FROM pg_collation WHERE collname = $1 AND collnamespace = 'pg_catalog'::regnamespace)
            FROM pg_database WHERE datname = current_database()
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = FilterSql.UnicodeCollation });
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

        if (!reader.GetBoolean(3))
        {
            throw HubErrors.DatabaseWithoutIcu().ToException();
        }
    }
}
