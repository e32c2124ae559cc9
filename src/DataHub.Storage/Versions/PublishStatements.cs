using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DataHub.Core.Errors;
using DataHub.Core.Versioning;
using DataHub.Storage.Loads;
using Npgsql;

namespace DataHub.Storage.Versions;

/// <summary>The statements of the publish transaction, each checking that it did exactly what the candidate says.</summary>
internal sealed class PublishStatements(NpgsqlConnection connection, Candidate candidate, StoreLayout layout)
{
    private readonly StoreSql sql = new(layout);

    /// <summary>
    /// Takes the dataset's lock. The server ends a transaction whose worker says nothing any more (a stopped process, a node without power): the worker that takes the
    /// run over would wait for its lock until the network gives up, hours later.
    /// </summary>
    public async Task LockAsync(int lockClass, CancellationToken cancellation)
    {
        await ExecuteAsync("SET LOCAL idle_in_transaction_session_timeout = '20s'", cancellation);
        await ExecuteAsync("SELECT pg_advisory_xact_lock($1, $2)", cancellation, lockClass, candidate.DatasetId);
    }

    /// <summary>Fencing: a worker whose lease was taken over, and a decision on a run that is no longer held, stop here.</summary>
    public async Task CheckOwnerAsync(Publication publication, CancellationToken cancellation)
    {
        var owned = await ScalarAsync<long?>("""
            SELECT id FROM hub.runs WHERE id = $1
                AND CASE WHEN $2::int IS NULL THEN state = 'held' ELSE state = 'running' AND lease_number = $2 AND NOT cancel_requested END FOR UPDATE
            """, cancellation, publication.RunId, (object?)publication.Lease ?? DBNull.Value);
        if (owned is null)
        {
            throw (publication.Lease is null
                ? HubErrors.CandidateOutdated(publication.RunId) : HubErrors.RunLost(publication.RunId)).ToException();
        }
    }

    public async Task<DatasetLine> ReadLineAsync(long contractRevision, CancellationToken cancellation)
    {
        await using var command = Command("""
            SELECT coalesce((SELECT seq FROM hub.heads WHERE dataset_id = $1 AND major = $2 FOR UPDATE), 0),
                coalesce(v.seq, 0), coalesce(v.digest, '\x'), r.document::text, r.major, r.minor,
                coalesce((SELECT max(release) + 1 FROM hub.versions w WHERE w.dataset_id = $1 AND w.major = r.major AND w.minor = r.minor), 0)
            FROM hub.contract_revisions r LEFT JOIN LATERAL
                (SELECT seq, digest FROM hub.versions WHERE dataset_id = $1 ORDER BY seq DESC LIMIT 1) v ON true
            WHERE r.id = $3
            """, candidate.DatasetId, candidate.Major, contractRevision);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new DatasetLine(reader.GetInt32(0), reader.GetInt32(1), reader.GetFieldValue<byte[]>(2),
            SHA256.HashData(Encoding.UTF8.GetBytes(reader.GetString(3))), reader.GetInt32(4), reader.GetInt32(5), reader.GetInt32(6));
    }

    /// <summary>A first load is published by naming its tables.</summary>
    public async Task AdoptPairAsync(int seq, long run, CancellationToken cancellation)
    {
        // The rows carry the number that the load expected; another line's publish in between makes it wrong.
        var loaded = await ScalarAsync<int?>($"SELECT v_from FROM {candidate.Pair.Current} LIMIT 1", cancellation);
        if (loaded is { } number && number != seq)
        {
            throw HubErrors.CandidateOutdated(run).ToException();
        }

        await ExecuteAsync("""
            INSERT INTO hub.store_pairs (dataset_id, major, current_table, history_table, first_seq, canonical_form) VALUES ($1, $2, $3, $4, $5, $6)
            """, cancellation, candidate.DatasetId, candidate.Major, candidate.Pair.Current, candidate.Pair.History, seq, Core.Records.RecordBuffer.CanonicalForm);
    }

    /// <summary>
    /// Old images to history, changed rows updated in place (readers keep finding them in their page; 1.8 × faster for them than delete and insert), then
    /// the removed and the new.
    /// </summary>
    public async Task ApplyDeltaAsync(int seq, CancellationToken cancellation)
    {
        var (current, history, delta) = (candidate.Pair.Current, candidate.Pair.History, candidate.Delta);
        var counts = candidate.Counts;
        await ExpectAsync(counts.Changed + counts.Removed, $"""
            INSERT INTO {history} ({sql.Columns}, v_from, row_hash, v_to)
            SELECT {sql.ColumnsOf("c")}, c.v_from, c.row_hash, $1 FROM {current} c JOIN {delta} d ON {sql.KeysEqual("c", "d")}
            WHERE d.op IN ('u', 'd') ORDER BY {sql.KeyOf("c")}
            """, cancellation, seq);
        var columns = sql.UpdateColumns();
        await ExpectAsync(counts.Changed, $"""
            UPDATE {current} c SET {columns}{(columns.Length > 0 ? ", " : "")}v_from = $1, row_hash = d.row_hash
            FROM {delta} d WHERE {sql.KeysEqual("c", "d")} AND d.op = 'u'
            """, cancellation, seq);
        await ExpectAsync(counts.Removed,
            $"DELETE FROM {current} c USING {delta} d WHERE {sql.KeysEqual("c", "d")} AND d.op = 'd'", cancellation);
        await ExpectAsync(counts.New, $"""
            INSERT INTO {current} ({sql.Columns}, v_from, row_hash) SELECT {sql.Columns}, $1, row_hash FROM {delta} WHERE op = 'i'
            """, cancellation, seq);
    }

