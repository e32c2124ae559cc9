using System.Globalization;
using System.Text;
using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Validation;
using DataHub.Core.Versioning;
using DataHub.Storage.Connections;
using DataHub.Storage.Loads;
using DataHub.Storage.Quarantine;
using DataHub.Storage.Queries;
using DataHub.Storage.Versions;
using DataHub.TestKit;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;

namespace DataHub.Storage.Tests.Kit;

/// <summary>How a pull is loaded.</summary>
internal enum Way { Direct, DirectWithoutMemory, DirectLosingMemory, Compared, Staged, Part }

/// <summary>A dataset of the lab.</summary>
internal sealed record LabDataset(int Id, DataContract Contract, long Revision);

/// <summary>A loaded and measured candidate with what publishing needs.</summary>
internal sealed record LabLoad(Candidate Candidate, LoadTarget Target, long Run);

/// <summary>The store alone: loads from lists, measures, publishes and reads, without sources, queue and worker.</summary>
internal sealed class StoreLab : IAsyncDisposable
{
    private readonly StorageOptions options;
    private int datasets;

    private StoreLab(TestDatabase database)
    {
        Database = database;
        options = new StorageOptions { Database = database.ConnectionString };
        Connections = new StoreConnections(options);
        Indexes = new FilterIndexes(Connections);
        Preparation = new StorePreparation(Connections, Indexes, TimeProvider.System);
        Check = new CandidateCheck(Connections);
        Publisher = new Publisher(Connections);
        Queries = new RecordQueries(Connections);
    }

    public TestDatabase Database { get; }

    public StoreConnections Connections { get; }

    public FilterIndexes Indexes { get; }

    public StorePreparation Preparation { get; }

    public CandidateCheck Check { get; }

    public Publisher Publisher { get; }

    public RecordQueries Queries { get; }

    public static async Task<StoreLab> StartAsync()
    {
        var lab = new StoreLab(await TestDatabase.CreateAsync());
        await lab.ExecuteAsync("""
            INSERT INTO hub.sources (id, kind, name, settings, created_at, updated_at) VALUES ('lab', 'csv', 'lab', '{}', now(), now())
            """);
        return lab;
    }

    /// <summary>A contract with these columns, each a YAML mapping.</summary>
    public static DataContract Contract(string version, params string[] columns)
    {
        var reading = ContractReader.Read($"""
            apiVersion: v3.1.0
            kind: DataContract
            id: lab
            name: lab
            version: {version}
            status: active
            schema:
            - name: t
              properties:
            {string.Join("\n", columns.Select(c => "  - " + c))}
            customProperties:
            - {"{"}property: hub.provider, value: H08.12{"}"}
            - {"{"}property: hub.source, value: lab{"}"}
            - {"{"}property: hub.file, value: t.csv{"}"}
            """);
        return reading.Contract ?? throw new InvalidOperationException(string.Join("\n", reading.Errors.Select(e => $"{e.Pointer} {e.Message.En}")));
    }

    public static string Typed(string name, string logical, string type) =>
        $"{{name: {name}, logicalType: {logical}, customProperties: [{{property: hub.type, value: '{type}'}}]}}";

