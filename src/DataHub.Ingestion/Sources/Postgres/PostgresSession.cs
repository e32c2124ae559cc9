using DataHub.Core.Errors;
using DataHub.Core.Sources;
using Npgsql;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>
/// One connection to a source with one read-only transaction on it, for a single call of the adapter. Every wait for
/// the server goes through <see cref="WaitAsync"/>, so that a server that hangs is noticed.
/// </summary>
internal sealed class PostgresSession : IAsyncDisposable
{
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(5);

    private PostgresSession(
        SourceSettings source, PostgresSourceOptions options, NpgsqlDataSource data, NpgsqlConnection connection)
    {
        (Options, this.data, Connection) = (options, data, connection);
        Source = source.Id;
        Errors = new PostgresErrors(source, options);
    }

    private readonly NpgsqlDataSource data;

    public string Source { get; }

    public PostgresSourceOptions Options { get; }

    public NpgsqlConnection Connection { get; }

    public PostgresErrors Errors { get; }

    /// <summary>Tries the checked addresses of the host in turn; the transaction is not begun yet.</summary>
    public static async Task<PostgresSession> ConnectAsync(
        SourceSettings source, SourceNetworkPolicy network, CancellationToken cancellation)
    {
        var check = new SettingsCheck(source);
        var options = PostgresSourceOptions.Read(source, check);
        check.ThrowIfAny();
        var errors = new PostgresErrors(source, options);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(options.ConnectSeconds));
        Exception? last = null;
        var passwordWanted = false;
        try
        {
            foreach (var address in await network.ResolveAsync(source.Id, options.Host, limit.Token))
            {
                var data = DataSource(source, options, address, () => passwordWanted = true);
                try
                {
                    // The handshake with a server that accepts and says nothing does not look at the token: it is left to its own timeout.
                    var opening = data.OpenConnectionAsync(limit.Token).AsTask();
                    var connection = await opening.WaitAsync(limit.Token);
                    return new PostgresSession(source, options, data, connection);
                }
                catch (Exception e)
                {
                    last = e;
                    await data.DisposeAsync();
                    if (e is not NpgsqlException { InnerException: System.Net.Sockets.SocketException })
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
        // Npgsql gives up by itself when the server asks for a password and there is none; it says so in words alone.
        throw passwordWanted && last is NpgsqlException { InnerException: null } and not PostgresException
            ? HubErrors.SourceCredentialsRejected(source.Id).ToException(last)
            : errors.WhileConnecting(last!);
    }

    /// <summary>Bounds one wait for the server by the silence timeout. The caller translates what it throws.</summary>
    public async Task<T> WaitAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(TimeSpan.FromSeconds(Options.SilenceSeconds));
        try
        {
            return await call(silence.Token);
        }
        catch (OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }

    public Task<int> ExecuteAsync(string sql, CancellationToken cancellation) => WaitAsync(
        async ct =>
        {
            await using var command = new NpgsqlCommand(sql, Connection);
            return await command.ExecuteNonQueryAsync(ct);
        },
        cancellation);

    /// <summary>All rows of a small catalogue query.</summary>
    public Task<List<T>> QueryAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params NpgsqlParameter[] parameters) =>
        WaitAsync(
            async ct =>
            {
                await using var command = new NpgsqlCommand(sql, Connection);
                command.Parameters.AddRange(parameters);
                await using var reader = await command.ExecuteReaderAsync(ct);
                var rows = new List<T>();
                while (await reader.ReadAsync(ct))
                {
                    rows.Add(read(reader));
                }

                return rows;
            },
            cancellation);

    /// <summary>Closing ends the transaction; a server that no longer answers is given five seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Connection.DisposeAsync().AsTask().WaitAsync(Parting);
            await data.DisposeAsync().AsTask().WaitAsync(Parting);
        }
        catch (Exception)
        {
            // Nothing is owed to a source any more; the socket goes with the process's finalisers at the latest.
        }
    }

    private static NpgsqlDataSource DataSource(
        SourceSettings source, PostgresSourceOptions options, string address, Action passwordWanted)
    {
        var builder = new NpgsqlDataSourceBuilder
        {
            ConnectionStringBuilder =
            {
                Host = address,
                Port = options.Port,
                Database = options.Database,
                Username = source.Username,
                Password = string.IsNullOrEmpty(source.Password) ? null : source.Password,
                SslMode = options.SslMode,
                Timeout = options.ConnectSeconds,
                CommandTimeout = 0,
                Pooling = false,
                ApplicationName = "datahub",
                GssEncryptionMode = GssEncryptionMode.Disable,
                ReadBufferSize = 65536,
                Enlist = false,
                PersistSecurityInfo = false,
                IncludeErrorDetail = false,
            },
        };
        // Built-in types are all that the catalogue statements use: spares the source Npgsql's own type queries.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        if (string.IsNullOrEmpty(source.Password))
        {
            // Empty where the server asks: otherwise a password file of the hub's own account would be looked up.
            string Nothing()
            {
                passwordWanted();
                return "";
            }

            builder.UsePasswordProvider(_ => Nothing(), (_, _) => ValueTask.FromResult(Nothing()));
        }

        if (!options.Host.StartsWith('/'))
        {
            builder.ConnectionStringBuilder.TcpKeepAlive = true;
            builder.ConnectionStringBuilder.TcpKeepAliveTime = 30;
            builder.ConnectionStringBuilder.TcpKeepAliveInterval = 10;
            // The connection goes to the checked address; the certificate must still be the host's.
            builder.UseSslClientAuthenticationOptionsCallback(ssl => ssl.TargetHost = options.Host);
            if (options.CaCertificate is { } authorities)
            {
                builder.UseRootCertificates(SourceAuthorities.Of(authorities));
            }
        }

        return builder.Build();
    }
}
