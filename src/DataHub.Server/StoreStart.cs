using System.Diagnostics;
using System.Globalization;
using DataHub.Core.Errors;
using DataHub.Storage;
using DataHub.Storage.Connections;
using Npgsql;

namespace DataHub.Server;

/// <summary>The way to a migrated database: waits for one that is still starting, and says plainly why it gave up.</summary>
internal static class StoreStart
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenMessages = TimeSpan.FromSeconds(5);

    /// <summary>Null when the database is ready, else what its operators must know.</summary>
    public static async Task<string?> MigrateAsync(StorageOptions storage, TimeSpan patience, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var nextMessage = TimeSpan.Zero;
        while (true)
        {
            try
            {
                await StoreMigration.RunAsync(storage, cancellation);
                return null;
            }
            catch (HubErrorException refused)
            {
                return $"{refused.Error.Detail("vi")}\n{refused.Error.Detail("en")}\n{refused.Error.Hint("vi")}\n{refused.Error.Hint("en")}";
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException { InnerException: NpgsqlException })
            {
                var cause = e as NpgsqlException ?? e.InnerException as NpgsqlException;
                var waited = Stopwatch.GetElapsedTime(started);
                if (!MayPass(cause) || waited >= patience)
                {
                    return Message(storage, cause);
                }

                if (waited >= nextMessage)
                {
                    nextMessage = waited + BetweenMessages;
                    await Console.Error.WriteLineAsync(Waiting(storage, patience - waited));
                }

                await Task.Delay(BetweenTries, cancellation);
            }
        }
    }

    // A wrong password or a missing database does not mend itself; a server that is starting or full does.
    private static bool MayPass(NpgsqlException? cause) =>
        cause is not PostgresException { SqlState: var state } || state is "57P03" or "53300" or "57P01" or "57P02"
        || state.StartsWith("08", StringComparison.Ordinal);

    private static string Waiting(StorageOptions storage, TimeSpan left) => string.Create(CultureInfo.InvariantCulture,
        $"Đang chờ PostgreSQL tại {Place(storage)}, còn tối đa {left.TotalSeconds:0} giây / Waiting for PostgreSQL at {Place(storage)}, {left.TotalSeconds:0} s at most");

    private static string Message(StorageOptions storage, NpgsqlException? cause)
    {
        var reason = cause switch
        {
            PostgresException p => $"{p.SqlState}: {p.MessageText}",
            { InnerException: { } inner } => inner.Message,
            _ => cause?.Message ?? "",
        };
        return $"Không dùng được cơ sở dữ liệu tại {Place(storage)}; kiểm tra DATAHUB_DATABASE và máy chủ PostgreSQL.\n"
            + $"The database at {Place(storage)} cannot be used; check DATAHUB_DATABASE and the PostgreSQL server.\n({reason})";
    }

    // For the operators' console alone; never the password.
    private static string Place(StorageOptions storage)
    {
        var text = new NpgsqlConnectionStringBuilder(storage.MigrationDatabase ?? storage.Database);
        return $"{text.Host}:{text.Port}/{text.Database ?? text.Username}";
    }
}