    public async Task<LabDataset> AddAsync(DataContract contract)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"lab-{++datasets}");
        var id = await ScalarAsync<int>($"""
            INSERT INTO hub.datasets (name, title, provider, source_id, access, contract_revision_id, created_at)
            VALUES ('{name}', 'lab', 'H08', 'lab', 'open', 0, now()) RETURNING id
            """);
        return await ReviseAsync(new LabDataset(id, contract, 0), contract);
    }

    /// <summary>Adds a contract revision.</summary>
    public async Task<LabDataset> ReviseAsync(LabDataset dataset, DataContract contract)
    {
        var version = contract.Version;
        var revision = await ScalarAsync<long>($"""
            INSERT INTO hub.contract_revisions (dataset_id, major, minor, patch, document, created_by, created_at)
            VALUES ({dataset.Id}, {version.Major}, {version.Minor}, {version.Patch}, '{contract.Document.Replace("'", "''", StringComparison.Ordinal)}', 'lab', now())
            RETURNING id
            """);
        await ExecuteAsync($"UPDATE hub.datasets SET contract_revision_id = {revision} WHERE id = {dataset.Id}");
        return dataset with { Contract = contract, Revision = revision };
    }

    /// <summary>A run with lease 1.</summary>
    public async Task<long> NewRunAsync(LabDataset dataset, string state = "running") => await ScalarAsync<long>($"""
        INSERT INTO hub.runs (dataset_id, mode, state, requested_by, contract_revision_id, requested_at, lease_number, lease_until, cancel_requested,
            read, "new", changed, unchanged, rejected, duplicate, tombstones, removed, stale)
        VALUES ({dataset.Id}, 'full', '{state}', 'lab', {dataset.Revision}, now(), 1, now() + interval '1 hour', false, 0, 0, 0, 0, 0, 0, 0, 0, 0) RETURNING id
        """);

    /// <summary>Loads records (texts in the contract's column order) and measures the candidate.</summary>
    public async Task<LabLoad> LoadAsync(LabDataset dataset, Way way, IReadOnlyList<string?[]> records, int batchSize = 1000, long? existingRun = null)
    {
        var run = existingRun ?? await NewRunAsync(dataset);
        var target = await Preparation.PrepareAsync(dataset.Id, dataset.Contract, run, 1, CancellationToken.None)
            with
        { Scope = way == Way.Part ? LoadScope.Part : LoadScope.Whole };
        await using var quarantine = new QuarantineWriter(Connections, options, new EphemeralDataProtectionProvider(), run, dataset.Id);
        await using var load = await BeginAsync(target, way);
        if (way == Way.DirectWithoutMemory)
        {
            await load.FlushAsync(CancellationToken.None);
        }

        SourceField[] fields = [.. dataset.Contract.Columns.Select(c => new SourceField(c.SourceName, SourceKind.Text, "text"))];
        var encoder = new RecordEncoder(dataset.Contract, target.Layout, fields);
        var batch = new RecordBatch(fields, batchSize);
        var position = 0;
        foreach (var chunk in records.Chunk(batchSize))
        {
            Fill(batch, chunk, ref position);
            await StreamAsync(batch, dataset.Contract, encoder, load, quarantine);
            await load.FlushAsync(CancellationToken.None);
        }

        var candidate = await load.CompleteAsync(quarantine, CancellationToken.None);
        await quarantine.FlushAsync(CancellationToken.None);
        var line = await LineAsync(dataset);
        candidate = await Check.MeasureAsync(candidate, target.Layout, line.Checksum, CancellationToken.None);
        return new LabLoad(candidate, target, run);
    }

    public Task<int> PublishAsync(LabDataset dataset, LabLoad load) => Publisher.PublishAsync(
        load.Candidate, load.Target.Layout, new Publication(load.Run, 1, "lab", dataset.Revision, DateTimeOffset.UtcNow), CancellationToken.None);

    /// <summary>Loads and publishes.</summary>
    public async Task<int> PublishAsync(LabDataset dataset, params string?[][] records)
    {
        var line = await LineAsync(dataset);
        return await PublishAsync(dataset, await LoadAsync(dataset, line.Pair is null ? Way.Direct : Way.Compared, records));
    }

    public async Task<StoreLine> LineAsync(LabDataset dataset)
    {
        await using var connection = await Connections.Control.OpenConnectionAsync();
        return await StoreCatalogue.ReadLineAsync(connection, dataset.Id, dataset.Contract.Version.Major, CancellationToken.None);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Connections.Control.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Connections.Control.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>All rows of a statement, each value by its text.</summary>
    public async Task<List<string>> TextsAsync(string sql)
    {
        await using var command = Connections.Control.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount)
                .Select(i => reader.IsDBNull(i) ? "∅" : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await Connections.DisposeAsync();
        await Database.DisposeAsync();
    }

    private async Task<RecordLoad> BeginAsync(LoadTarget target, Way way) => way switch
    {
        Way.Direct => await DirectLoad.BeginAsync(Connections, target, long.MaxValue, CancellationToken.None),
        Way.DirectWithoutMemory or Way.DirectLosingMemory => await DirectLoad.BeginAsync(Connections, target, 0, CancellationToken.None),
        Way.Compared => await ComparedLoad.BeginAsync(Connections, target, long.MaxValue, CancellationToken.None),
        _ => await StagedLoad.BeginAsync(Connections, target, CancellationToken.None),
    };

    private static void Fill(RecordBatch batch, string?[][] records, ref int position)
    {
        batch.Clear();
        foreach (var record in records)
        {
            for (var i = 0; i < record.Length; i++)
            {
                if (record[i] is { } text)
                {
                    batch.Columns[i].Append(Encoding.UTF8.GetBytes(text));
                }
                else
                {
                    batch.Columns[i].AppendNull();
                }
            }

            batch.EndRecord(++position);
        }
    }

    // As the pipeline's stream does it.
    private static async Task StreamAsync(
        RecordBatch batch, DataContract contract, RecordEncoder encoder, RecordLoad load, QuarantineWriter quarantine)
    {
        for (var row = 0; row < batch.Count; row++)
        {
            var valid = encoder.Encode(batch, row);
            if (encoder.IsTombstone(batch, row) && load.Bury(encoder, batch, row))
            {
                continue;
            }

            var stale = !valid && load.Reject(encoder, batch, row);
            if (!valid || !load.Add(encoder, batch, row))
            {
                IReadOnlyList<Violation> why = valid ? [Violation.DuplicateKey] : encoder.Violations;
                await quarantine.AddAsync(batch, row, contract, why, stale, CancellationToken.None);
            }
        }
    }
}
