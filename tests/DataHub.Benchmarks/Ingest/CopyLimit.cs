using System.Diagnostics;
using DataHub.Benchmarks.Machine;
using DataHub.Demo.Sectors;

namespace DataHub.Benchmarks.Ingest;

/// <summary>One load by psql, measured.</summary>
internal sealed record LimitFigures(double Seconds, double StoreCpu, double Load);

/// <summary>
/// What PostgreSQL's own COPY needs for the same rows into a logged table of the store's types with its primary key
/// present: no validation, no hash, no comparison, no version, no other index.
/// </summary>
internal sealed class CopyLimit(Cluster cluster, SectorData data)
{
    private const string Database = "bench_limit";

    /// <summary>One psql writes, another reads.</summary>
    public const string PipeScript =
        "\"$BENCH_PSQL\" -Xq -d \"$BENCH_SECTOR\" -c \"$BENCH_OUT\" | \"$BENCH_PSQL\" -Xq -v ON_ERROR_STOP=1 -c \"$BENCH_IN\"";

    private const string CreateSql = """
        DROP TABLE IF EXISTS loaded;
        CREATE TABLE loaded (
            dossier_id bigint PRIMARY KEY, dossier_code text COLLATE "C", citizen_id text COLLATE "C", applicant_name text COLLATE "C",
            procedure_code text COLLATE "C", procedure_name text COLLATE "C", agency_code text COLLATE "C", status text COLLATE "C",
            received_at timestamptz, due_date date, finished_at timestamptz, fee numeric(12,2), is_online boolean, note text COLLATE "C");
        """;

    public Task MakeAsync(CancellationToken cancellation) => cluster.CreateDatabaseAsync(Database, cancellation);

    /// <summary>Binary COPY out of the sector's table, through a pipe, into the loaded one.</summary>
    public Task<LimitFigures> FromTableAsync(CancellationToken cancellation) => MeasureAsync(PipeScript,
        $"COPY loaded ({DossierTable.ColumnList}) FROM STDIN (FORMAT BINARY)", cancellation);

    /// <summary>\copy of the same file.</summary>
    public Task<LimitFigures> FromFileAsync(CancellationToken cancellation) => MeasureAsync(
        "\"$BENCH_PSQL\" -Xq -v ON_ERROR_STOP=1 -c \"$BENCH_IN\"",
        $"\\copy loaded ({DossierTable.ColumnList}) FROM '{data.CsvPath}' WITH (FORMAT csv, HEADER true)", cancellation);

    private async Task<LimitFigures> MeasureAsync(string script, string copyIn, CancellationToken cancellation)
    {
        await cluster.ExecuteAsync(Database, CreateSql, cancellation);
        await cluster.CheckpointAsync(cancellation);
        var environment = cluster.ToolEnvironment(Database);
        environment["BENCH_PSQL"] = cluster.Program("psql");
        environment["BENCH_SECTOR"] = SectorData.Database;
        environment["BENCH_OUT"] = $"COPY (SELECT {DossierTable.ColumnList} FROM public.dossiers) TO STDOUT (FORMAT BINARY)";
        environment["BENCH_IN"] = copyIn;
        var cpu = cluster.CpuSeconds;
        var clock = Stopwatch.StartNew();
        await Tool.RunAsync("bash", ["-c", "set -o pipefail; " + script], environment, cancellation);
        var seconds = clock.Elapsed.TotalSeconds;
        var figures = new LimitFigures(seconds, cluster.CpuSeconds - cpu, ProcFiles.Load());
        var loaded = await cluster.ScalarAsync<long>(Database, "SELECT count(*) FROM loaded", cancellation);
        return loaded == data.Rows ? figures : throw new BenchException($"psql loaded {loaded} rows, {data.Rows} must be");
    }
}
