using DataHub.Benchmarks.Machine;
using DataHub.Demo.Generation;
using DataHub.Demo.Hub;
using DataHub.Demo.Sectors;

namespace DataHub.Benchmarks.Ingest;

/// <summary>The same dossiers as a PostgreSQL table and as CSV files, before and after one hundredth of them changed.</summary>
internal sealed class SectorData(Cluster cluster, Workplace place, long rows)
{
    public const string Database = "bench_sector";
    public const int Seed = 84;
    public const decimal Share = 0.01m;
    private const string Folder = "dossiers";
    private const string FileName = "dossiers.csv";
    private readonly ReaderAccount reader = new("bench_reader");

    public long Rows { get; } = rows;

    /// <summary>Rows that a change touches.</summary>
    public long ChangedRows { get; } = (long)(rows * Share);

    public SourceRegistration PostgresSource => new("bench-postgres", "postgres", "PostgreSQL", new Dictionary<string, string>
    {
        ["host"] = cluster.Host, ["port"] = FormattableString.Invariant($"{cluster.Port}"), ["database"] = Database,
    })
    { Username = reader.Role, Password = reader.Password };

    public SourceRegistration CsvSource { get; } = new("bench-csv", "csv", "CSV", new Dictionary<string, string>
    {
        ["folder"] = Folder, ["encoding"] = "utf-8", ["delimiter"] = ",",
    });

    /// <summary>The file that the hub reads and that psql reads too.</summary>
    public string CsvPath => Path.Combine(place.Files, Folder, FileName);

    private DossierGenerator Generator => new(Seed, Rows);

    public async Task MakeAsync(CancellationToken cancellation)
    {
        await cluster.CreateDatabaseAsync(Database, cancellation);
        await using (var connection = await cluster.ConnectAsync(Database, cancellation))
        {
            await DossierTable.LoadAsync(connection, Generator.All(), cancellation);
        }

        await cluster.ExecuteAsync(Database, $"""
            DROP ROLE IF EXISTS {reader.Role};
            CREATE ROLE {reader.Role} LOGIN PASSWORD '{reader.Verifier()}';
            GRANT SELECT ON public.dossiers TO {reader.Role};
            """, cancellation);
        Directory.CreateDirectory(Path.GetDirectoryName(CsvPath)!);
        SectorFiles.WriteDossiers(place.PathOf("before.csv"), Generator.All());
        SectorFiles.WriteDossiers(place.PathOf("after.csv"), Generator.All().Select(Changed));
    }

    public async Task ChangeTableAsync(CancellationToken cancellation)
    {
        await using var connection = await cluster.ConnectAsync(Database, cancellation);
        var changed = await DossierTable.ChangeShareAsync(connection, Share, cancellation);
        if (changed != ChangedRows)
        {
            throw new BenchException($"{changed} rows were changed, {ChangedRows} must be");
        }
    }

    /// <summary>Copies the table as it is now into one of the same columns elsewhere on the server.</summary>
    public Task CopyIntoAsync(string database, string table, CancellationToken cancellation)
    {
        var environment = cluster.ToolEnvironment(database);
        environment["BENCH_PSQL"] = cluster.Program("psql");
        environment["BENCH_SECTOR"] = Database;
        environment["BENCH_OUT"] = $"COPY (SELECT {DossierTable.ColumnList} FROM public.dossiers) TO STDOUT (FORMAT BINARY)";
        environment["BENCH_IN"] = $"COPY {table} ({DossierTable.ColumnList}) FROM STDIN (FORMAT BINARY)";
        return Tool.RunAsync("bash", ["-c", "set -o pipefail; " + CopyLimit.PipeScript], environment, cancellation);
    }

    public void PutFile(bool changed) => File.Copy(place.PathOf(changed ? "after.csv" : "before.csv"), CsvPath, overwrite: true);

    // The very rows that DossierTable changes, in the same way.
    private static Dossier Changed(Dossier row) =>
        Math.Floor(row.DossierId * Share) > Math.Floor((row.DossierId - 1) * Share)
            ? row with { Fee = row.Fee + 1_000, Status = DossierStatus.Returned }
            : row;
}
