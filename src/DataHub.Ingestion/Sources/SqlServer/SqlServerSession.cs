using System.Net.Sockets;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using Microsoft.Data.SqlClient;

namespace DataHub.Ingestion.Sources.SqlServer;

/// <summary>How a database lets one consistent state be read.</summary>
internal enum SqlServerSnapshot
{
    /// <summary>ALLOW_SNAPSHOT_ISOLATION: one state for the whole session.</summary>
    Transaction,

    /// <summary>READ_COMMITTED_SNAPSHOT, or a database that only reads: one state for a statement, and a pull is one.</summary>
    Statement,

    /// <summary>Locks on all that is read.</summary>
    Locks,
}

/// <summary>
/// One connection to a source, for a single call of the adapter. The driver is called synchronously on a thread of the pool, where it is fast
/// and heeds its timeouts; a wait that is cancelled returns at once and leaves the call behind, and disposing ends that by an attention to the
/// server and by closing the socket.
/// </summary>
internal sealed class SqlServerSession : IAsyncDisposable
{
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(5);

    private volatile bool isGivenUp;
    private volatile SqlCommand? running;
    private Task last = Task.CompletedTask;

    private SqlServerSession(SourceSettings source, SqlServerSourceOptions options, SqlConnection connection)
    {
        (Options, Connection, Source) = (options, connection, source.Id);
        Errors = new SqlServerErrors(source, options);
    }

    public string Source { get; }

    public SqlServerSourceOptions Options { get; }

    public SqlConnection Connection { get; }

    public SqlServerErrors Errors { get; }

    /// <summary>True once a disposal has begun, or a wait was cancelled: a call left behind stops at its next record.</summary>
    public bool IsGivenUp => isGivenUp;

    /// <summary>Tries the checked addresses of the host in turn; the transaction is not begun yet.</summary>
    public static async Task<SqlServerSession> ConnectAsync(
        SourceSettings source, SourceNetworkPolicy network, CancellationToken cancellation)
    {
        var check = new SettingsCheck(source);
        var options = SqlServerSourceOptions.Read(source, check);
        check.ThrowIfAny();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(options.ConnectSeconds));
        Exception? last = null;
        try
        {
            foreach (var address in await network.ResolveAsync(source.Id, options.Host, limit.Token))
            {
                try
                {
                    await KnockAsync(address, options.Port, limit.Token);
                }
                catch (SocketException e)
                {
                    last = e;
                    continue;
                }

                return await OpenAsync(source, options, address, limit.Token);
            }
        }
        catch (Exception e)
        {
            last = e;
        }

        cancellation.ThrowIfCancellationRequested();
        throw new SqlServerErrors(source, options).WhileConnecting(last!);
    }

    /// <summary>The driver tries a refused connection again and again until its timeout; this says so at once.</summary>
    private static async Task KnockAsync(string address, int port, CancellationToken limit)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address, port, limit);
    }

    private static async Task<SqlServerSession> OpenAsync(
        SourceSettings source, SqlServerSourceOptions options, string address, CancellationToken limit)
    {
        var connection = SqlServerConnecting.Make(source, options, address);
        var opening = Task.Run(connection.Open, CancellationToken.None);
        try
        {
            // A server that accepts and says nothing is left to the driver's own timeout.
            await opening.WaitAsync(limit);
        }
        catch (Exception)
        {
            _ = opening.ContinueWith(_ => connection.Dispose(), TaskScheduler.Default);
            throw;
        }

        return new SqlServerSession(source, options, connection);
    }

    /// <summary>One call of the driver, on a thread of its own. The caller translates what this throws.</summary>
    public async Task<T> CallAsync<T>(Func<T> call, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var task = Task.Run(call, CancellationToken.None);
        last = task;
        try
        {
            return await task.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            isGivenUp = true;
            throw;
        }
    }

    public Task<int> ExecuteAsync(string sql, CancellationToken cancellation) => CallAsync(
        () =>
        {
            using var command = Command(sql);
            return command.ExecuteNonQuery();
        },
        cancellation);

    /// <summary>All rows of a small catalogue query.</summary>
    public Task<List<T>> QueryAsync<T>(
        string sql, Func<SqlDataReader, T> read, CancellationToken cancellation, params (string Name, string Value)[] values) => CallAsync(
        () =>
        {
            using var command = Command(sql);
            foreach (var (name, value) in values)
            {
                command.Parameters.Add(name, System.Data.SqlDbType.NVarChar, -1).Value = value;
            }

            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
            {
                rows.Add(read(reader));
            }

            return rows;
        },
        cancellation);

    /// <summary>The next statement; the one that a disposal ends.</summary>
    public SqlCommand Command(string sql) => running = new SqlCommand(sql, Connection) { CommandTimeout = Options.SilenceSeconds };

    /// <summary>Pins the session's settings and begins to read one state.</summary>
    /// <returns>Where the server stood before: whatever begins in between lies after it.</returns>
    public async Task<SqlServerState> BeginAsync(CancellationToken cancellation)
    {
        await ExecuteAsync(SqlServerCatalogueSql.Session(Options), cancellation);
        var state = (await QueryAsync(SqlServerCatalogueSql.State, SqlServerState.Read, cancellation))[0];
        if (state.SeesTransactions)
        {
            var age = (await QueryAsync(SqlServerCatalogueSql.OldestAge, r => r.IsDBNull(0) ? (long?)null : r.GetInt64(0), cancellation))[0];
            // Seconds are counted by the boundaries between them.
            state = state with { OldestBegin = age is { } seconds ? state.Clock.AddSeconds(-Math.Max(0, seconds) - 1) : null };
        }

        await ExecuteAsync(SqlServerCatalogueSql.Begin(SnapshotOf(state)), cancellation);
        return state;
    }

    private SqlServerSnapshot SnapshotOf(SqlServerState state) =>
        Options.Isolation == SqlServerIsolation.Serializable ? SqlServerSnapshot.Locks
        : state.AllowsSnapshot ? SqlServerSnapshot.Transaction
        : state.VersionsStatements ? SqlServerSnapshot.Statement
        : throw HubErrors.SourceSnapshotUnavailable(Source, Options.Database).ToException();

    /// <summary>
    /// Closing undoes the transaction; each step is given five seconds. Where a server answers not even the attention, the driver keeps the
    /// call's thread and socket (decision 0057).
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        isGivenUp = true;
        await WithinAsync(Task.Run(() => running?.Cancel()));
        await WithinAsync(Task.Run(Connection.Dispose));
        await WithinAsync(last);
    }

    private static async Task WithinAsync(Task step)
    {
        try
        {
            await step.WaitAsync(Parting);
        }
        catch (Exception)
        {
            // Nothing is owed to a source any more; the socket goes with the process's finalisers at the latest.
        }
    }
}
