using System.Text;
using DataHub.Core.Validation;
using DataHub.Storage.Connections;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;
using NpgsqlTypes;

namespace DataHub.Storage.Quarantine;

/// <summary>One bad record of a dataset's source, however often it came.</summary>
public sealed record QuarantineEntry
{
    public required long Id { get; init; }

    /// <summary>Newest run that rejected it.</summary>
    public required long RunId { get; init; }

    public long? FirstRunId { get; init; }

    /// <summary>open, fixed, replayed, discarded or expired.</summary>
    public required string Status { get; init; }

    /// <summary>Line of a file or ordinal of a pull, at the newest run.</summary>
    public long? Position { get; init; }

    public string? Key { get; init; }

    public int Occurrences { get; init; }

    /// <summary>Runs that rejected it.</summary>
    public int Seen { get; init; }

    public DateTimeOffset FirstSeen { get; init; }

    public DateTimeOffset LastSeen { get; init; }

    /// <summary>JSON array of {column, code, vi, en}.</summary>
    public required string Violations { get; init; }

    /// <summary>Null when it expired.</summary>
    public StoredRecord? Record { get; init; }

    public bool Stale { get; init; }

    public bool Replayable { get; init; }

    public long? ContractRevisionId { get; init; }

    public string? DecidedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    public string? Reason { get; init; }

    public int? ResolvedSeq { get; init; }
}

/// <summary>Which entries are asked for; what is null does not matter.</summary>
public sealed record QuarantineQuestion
{
    public int? DatasetId { get; init; }

    /// <summary>Newest run that rejected them.</summary>
    public long? RunId { get; init; }

    public string? Status { get; init; }

    /// <summary>Code of a broken rule.</summary>
    public string? Code { get; init; }

    /// <summary>Column of a broken rule.</summary>
    public string? Column { get; init; }
}

/// <summary>Lists a dataset's quarantine, and closes entries that somebody decided to leave.</summary>
public sealed class QuarantineStore(StoreConnections connections, IDataProtectionProvider protection)
{
    // By (run_id, id) or (dataset_id, id): a page is a walk along one of them.
    private const string Matching = """
        ($1::int IS NULL OR dataset_id = $1) AND ($2::bigint IS NULL OR run_id = $2)
        AND ($3::text IS NULL OR CASE status WHEN 'arriving' THEN 'open' ELSE status END = $3)
        AND ($4::text IS NULL OR violations @> jsonb_build_array(jsonb_build_object('code', $4)))
        AND ($5::text IS NULL OR violations @> jsonb_build_array(jsonb_build_object('column', $5)))
        """;

    private readonly IDataProtector protector = protection.CreateProtector(QuarantineWriter.Purpose);

    /// <summary>A page in the order in which entries were made.</summary>
    public async Task<IReadOnlyList<QuarantineEntry>> ListAsync(QuarantineQuestion question, long after, int limit, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand($"""
            SELECT id, run_id, first_run_id, CASE status WHEN 'arriving' THEN 'open' ELSE status END, position, key, occurrences, seen, first_seen, last_seen,
                violations::text, protected_record, stale, replayable, contract_revision_id, decided_by, decided_at, reason, resolved_seq
            FROM hub.quarantine WHERE {Matching} AND id > $6 ORDER BY id LIMIT $7
            """);
        Add(command, question);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(limit);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var page = new List<QuarantineEntry>();
        while (await reader.ReadAsync(cancellation))
        {
            page.Add(Entry(reader));
        }

        return page;
    }

    /// <summary>Numbers of at most <paramref name="limit"/> open entries that may be replayed.</summary>
    public async Task<IReadOnlyList<long>> FindReplayableAsync(QuarantineQuestion question, int limit, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand(
            $"SELECT id FROM hub.quarantine WHERE {Matching} AND replayable AND protected_record IS NOT NULL AND status <> 'arriving' ORDER BY id LIMIT $6");
        Add(command, question with { Status = "open" });
        command.Parameters.AddWithValue(limit);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new List<long>();
        while (await reader.ReadAsync(cancellation))
        {
            found.Add(reader.GetInt64(0));
        }

        return found;
    }

