using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using DataHub.Benchmarks.Machine;
using DataHub.Demo.Generation;
using DataHub.Demo.Hub;
using DataHub.Demo.Sectors;
using MySqlConnector;

namespace DataHub.Benchmarks.Ingest;

/// <summary>The same dossiers as a table of MariaDB, in a database of their own, with a reading account for the hub and pgloader.</summary>
internal sealed class MariaSector(MariaServer server, string database, long rows)
{
    private const string CreateSql = """
        CREATE TABLE dossiers (
            dossier_id bigint NOT NULL PRIMARY KEY, dossier_code varchar(40) NOT NULL, citizen_id varchar(20), applicant_name varchar(120),
            procedure_code varchar(20), procedure_name varchar(300), agency_code varchar(40), status varchar(30),
            received_at timestamp NULL, due_date date, finished_at timestamp NULL, fee decimal(12,2), is_online tinyint(1),
            note varchar(500))
        """;

    // One account a database: their passwords differ.
    private readonly string reader = database + "_reader";
    private readonly string password = RandomNumberGenerator.GetHexString(40, lowercase: true);

    public long Rows { get; } = rows;

    /// <summary>As pgloader is told it.</summary>
    public string Address => FormattableString.Invariant($"mysql://{reader}:{password}@127.0.0.1:{server.Port}/{database}");

    public string Database => database;

    public double CpuSeconds => server.CpuSeconds;

    public SourceRegistration Source => new(database.Replace('_', '-'), "mysql", "MariaDB", new Dictionary<string, string>
    {
        ["host"] = "127.0.0.1", ["port"] = FormattableString.Invariant($"{server.Port}"), ["database"] = database,
    })
    { Username = reader, Password = password };

    /// <summary>Drops what an earlier run left, and makes everything anew.</summary>
    public async Task MakeAsync(CancellationToken cancellation)
    {
        foreach (var sql in new[]
        {
            $"DROP DATABASE IF EXISTS {database}", $"CREATE DATABASE {database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
            $"CREATE OR REPLACE USER {reader}@'%' IDENTIFIED BY '{password}'", $"GRANT SELECT, SHOW VIEW ON {database}.* TO {reader}@'%'",
        })
        {
            await server.ExecuteAsync("", sql, cancellation);
        }

        await server.ExecuteAsync(database, CreateSql, cancellation);
        await using var connection = await server.ConnectAsync(database, cancellation);
        await using (var zone = new MySqlCommand("SET time_zone = '+00:00', unique_checks = 0", connection))
        {
            await zone.ExecuteNonQueryAsync(cancellation);
        }

        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1 << 20));
        var writing = WriteAsync(pipe.Writer, cancellation);
        var load = new MySqlBulkLoader(connection)
        {
            TableName = "dossiers", Local = true, SourceStream = pipe.Reader.AsStream(), CharacterSet = "utf8mb4", Timeout = 0,
            FieldTerminator = "\t", LineTerminator = "\n", EscapeCharacter = '\\',
        };
        var loaded = await LoadAsync(load, cancellation);
        await writing;
        _ = loaded == Rows ? loaded : throw new BenchException($"MariaDB took {loaded} rows, {Rows} must be");
        await server.ExecuteAsync(database, "ANALYZE TABLE dossiers", cancellation);
    }

    public Task DropAsync(CancellationToken cancellation) => server.ExecuteAsync("", $"DROP DATABASE {database}", cancellation);

    /// <summary>Changes the rows that <see cref="DossierTable.ChangeShareAsync"/> changes, in the same way.</summary>
    public async Task ChangeAsync(decimal share, long expected, CancellationToken cancellation)
    {
        var changed = await server.ExecuteAsync(database, string.Create(CultureInfo.InvariantCulture, $"""
            UPDATE dossiers SET fee = fee + 1000, status = '{DossierStatus.Returned}'
            WHERE floor(dossier_id * {share}) > floor((dossier_id - 1) * {share})
            """), cancellation);
        _ = changed == expected ? changed : throw new BenchException($"{changed} rows were changed, {expected} must be");
    }

    /// <summary>Changes this many rows, evenly spread, now.</summary>
    public async Task TouchAsync(int count, CancellationToken cancellation)
    {
        await server.ExecuteAsync(database, "CREATE INDEX IF NOT EXISTS by_receipt ON dossiers (received_at)", cancellation);
        var changed = await server.ExecuteAsync(database, string.Create(CultureInfo.InvariantCulture, $"""
            UPDATE dossiers SET fee = fee + 1000, received_at = CURRENT_TIMESTAMP() WHERE dossier_id % {Rows / count} = 0
            """), cancellation);
        _ = changed == count ? changed : throw new BenchException($"{changed} rows were changed, {count} must be");
    }

    /// <summary>Seconds that reading what an incremental pull reads takes without the hub.</summary>
    public async Task<double> ReadTouchedAsync(CancellationToken cancellation)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await using var connection = await server.ConnectAsync(database, cancellation);
        await using var command = new MySqlCommand(
            "SELECT * FROM dossiers WHERE received_at >= CURRENT_TIMESTAMP() - INTERVAL 6 MINUTE", connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            _ = reader.GetValue(0);
        }

        return clock.Elapsed.TotalSeconds;
    }

    // Off otherwise: the server may be one that tests share.
    private async Task<int> LoadAsync(MySqlBulkLoader load, CancellationToken cancellation)
    {
        await server.ExecuteAsync("", "SET GLOBAL local_infile = 1", cancellation);
        try
        {
            return await load.LoadAsync(cancellation);
        }
        finally
        {
            await server.ExecuteAsync("", "SET GLOBAL local_infile = 0", CancellationToken.None);
        }
    }

    private async Task WriteAsync(PipeWriter pipe, CancellationToken cancellation)
    {
        var line = new StringBuilder();
        foreach (var row in new DossierGenerator(SectorData.Seed, Rows).All())
        {
            line.Clear().Append(CultureInfo.InvariantCulture, $"{row.DossierId}\t{row.DossierCode}\t{row.CitizenId}\t{Text(row.ApplicantName)}\t");
            line.Append(CultureInfo.InvariantCulture, $"{row.ProcedureCode}\t{Text(row.ProcedureName)}\t{row.AgencyCode}\t{row.Status}\t");
            line.Append(CultureInfo.InvariantCulture, $"{row.ReceivedAt:yyyy-MM-dd HH:mm:ss}\t{row.DueDate:yyyy-MM-dd}\t");
            line.Append(row.FinishedAt?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "\\N");
            line.Append(CultureInfo.InvariantCulture, $"\t{row.Fee:0.00}\t{(row.IsOnline ? 1 : 0)}\t{Text(row.Note)}\n");
            foreach (var chunk in line.GetChunks())
            {
                Encoding.UTF8.GetBytes(chunk.Span, pipe);
            }

            if (pipe.UnflushedBytes > 1 << 16)
            {
                await pipe.FlushAsync(cancellation);
            }
        }

        await pipe.CompleteAsync();
    }

    private static string Text(string? value) => value?.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) ?? "\\N";
}
