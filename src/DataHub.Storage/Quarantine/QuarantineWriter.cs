using System.Globalization;
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
/// Notes a run's rejected records with their reasons as arriving; <see cref="QuarantineSettlement"/> makes entries of them. The record itself is encrypted, because it may be
/// personal, and written only where no entry holds it yet. Beyond the limit records are only counted: the counts of a run are never capped.
/// </summary>
public sealed class QuarantineWriter(StoreConnections connections, StorageOptions options, IDataProtectionProvider protection, long runId, int datasetId)
    : IAsyncDisposable
{
    private const int BatchSize = 500;

    private static readonly JsonSerializerOptions Words = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IDataProtector protector = protection.CreateProtector(Purpose);
    private readonly List<Entry> pending = [];
    private readonly HashSet<Guid> taken = [];
    private HashSet<Guid> awaited = [];
    private int[]? keyColumns;

    /// <summary>Data Protection purpose of quarantined records.</summary>
    public const string Purpose = "datahub.quarantine";

    /// <summary>Contract that the records are judged by; without it an entry made of a stored record has no key.</summary>
    public DataContract? Contract { get; init; }

    /// <summary>Records noted.</summary>
    public int Stored { get; private set; }

    /// <summary>True when a rejected record was not noted because of the limit.</summary>
    public bool HasOverflowed { get; private set; }

    /// <summary>Keys of open entries of which a valid record came: see <see cref="Await"/>.</summary>
    public IReadOnlyCollection<Guid> Taken => taken;

    /// <summary>Watches for valid records of these keys, for a pull whose silence about the others says nothing.</summary>
    public void Await(HashSet<Guid> keys) => awaited = keys;

    /// <summary>A valid record came.</summary>
    public void Accept(RecordBatch batch, int row)
    {
        if (awaited.Count > 0 && Contract is not null
            && RawRecord.KeyDigest(batch, row, Contract, KeyColumns(Contract)) is { } key && awaited.Contains(key))
        {
            taken.Add(key);
        }
    }

    /// <summary>Notes one record with all its violations.</summary>
    public ValueTask AddAsync(
        RecordBatch batch, int row, DataContract contract, IReadOnlyList<Violation> violations, bool stale, CancellationToken cancellation)
    {
        if (IsFull)
        {
            return ValueTask.CompletedTask;
        }

        var record = StoredRecord.Of(batch, row, contract);
        return AddAsync(new Entry
        {
            Position = batch.Positions[row], Key = RawRecord.KeyText(batch, row, contract),
            KeyDigest = RawRecord.KeyDigest(batch, row, contract, KeyColumns(contract)), Violations = violations, Stale = stale,
            Record = record.ToJson(), Replayable = true,
        }, cancellation);
    }

    /// <summary>Notes a record that could not be split into columns.</summary>
    public ValueTask AddBrokenAsync(BrokenRecord broken, CancellationToken cancellation) => AddAsync(new Entry
    {
        Position = broken.Position, Violations = [new Violation(null, broken.Code, broken.Message)], Record = StoredRecord.BrokenJson(broken.Raw),
    }, cancellation);

    /// <summary>Notes a record as the store held it, that turned out to break a rule when all had come.</summary>
    public ValueTask AddStoredAsync(long? position, string record, int occurrences, Violation why, CancellationToken cancellation)
    {
        if (IsFull)
        {
            return ValueTask.CompletedTask;
        }

        var kinds = Contract?.Columns.ToDictionary(c => c.Name, c => c.Type.Kind, StringComparer.Ordinal) ?? [];
        var stored = StoredRecord.OfStore(record, kinds);
        var parts = Contract?.Key.Select(k => stored.Values.GetValueOrDefault(k.Name)).ToList() ?? [];
        var hasKey = parts.Count > 0 && !parts.Contains(null);
        return AddAsync(new Entry
        {
            Position = position, Occurrences = occurrences, Violations = [why], Record = stored.ToJson(), Replayable = Contract is not null,
            Key = hasKey && !Contract!.Key.Any(k => k.Personal) ? string.Join(',', parts) : null,
            KeyDigest = hasKey ? RawRecord.KeyDigest(Contract!.Dataset, parts!) : null,
        }, cancellation);
    }

    /// <summary>Writes what is pending.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        if (pending.Count == 0)
        {
            return;
        }

        await using var connection = await connections.Merge.OpenConnectionAsync(cancellation);
        var known = await FindKnownAsync(connection, cancellation);
        await using var import = await connection.BeginBinaryImportAsync("""
            COPY hub.quarantine (run_id, dataset_id, position, key, key_digest, identity, occurrences, violations, protected_record, stale, replayable)
            FROM STDIN (FORMAT BINARY)
            """, cancellation);
        foreach (var entry in pending)
        {
            await import.StartRowAsync(cancellation);
            await import.WriteAsync(runId, NpgsqlDbType.Bigint, cancellation);
            await import.WriteAsync(datasetId, NpgsqlDbType.Integer, cancellation);
            await import.WriteAsync(entry.Position, NpgsqlDbType.Bigint, cancellation);
            await import.WriteAsync(entry.Key, NpgsqlDbType.Text, cancellation);
            await import.WriteAsync(entry.KeyDigest, NpgsqlDbType.Uuid, cancellation);
            await import.WriteAsync(entry.Identity, NpgsqlDbType.Uuid, cancellation);
            await import.WriteAsync(entry.Occurrences, NpgsqlDbType.Integer, cancellation);
            await import.WriteAsync(Describe(entry.Violations), NpgsqlDbType.Jsonb, cancellation);
            await import.WriteAsync(
                known.Contains(entry.Identity) ? null : protector.Protect(Encoding.UTF8.GetBytes(entry.Record)), NpgsqlDbType.Bytea, cancellation);
            await import.WriteAsync(entry.Stale, NpgsqlDbType.Boolean, cancellation);
            await import.WriteAsync(entry.Replayable, NpgsqlDbType.Boolean, cancellation);
        }

        await import.CompleteAsync(cancellation);
        pending.Clear();
    }

    /// <summary>Marks the noted records at the positions that a statement of a load's own tables yields: their key's published image stays.</summary>
    public async Task MarkStaleAsync(string positions, CancellationToken cancellation)
    {
        await FlushAsync(cancellation);
        await using var command = connections.Merge.CreateCommand(
            $"UPDATE hub.quarantine SET stale = true WHERE run_id = $1 AND status = 'arriving' AND position IN ({positions})");
        command.Parameters.AddWithValue(runId);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Drops what is pending; a caller that wants it kept flushes first.</summary>
    public ValueTask DisposeAsync()
    {
        pending.Clear();
        return ValueTask.CompletedTask;
    }

    /// <summary>JSON array of {column, code, vi, en}.</summary>
    public static string Describe(IEnumerable<Violation> violations) => JsonSerializer.Serialize(
        violations.Select(v => new { column = v.Column, code = v.Code, vi = v.Message.Vi, en = v.Message.En }), Words);

    private bool IsFull
    {
        get
        {
            HasOverflowed |= Stored >= options.QuarantineLimit;
            return HasOverflowed;
        }
    }

    private int[] KeyColumns(DataContract contract) =>
        keyColumns ??= [.. contract.Key.Select(k => contract.Columns.TakeWhile(c => c.Name != k.Name).Count())];

    private async Task<HashSet<Guid>> FindKnownAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT identity FROM hub.quarantine
            WHERE dataset_id = $1 AND identity = ANY ($2) AND status <> 'arriving' AND protected_record IS NOT NULL
            """, connection);
        command.Parameters.AddWithValue(datasetId);
        command.Parameters.AddWithValue(pending.Select(e => e.Identity).Distinct().ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var known = new HashSet<Guid>();
        while (await reader.ReadAsync(cancellation))
        {
            known.Add(reader.GetGuid(0));
        }

        return known;
    }

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

    private sealed record Entry
    {
        private Guid? identity;

        public long? Position { get; init; }

        public string? Key { get; init; }

        public Guid? KeyDigest { get; init; }

        public int Occurrences { get; init; } = 1;

        public required IReadOnlyList<Violation> Violations { get; init; }

        public required string Record { get; init; }

        public bool Stale { get; init; }

        public bool Replayable { get; init; }

        /// <summary>Equal for the same bad record in every pull: its key, or its place where it has none, its content, and the rules that it breaks.</summary>
        public Guid Identity => identity ??= RawRecord.Digest(
        [
            KeyDigest?.ToString() ?? Position?.ToString(CultureInfo.InvariantCulture) ?? "", Record,
            .. Violations.Select(v => $"{v.Column}:{v.Code}").Order(StringComparer.Ordinal),
        ]);
    }
}
