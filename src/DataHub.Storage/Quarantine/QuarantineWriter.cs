using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Validation;
using DataHub.Storage.Connections;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;
using NpgsqlTypes;

namespace DataHub.Storage.Quarantine;

/// <summary>
/// Keeps a run's rejected records with their reasons, encrypted because they may be personal. Beyond the limit they are only counted: the counts
/// of a run are never capped.
/// </summary>
public sealed class QuarantineWriter(StoreConnections connections, StorageOptions options, IDataProtectionProvider protection, long runId, int datasetId)
    : IAsyncDisposable
{
    private const int BatchSize = 200;

    private static readonly JsonSerializerOptions Words = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IDataProtector protector = protection.CreateProtector(Purpose);
    private readonly List<Entry> pending = [];

    /// <summary>Data Protection purpose of quarantined records.</summary>
    public const string Purpose = "datahub.quarantine";

    /// <summary>Entries kept.</summary>
    public int Stored { get; private set; }

    /// <summary>Keeps one record with all its violations.</summary>
    public ValueTask AddAsync(
        RecordBatch batch, int row, DataContract contract, IReadOnlyList<Violation> violations, bool stale, CancellationToken cancellation) =>
        AddAsync(new Entry(batch.Positions[row], RawRecord.KeyText(batch, row, contract), 1, Describe(violations),
            IsFull ? "" : RawRecord.ToJson(batch, row, contract), stale), cancellation);

    /// <summary>Keeps a record that could not be split into columns.</summary>
    public ValueTask AddBrokenAsync(BrokenRecord broken, CancellationToken cancellation) =>
        AddAsync(new Entry(broken.Position, null, 1, Describe([new Violation(null, broken.Code, broken.Message)]),
            JsonSerializer.Serialize(new { raw = broken.Raw }, Words), false), cancellation);

    /// <summary>Keeps a record as the store held it, that turned out to break a rule when all had come.</summary>
    public ValueTask AddStoredAsync(
        long? position, string record, int occurrences, Violation why, CancellationToken cancellation) =>
        AddAsync(new Entry(position, null, occurrences, Describe([why]), record, false), cancellation);

    /// <summary>Writes what is pending.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        if (pending.Count == 0)
        {
            return;
        }

        await using var connection = await connections.Merge.OpenConnectionAsync(cancellation);
        await using var import = await connection.BeginBinaryImportAsync(
            "COPY hub.quarantine (run_id, dataset_id, position, key, occurrences, violations, protected_record, stale) FROM STDIN (FORMAT BINARY)",
            cancellation);
        foreach (var entry in pending)
        {
            await import.StartRowAsync(cancellation);
            await import.WriteAsync(runId, NpgsqlDbType.Bigint, cancellation);
            await import.WriteAsync(datasetId, NpgsqlDbType.Integer, cancellation);
            await import.WriteAsync(entry.Position, NpgsqlDbType.Bigint, cancellation);
            await import.WriteAsync(entry.Key, NpgsqlDbType.Text, cancellation);
            await import.WriteAsync(entry.Occurrences, NpgsqlDbType.Integer, cancellation);
            await import.WriteAsync(entry.Violations, NpgsqlDbType.Jsonb, cancellation);
            await import.WriteAsync(protector.Protect(Encoding.UTF8.GetBytes(entry.Record)), NpgsqlDbType.Bytea, cancellation);
            await import.WriteAsync(entry.Stale, NpgsqlDbType.Boolean, cancellation);
        }

        await import.CompleteAsync(cancellation);
        pending.Clear();
    }

    /// <summary>Marks the kept entries at the positions that a statement of a load's own tables yields: their key's published image stays.</summary>
    public async Task MarkStaleAsync(string positions, CancellationToken cancellation)
    {
        await FlushAsync(cancellation);
        await using var command = connections.Merge.CreateCommand(
            $"UPDATE hub.quarantine SET stale = true WHERE run_id = $1 AND position IN ({positions})");
        command.Parameters.AddWithValue(runId);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Drops what is pending; a caller that wants it kept flushes first.</summary>
    public ValueTask DisposeAsync()
    {
        pending.Clear();
        return ValueTask.CompletedTask;
    }

    private bool IsFull => Stored >= options.QuarantineLimit;

    private ValueTask AddAsync(Entry entry, CancellationToken cancellation)
    {
        if (IsFull)
        {
            return ValueTask.CompletedTask;
        }

        Stored++;
        pending.Add(entry);
        return pending.Count < BatchSize ? ValueTask.CompletedTask : new ValueTask(FlushAsync(cancellation));
    }

    private static string Describe(IEnumerable<Violation> violations) => JsonSerializer.Serialize(
        violations.Select(v => new { column = v.Column, code = v.Code, vi = v.Message.Vi, en = v.Message.En }), Words);

    private sealed record Entry(long? Position, string? Key, int Occurrences, string Violations, string Record, bool Stale);
}