    public Task SupersedeHeldAsync(long run, CancellationToken cancellation) => ExecuteAsync(
        "UPDATE hub.runs SET state = 'superseded', decided_at = now() WHERE dataset_id = $1 AND state = 'held' AND id <> $2",
        cancellation, candidate.DatasetId, run);

    public Task AdvanceHeadAsync(int seq, CancellationToken cancellation) => ExecuteAsync("""
        INSERT INTO hub.heads (dataset_id, major, seq) VALUES ($1, $2, $3) ON CONFLICT (dataset_id, major) DO UPDATE SET seq = $3
        """, cancellation, candidate.DatasetId, candidate.Major, seq);

    public Task FinishRunAsync(Publication publication, int seq, CancellationToken cancellation) => ExecuteAsync("""
        WITH checked AS (
            UPDATE hub.datasets SET checked_at = now() WHERE id = $3 AND (SELECT mode FROM hub.runs WHERE id = $1) <> 'replay')
        UPDATE hub.runs SET state = 'published', step = NULL, version_seq = $2, finished_at = now(), lease_until = NULL,
            decided_by = CASE WHEN state = 'held' THEN $4 END, decided_at = CASE WHEN state = 'held' THEN now() END
        WHERE id = $1
        """, cancellation, publication.RunId, seq, candidate.DatasetId, publication.Actor);

    /// <summary>The one place where a dataset's watermark moves: with the version that the pull made. The newest few hundred positions are enough for any window.</summary>
    public Task MoveWatermarkAsync(Publication publication, int seq, CancellationToken cancellation) => ExecuteAsync("""
        WITH moved AS (
            INSERT INTO hub.watermarks (dataset_id, run_id, seq, position)
            SELECT dataset_id, id, $2, position FROM hub.runs WHERE id = $1 AND position IS NOT NULL RETURNING dataset_id)
        DELETE FROM hub.watermarks w USING moved m WHERE w.dataset_id = m.dataset_id
            AND w.id < (SELECT id FROM hub.watermarks k WHERE k.dataset_id = m.dataset_id ORDER BY id DESC OFFSET 400 LIMIT 1)
        """, cancellation, publication.RunId, seq);

    public Task WriteLedgerAsync(Publication publication, string evidence, CancellationToken cancellation) => ExecuteAsync("""
        INSERT INTO hub.ledger (at, event, actor, dataset, run_id, body)
        SELECT now(), 'version.published', $2, name, $3, $4::jsonb FROM hub.datasets WHERE id = $1
        """, cancellation, candidate.DatasetId, publication.Actor, publication.RunId, evidence);

    /// <summary>Last of all. Publishing times strictly grow along the line, whatever the clock does.</summary>
    public Task WriteVersionAsync(Publication publication, DatasetLine line, int seq, byte[] digest, CancellationToken cancellation) => ExecuteAsync("""
        INSERT INTO hub.versions (dataset_id, seq, major, minor, release, contract_revision_id, run_id, records, "new", changed, removed,
            checksum, digest, as_of, kind, published_at)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
            CASE WHEN (SELECT mode FROM hub.runs WHERE id = $7) = 'replay' THEN 'correction' ELSE 'refresh' END,
            greatest(clock_timestamp(), (SELECT max(published_at) + interval '1 microsecond' FROM hub.versions WHERE dataset_id = $1))
        """, cancellation, candidate.DatasetId, seq, line.ContractMajor, line.ContractMinor, line.Release, publication.ContractRevisionId,
        publication.RunId, candidate.Records, candidate.Counts.New, candidate.Counts.Changed, candidate.Counts.Removed,
        Convert.FromHexString(candidate.Checksum), digest, publication.AsOf.ToUniversalTime());

    private async Task ExpectAsync(long expected, string text, CancellationToken cancellation, params object[] parameters)
    {
        await using var command = Command(text, parameters);
        var rows = await command.ExecuteNonQueryAsync(cancellation);
        if (rows != expected)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"publishing touched {rows} rows where the difference has {expected}; nothing was published"));
        }
    }

    private async Task ExecuteAsync(string text, CancellationToken cancellation, params object[] parameters)
    {
        await using var command = Command(text, parameters);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<T?> ScalarAsync<T>(string text, CancellationToken cancellation, params object[] parameters)
    {
        await using var command = Command(text, parameters);
        return await command.ExecuteScalarAsync(cancellation) is T value ? value : default;
    }

    private NpgsqlCommand Command(string text, params object[] parameters)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }
}
