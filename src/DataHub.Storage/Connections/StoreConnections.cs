using Npgsql;

namespace DataHub.Storage.Connections;

/// <summary>
/// The hub's pools, one a purpose: the control plane, loading and publishing (merge), reading records, so that none starves another
/// and each can become another account or server by a connection string.
/// </summary>
public sealed class StoreConnections : IAsyncDisposable
{
    /// <summary>
    /// For sessions that lock what other nodes need: a node that froze in the middle of a transaction (a stopped process, a paused virtual machine) keeps its locks for as
    /// long as the server waits for it.
    /// </summary>
    public const string FrozenNodeTimeout = "-c idle_in_transaction_session_timeout=10s";

    public StoreConnections(StorageOptions options)
    {
        Control = Build(options.Database, "datahub-control", b =>
        {
            // The change listener waits for hours: without a sign of life a dead line would look like silence.
            b.KeepAlive = b.KeepAlive == 0 ? 30 : b.KeepAlive;
            b.Options = $"{b.Options} {FrozenNodeTimeout}".Trim();
        });
        Merge = Build(options.Database, "datahub-merge", b => b.CommandTimeout = 0);
        var readOnly = $"-c default_transaction_read_only=on -c statement_timeout={options.ReadTimeoutSeconds}s -c jit=off";
        Read = Build(options.ReadDatabase ?? options.Database, "datahub-read", b =>
        {
            b.MaxPoolSize = options.ReadPool;
            b.MaxAutoPrepare = 200;
            b.AutoPrepareMinUsages = 2;
            b.CommandTimeout = options.ReadTimeoutSeconds + 5;
            b.NoResetOnClose = true;
            // A generic plan of an as-of statement walks all of history (692 ms instead of 0.13 ms).
            b.Options = "-c plan_cache_mode=force_custom_plan " + readOnly;
        });
        Lookup = Build(options.ReadDatabase ?? options.Database, "datahub-lookup", b =>
        {
            b.MaxPoolSize = options.ReadPool;
            b.MaxAutoPrepare = 200;
            b.AutoPrepareMinUsages = 2;
            b.CommandTimeout = options.ReadTimeoutSeconds + 5;
            b.NoResetOnClose = true;
            b.Options = readOnly;
        });
        Count = Build(options.ReadDatabase ?? options.Database, "datahub-count", b =>
        {
            b.MaxPoolSize = Math.Max(2, options.ReadPool / 4);
            b.CommandTimeout = options.ReadTimeoutSeconds + 5;
            b.Options = readOnly;
        });
        Export = Build(options.ReadDatabase ?? options.Database, "datahub-export", b =>
        {
            b.MaxPoolSize = options.Exports;
            b.CommandTimeout = 0;
            // A key goes to the next range as text, which must not be read by the server's own settings.
            b.Options = "-c default_transaction_read_only=on -c statement_timeout=0 -c jit=off -c datestyle=ISO";
        });
    }

    /// <summary>Control-plane rows.</summary>
    public NpgsqlDataSource Control { get; }

    /// <summary>COPY in, difference, publish. No command timeout: a run has its own deadline and can be cancelled.</summary>
    public NpgsqlDataSource Merge { get; }

    /// <summary>
    /// One record by its key in the current table: the key's index is the only plan there is, so it need not be made for every call (79 instead of 200 µs of PostgreSQL).
    /// </summary>
    public NpgsqlDataSource Lookup { get; }

    /// <summary>
    /// Records for readers; read-only by session. Neither this pool nor <see cref="Lookup"/> is reset between two readers: what they run are single statements of the hub's own
    /// with parameters, which leave no setting, no cursor, no lock and no temporary table behind, and a transaction left open is rolled back all the same. The reset is seven
    /// statements of PostgreSQL for each of theirs.
    /// </summary>
    public NpgsqlDataSource Read { get; }

    /// <summary>
    /// Counts, which are cut off by their budget of time. Nothing is prepared by itself here: cut off while it prepares, a session of the driver's lost its place in the
    /// answer and failed the next statement.
    /// </summary>
    public NpgsqlDataSource Count { get; }

    /// <summary>Whole versions. No statement timeout, for a slow reader's range may wait for it; how many there are is bounded, and a reader below Kestrel's least rate is let go.</summary>
    public NpgsqlDataSource Export { get; }

    public async ValueTask DisposeAsync()
    {
        await Export.DisposeAsync();
        await Count.DisposeAsync();
        await Lookup.DisposeAsync();
        await Read.DisposeAsync();
        await Merge.DisposeAsync();
        await Control.DisposeAsync();
    }

    private static NpgsqlDataSource Build(string text, string application, Action<NpgsqlConnectionStringBuilder> adjust)
    {
        var builder = new NpgsqlConnectionStringBuilder(text) { ApplicationName = application, Timezone = "UTC" };
        adjust(builder);
        return new NpgsqlDataSourceBuilder(builder.ConnectionString) { Name = application }.Build();
    }
}