    /// <summary>Those of a dataset's entries that have these numbers, by number.</summary>
    public async Task<IReadOnlyDictionary<long, QuarantineEntry>> FindAsync(int datasetId, IReadOnlyCollection<long> ids, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand("""
            SELECT id, run_id, first_run_id, status, position, key, occurrences, seen, first_seen, last_seen,
                violations::text, protected_record, stale, replayable, contract_revision_id, decided_by, decided_at, reason, resolved_seq
            FROM hub.quarantine WHERE dataset_id = $1 AND id = ANY ($2) AND status <> 'arriving'
            """);
        command.Parameters.AddWithValue(datasetId);
        command.Parameters.AddWithValue(ids.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new Dictionary<long, QuarantineEntry>();
        while (await reader.ReadAsync(cancellation))
        {
            found.Add(reader.GetInt64(0), Entry(reader));
        }

        return found;
    }

    /// <summary>Closes open entries as discarded, with who and why, and one entry in the ledger; returns those that were open.</summary>
    public async Task<IReadOnlyList<long>> DiscardAsync(
        int datasetId, IReadOnlyCollection<long> ids, string actor, string reason, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand("""
            WITH discarded AS (
                UPDATE hub.quarantine SET status = 'discarded', decided_by = $3, decided_at = now(), reason = $4
                WHERE id IN (SELECT id FROM hub.quarantine WHERE dataset_id = $1 AND id = ANY ($2) AND status IN ('open', 'expired')
                    ORDER BY id FOR UPDATE) RETURNING id),
            noted AS (
                INSERT INTO hub.ledger (at, event, actor, dataset, body)
                SELECT now(), 'quarantine.discarded', $3, (SELECT name FROM hub.datasets WHERE id = $1),
                    jsonb_build_object('entries', jsonb_agg(id ORDER BY id), 'reason', $4) FROM discarded HAVING count(*) > 0)
            SELECT id FROM discarded ORDER BY id
            """);
        command.Parameters.AddWithValue(datasetId);
        command.Parameters.AddWithValue(ids.ToArray());
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = reason });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var discarded = new List<long>();
        while (await reader.ReadAsync(cancellation))
        {
            discarded.Add(reader.GetInt64(0));
        }

        return discarded;
    }

    private static void Add(NpgsqlCommand command, QuarantineQuestion question)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)question.DatasetId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)question.RunId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        foreach (var text in new[] { question.Status, question.Code, question.Column })
        {
            command.Parameters.Add(new NpgsqlParameter { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        }
    }

    private QuarantineEntry Entry(NpgsqlDataReader r) => new()
    {
        Id = r.GetInt64(0), RunId = r.GetInt64(1), FirstRunId = r.IsDBNull(2) ? null : r.GetInt64(2), Status = r.GetString(3),
        Position = r.IsDBNull(4) ? null : r.GetInt64(4), Key = r.IsDBNull(5) ? null : r.GetString(5), Occurrences = r.GetInt32(6), Seen = r.GetInt32(7),
        FirstSeen = r.GetFieldValue<DateTimeOffset>(8), LastSeen = r.GetFieldValue<DateTimeOffset>(9), Violations = r.GetString(10),
        Record = r.IsDBNull(11) ? null : StoredRecord.Read(Encoding.UTF8.GetString(protector.Unprotect(r.GetFieldValue<byte[]>(11)))),
        Stale = r.GetBoolean(12), Replayable = r.GetBoolean(13), ContractRevisionId = r.IsDBNull(14) ? null : r.GetInt64(14),
        DecidedBy = r.IsDBNull(15) ? null : r.GetString(15), DecidedAt = r.IsDBNull(16) ? null : r.GetFieldValue<DateTimeOffset>(16),
        Reason = r.IsDBNull(17) ? null : r.GetString(17), ResolvedSeq = r.IsDBNull(18) ? null : r.GetInt32(18),
    };
}
