using System.Diagnostics;
using DataHub.Benchmarks.Machine;

namespace DataHub.Benchmarks.Ingest;

/// <summary>
/// What pgloader, the usual tool for the way from MariaDB to PostgreSQL, needs for the same table with its key: as it comes,
/// with its own defaults for workers and batches. Like the hub it reads by TCP and writes by the store's socket.
/// </summary>
internal sealed class PgLoaderLimit(Cluster cluster, MariaSector sector, Workplace place)
{
    private const string Database = "bench_pgloader";

    public Task MakeAsync(CancellationToken cancellation) => cluster.CreateDatabaseAsync(Database, cancellation);

    public async Task<LimitFigures> MeasureAsync(CancellationToken cancellation)
    {
        var file = place.PathOf("pgloader.load");
        await File.WriteAllTextAsync(file, FormattableString.Invariant($"""
            LOAD DATABASE FROM {sector.Address} INTO postgresql://{cluster.User}@unix:{cluster.Host}:{cluster.Port}/{Database}
            WITH include drop, create tables, create indexes, reset no sequences
            INCLUDING ONLY TABLE NAMES MATCHING 'dossiers'
            ALTER SCHEMA '{sector.Database}' RENAME TO 'public';
            """), cancellation);
        await cluster.CheckpointAsync(cancellation);
        var cpu = cluster.CpuSeconds;
        var clock = Stopwatch.StartNew();
        var output = await Tool.RunAsync("pgloader", ["--root-dir", place.PathOf("pgloader"), file], null, cancellation);
        var seconds = clock.Elapsed.TotalSeconds;
        var figures = new LimitFigures(seconds, cluster.CpuSeconds - cpu, ProcFiles.Load());
        // It ends with 0 whatever happened to the rows.
        var loaded = await cluster.ScalarAsync<long>(Database, "SELECT count(*) FROM public.dossiers", cancellation);
        return loaded == sector.Rows
            ? figures
            : throw new BenchException($"pgloader loaded {loaded} rows, {sector.Rows} must be:\n{output}");
    }
}
