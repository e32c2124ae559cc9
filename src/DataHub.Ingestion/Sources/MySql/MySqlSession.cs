using System.Globalization;
using DataHub.Core.Sources;
using MySqlConnector;

namespace DataHub.Ingestion.Sources.MySql;

/// <summary>
/// One connection to a source, for a single call of the adapter. A wait that is cancelled returns at once and leaves the
/// statement behind; disposing then ends it at the server and drops the socket, whatever was still to come.
/// </summary>
internal sealed class MySqlSession : IAsyncDisposable
{
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(5);

    private readonly int thread;

    private MySqlSession(SourceSettings source, MySqlSourceOptions options, MySqlConnection connection)
    {
        (Options, Connection, Source) = (options, connection, source.Id);
        Errors = new MySqlErrors(source, options);
        thread = connection.ServerThread;
        IsMariaDb = connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
    }

    public string Source { get; }

    public MySqlSourceOptions Options { get; }

    public MySqlConnection Connection { get; }

    public MySqlErrors Errors { get; }

    public bool IsMariaDb { get; }

    /// <summary>True while a statement is under way or its result is not read to the end.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Tries the checked addresses of the host in turn; the transaction is not begun yet.</summary>
    public static async Task<MySqlSession> ConnectAsync(
        SourceSettings source, SourceNetworkPolicy network, CancellationToken cancellation)
    {
        var check = new SettingsCheck(source);
        var options = MySqlSourceOptions.Read(source, check);
        check.ThrowIfAny();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(options.ConnectSeconds));
        Exception? last = null;
        try
        {
            foreach (var address in await network.ResolveAsync(source.Id, options.Host, limit.Token))
            {
                var connection = MySqlConnecting.Make(source, options, address);
                try
                {
                    // A server that accepts and says nothing is left to the driver's own timeout.
                    await connection.OpenAsync(limit.Token).WaitAsync(limit.Token);
                    return new MySqlSession(source, options, connection);
                }
                catch (Exception e)
                {
                    last = e;
                    await connection.DisposeAsync();
                    if (e is not MySqlException { ErrorCode: MySqlErrorCode.UnableToConnectToHost })
                    {
                        break;
                    }
                }
            }
        }
        catch (OperationCanceledException e)
        {
            last = e;
        }

        cancellation.ThrowIfCancellationRequested();
        throw new MySqlErrors(source, options).WhileConnecting(last!);
    }

    /// <summary>
    /// Bounds one wait for the server; the driver closes the socket after the silence timeout. No token goes to the driver,
    /// which would open a second connection inside the cancelling thread. The caller translates what this throws.
    /// </summary>
    public async Task<T> WaitAsync<T>(Func<Task<T>> call, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        IsBusy = true;
        var result = await call().WaitAsync(cancellation);
        IsBusy = false;
        return result;
    }

    public Task<int> ExecuteAsync(string sql, CancellationToken cancellation) => WaitAsync(
        async () =>
        {
            await using var command = Command(sql);
            return await command.ExecuteNonQueryAsync(CancellationToken.None);
        },
        cancellation);

    /// <summary>Pins the session's settings and takes the snapshot.</summary>
    /// <returns>Where the server stood before the snapshot: whoever begins in between lies after it.</returns>
    public async Task<SourcePosition> BeginAsync(CancellationToken cancellation)
    {
        await ExecuteAsync(MySqlCatalogueSql.Session(Options, IsMariaDb), cancellation);
        var position = await PositionAsync(cancellation);
        foreach (var statement in MySqlCatalogueSql.Begin)
        {
            await ExecuteAsync(statement, cancellation);
        }

        return position;
    }

    private async Task<SourcePosition> PositionAsync(CancellationToken cancellation)
    {
        var taken = await ClockAsync(cancellation);
        await ExecuteAsync(MySqlCatalogueSql.Zone("SYSTEM"), cancellation);
        var oldest = await OldestBeginAsync(cancellation);
        await ExecuteAsync(MySqlCatalogueSql.Zone("+00:00"), cancellation);
        return new SourcePosition(taken) { OldestBegin = oldest, Identity = await IdentityAsync(cancellation) };
    }

    // Most accounts may not look; the lag then stands for what is not seen.
    private async Task<DateTimeOffset?> OldestBeginAsync(CancellationToken cancellation)
    {
        try
        {
            var seconds = (await QueryAsync(MySqlCatalogueSql.OldestBegin, r => r.IsDBNull(0) ? null : r.GetString(0), cancellation))[0];
            return seconds is null ? null
                : DateTimeOffset.UnixEpoch.AddSeconds((long)double.Parse(seconds, CultureInfo.InvariantCulture));
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.SpecifiedAccessDeniedError)
        {
            IsBusy = false;
            return null;
        }
    }

    private async Task<string> IdentityAsync(CancellationToken cancellation)
    {
        var names = IsMariaDb ? "information_schema.GLOBAL_VARIABLES" : "performance_schema.global_variables";
        var server = (await QueryAsync(MySqlCatalogueSql.Identity.Replace("{0}", names, StringComparison.Ordinal), r => r.GetString(0), cancellation))[0];
        return server + "/" + Options.Database;
    }

    /// <summary>The server's clock, in UTC.</summary>
    public async Task<DateTimeOffset> ClockAsync(CancellationToken cancellation)
    {
        var text = (await QueryAsync(MySqlCatalogueSql.Clock, r => r.GetString(0), cancellation))[0];
        return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }

    /// <summary>All rows of a small catalogue query.</summary>
    public Task<List<T>> QueryAsync<T>(
        string sql, Func<MySqlDataReader, T> read, CancellationToken cancellation, params (string Name, string? Value)[] values) =>
        WaitAsync(
            async () =>
            {
                await using var command = Command(sql);
                foreach (var (name, value) in values)
                {
                    command.Parameters.AddWithValue(name, value);
                }

                await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
                var rows = new List<T>();
                while (await reader.ReadAsync(CancellationToken.None))
                {
                    rows.Add(read(reader));
                }

                return rows;
            },
            cancellation);

    public MySqlCommand Command(string sql) => new(sql, Connection) { CommandTimeout = Options.SilenceSeconds };

    /// <summary>Closing ends the transaction; a server that no longer answers is given five seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (IsBusy)
            {
                await Task.Run(KillAsync).WaitAsync(Parting);
            }
        }
        catch (Exception)
        {
            // No place left at the server, or it is gone: dropping the socket below ends what writes to it.
        }

        try
        {
            // On another thread: while rows keep coming the driver never yields.
            await Task.Run(CloseAsync).WaitAsync(Parting);
        }
        catch (Exception)
        {
            // Nothing is owed to a source any more; the socket goes with the process's finalisers at the latest.
        }
    }

    /// <summary>An account may end its own threads without any further right.</summary>
    private async Task KillAsync()
    {
        await using var other = Connection.Clone();
        await other.OpenAsync();
        await using var command = new MySqlCommand(string.Create(null, $"KILL {thread}"), other)
        {
            CommandTimeout = (int)Parting.TotalSeconds,
        };
        await command.ExecuteNonQueryAsync();
    }

    private async Task CloseAsync()
    {
        if (IsBusy)
        {
            // Asked for a sign of life under a statement, the driver takes the connection for broken, and a broken one is
            // closed without reading the rest of its result.
            await Connection.PingAsync();
        }

        await Connection.DisposeAsync();
    }
}
